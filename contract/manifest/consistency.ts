import type { Manifest } from './manifest-1-0.ts';
import { parseConfiguredHosts } from './network-target.ts';
import { describeValue, type ManifestProblem } from './problems.ts';

type Found = (path: string, expected: string, received: unknown, message: string) => void;

function unique(found: Found, path: string, values: readonly string[]): void {
  const seen = new Set<string>();
  values.forEach((value, index) => {
    // Compared without case: two ids that look alike are one to a person.
    const folded = value.toLowerCase();
    if (seen.has(folded)) found(`${path}[${index}]`, 'an id of its own', value, `${path}[${index}] repeats ${value}; each may stand there once.`);
    seen.add(folded);
  });
}

/** Exactly one of the two ways to write a capability. */
function oneWay(found: Found, path: string, file: boolean, other: boolean, name: string): void {
  if (file === other) found(path, `file or ${name}`, file ? 'both' : 'neither', `${path} needs either file or ${name}, and has ${file ? 'both' : 'neither'}.`);
}

/** Names of tools by which they would pass for the app's own, or for a server's. */
const OF_ANOTHER = /^(builtin|mcp|troupe|dev[_-]troupe)([_-]|$)/i;

function capabilities(found: Found, manifest: Manifest): void {
  const at = 'plugin.capabilities';
  const { agents, crews, flows, tools, blueprints } = manifest.plugin.capabilities;
  for (const [kind, list] of Object.entries({ agents, crews, flows, tools, blueprints })) unique(found, `${at}.${kind}`, list.map((entry) => entry.id));
  tools.forEach(({ id }, index) => {
    if (OF_ANOTHER.test(id) && !manifest.plugin.id.startsWith('dev.troupe.')) found(`${at}.tools[${index}].id`, 'a name of its own', id, `${at}.tools[${index}].id is ${id}, which looks like a tool of Troupe or of an MCP server. Choose another name.`);
  });
  agents.forEach((agent, index) => oneWay(found, `${at}.agents[${index}]`, agent.file !== undefined, agent.remote !== undefined, 'remote'));
  flows.forEach((flow, index) => oneWay(found, `${at}.flows[${index}]`, flow.file !== undefined, flow.steps !== undefined, 'steps'));
  crews.forEach((crew, index) => {
    const path = `${at}.crews[${index}]`;
    oneWay(found, path, crew.file !== undefined, crew.agents !== undefined || crew.tasks !== undefined, 'agents and tasks');
    if (crew.file === undefined && (crew.agents === undefined) !== (crew.tasks === undefined)) found(path, 'agents and tasks', 'one of them', `${path} is written inline and needs both agents and tasks.`);
  });
}

function configuration(found: Found, manifest: Manifest): void {
  const { required, optional } = manifest.plugin.configuration;
  unique(found, 'plugin.configuration', [...required, ...optional].map((entry) => entry.key));
  for (const [list, entries] of Object.entries({ required, optional })) {
    entries.forEach((entry, index) => {
      const path = `plugin.configuration.${list}[${index}]`;
      if ((entry.type === 'enum') !== (entry.options !== undefined)) found(`${path}.options`, entry.type === 'enum' ? 'the values of the enum' : 'nothing', entry.options, `${path}.options is what an entry of type enum needs, and only that.`);
      if (entry.type === 'secret' && entry.default !== undefined) found(`${path}.default`, 'nothing', 'a default', `${path}.default would publish a secret; remove it.`);
      if (entry.type === 'hosts' && entry.default !== undefined) found(`${path}.default`, 'nothing', 'a default', `${path}.default would allow hosts that nobody entered; remove it, or ask for them in plugin.permissions.network.`);
      if (entry.default === undefined) return;
      const fits = entry.type === 'number' ? typeof entry.default === 'number' : entry.type === 'boolean' ? typeof entry.default === 'boolean' : typeof entry.default === 'string';
      if (!fits) found(`${path}.default`, `a ${entry.type}`, entry.default, `${path}.default should be a ${entry.type}, as its type says, but is ${describeValue(entry.default)}.`);
      if (entry.type === 'enum' && entry.options && !entry.options.includes(String(entry.default))) found(`${path}.default`, 'one of the options', entry.default, `${path}.default is none of its options.`);
    });
  }
}

function permissions(found: Found, manifest: Manifest): void {
  const { secrets, files, network } = manifest.plugin.permissions;
  const entries = [...manifest.plugin.configuration.required, ...manifest.plugin.configuration.optional];
  const secretKeys = new Set(entries.filter((entry) => entry.type === 'secret').map((entry) => entry.key));
  unique(found, 'plugin.permissions.secrets', secrets.map((secret) => secret.key));
  unique(found, 'plugin.permissions.files.folders', files.folders.map((folder) => folder.key));
  const hostKeys = new Set(entries.filter((entry) => entry.type === 'hosts').map((entry) => entry.key));
  network.forEach((entry, index) => {
    const asked = parseConfiguredHosts(entry);
    if (asked && !hostKeys.has(asked.key)) found(`plugin.permissions.network[${index}]`, 'the key of a configuration entry of type hosts', entry, `plugin.permissions.network[${index}] names ${asked.key}, which plugin.configuration does not have as hosts.`);
  });
  const known = (path: string, key: string): void => { if (!secretKeys.has(key)) found(path, 'the key of a configuration entry of type secret', key, `${path} names ${key}, which plugin.configuration does not have as a secret.`); };
  secrets.forEach((secret, index) => {
    known(`plugin.permissions.secrets[${index}].key`, secret.key);
    if (secret.hosts.length === 0 && !secret.read) found(`plugin.permissions.secrets[${index}].hosts`, 'at least one host', secret.hosts, `plugin.permissions.secrets[${index}].hosts names no host to which the secret may go.`);
  });
  manifest.plugin.capabilities.agents.forEach((agent, index) => {
    if (agent.remote?.auth !== undefined) known(`plugin.capabilities.agents[${index}].remote.auth`, agent.remote.auth);
  });
}

/** What no single field can tell: repeated ids, two ways at once, keys that lead nowhere. */
export function inconsistenciesOf(manifest: Manifest): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const found: Found = (path, expected, received, message) => { problems.push({ path, expected, received: typeof received === 'string' ? received : describeValue(received), message }); };
  capabilities(found, manifest);
  configuration(found, manifest);
  permissions(found, manifest);
  return problems;
}
