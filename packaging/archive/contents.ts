import { badManifest, type AgentDocument, type BlueprintDocument, type CrewDocument, type FlowDocument, type Manifest, type ManifestProblem } from '../../contract/manifest/index.ts';
import { knowledgeKindOf } from '../../contract/model/knowledge.ts';
import { crewOf, inlineCrewOf } from '../documents/crew.ts';
import { manifestFrom, parseAgentDocument, parseBlueprintDocument, parseCrewFile, parseFlowDocument } from '../documents/parse.ts';
import { readYaml } from '../documents/strict-yaml.ts';
import { badArchive, NONE_OFF, refuse, type Off } from './bad-archive.ts';
import { limitsOf, type ArchiveLimits } from './limits.ts';
import { CODE_FILE } from './names.ts';

/** The documents that a manifest names, by capability id; inline crews and flows are brought into the same form. */
export interface PluginDocuments {
  agents: ReadonlyMap<string, AgentDocument>;
  crews: ReadonlyMap<string, CrewDocument>;
  flows: ReadonlyMap<string, FlowDocument>;
  blueprints: ReadonlyMap<string, BlueprintDocument>;
}

/** What the files of a plugin say, all of it parsed. */
export interface PluginContents {
  manifest: Manifest;
  documents: PluginDocuments;
  files: ReadonlyMap<string, Uint8Array>;
  /** The text of dist/plugin.js: one ES module with no imports and one default export; null when there is no code. */
  code: string | null;
  /** Whole sentences about what does not stop an install but will be missed: images that are not there, tools without code. */
  notes: readonly string[];
}

function documentsOf(manifest: Manifest, files: ReadonlyMap<string, Uint8Array>): PluginDocuments {
  const problems: ManifestProblem[] = [];
  const { capabilities } = manifest.plugin;
  const each = <T extends { id: string; file?: string | undefined }, D>(kind: string, list: readonly T[], parse: (bytes: Uint8Array, what: string) => D, inline?: (entry: T) => D | undefined): Map<string, D> => {
    const found = new Map<string, D>();
    list.forEach((entry, index) => {
      if (entry.file === undefined) {
        const document = inline?.(entry);
        if (document !== undefined) found.set(entry.id, document);
        return;
      }
      const bytes = files.get(entry.file);
      if (bytes) found.set(entry.id, parse(bytes, entry.file));
      else problems.push({ path: `plugin.capabilities.${kind}[${index}].file`, expected: 'a file of the plugin', received: entry.file, message: `plugin.capabilities.${kind}[${index}].file names ${entry.file}, which is not there.` });
    });
    return found;
  };
  const agents = each('agents', capabilities.agents, parseAgentDocument);
  const crews = each('crews', capabilities.crews, (bytes, what) => crewOf(parseCrewFile(bytes, what), agents, what),
    (crew) => inlineCrewOf({ name: crew.name, description: crew.description, agents: crew.agents ?? [], tasks: crew.tasks ?? [] }, `The crew ${crew.id}`));
  const flows = each('flows', capabilities.flows, parseFlowDocument, (flow) => ({ schema: 'troupe.steps/v1', name: flow.name, steps: flow.steps ?? [] }));
  const blueprints = each('blueprints', capabilities.blueprints, parseBlueprintDocument);
  if (problems.length > 0) throw badManifest('plugin.yaml', problems);
  return { agents, crews, flows, blueprints };
}

function codeOf(files: ReadonlyMap<string, Uint8Array>, limits: ArchiveLimits, off: Off): string | null {
  const bytes = files.get(CODE_FILE);
  if (!bytes) return null;
  if (bytes.length > limits.codeBytes) refuse(off, 'too-large', `${CODE_FILE} has ${bytes.length} bytes; the most is ${limits.codeBytes}.`, { limit: limits.codeBytes });
  try {
    return new TextDecoder('utf-8', { fatal: !off.has('code'), ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badArchive('code', `${CODE_FILE} is not valid UTF-8.`, {}, cause);
  }
}

function notesOn(manifest: Manifest, files: ReadonlyMap<string, Uint8Array>, agents: PluginDocuments['agents']): string[] {
  const { assets, capabilities } = manifest.plugin;
  const images = [...(assets.icon === undefined ? [] : [assets.icon]), ...assets.screenshots].filter((file) => !files.has(file));
  const notes = images.map((file) => `The manifest names the image ${file}, which is not in the plugin.`);
  for (const [id, { knowledge }] of agents) {
    for (const file of knowledge) {
      if (!files.has(file)) notes.push(`The agent ${id} looks things up in ${file}, which is not in the plugin.`);
      else if (knowledgeKindOf(file) === undefined) notes.push(`The agent ${id} looks things up in ${file}, which is of no kind that can be read: PDF, Word (.docx), HTML, Markdown, CSV or plain text.`);
    }
  }
  if (capabilities.tools.length > 0 && !files.has(CODE_FILE)) notes.push(`The plugin lists ${capabilities.tools.length} tools and brings no code (${CODE_FILE}); they cannot be called.`);
  return notes;
}

/**
 * Reads a plugin from its files, wherever they came from (an archive, a folder).
 * @throws AppError `plugins/bad-archive` when plugin.yaml is missing or the code too large, `plugins/bad-manifest` when a
 *   document cannot be used or is missing
 */
export function readContents(files: ReadonlyMap<string, Uint8Array>, limits: ArchiveLimits = limitsOf(), off: Off = NONE_OFF): PluginContents {
  const bytes = files.get('plugin.yaml');
  if (!bytes) throw badArchive('no-manifest', 'There is no plugin.yaml at the top of the plugin.');
  const manifest = manifestFrom(readYaml(bytes, 'plugin.yaml', off.has('yaml')), 'plugin.yaml');
  const documents = documentsOf(manifest, files);
  return { manifest, files, documents, code: codeOf(files, limits, off), notes: notesOn(manifest, files, documents.agents) };
}
