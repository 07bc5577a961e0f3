import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDependency, type Manifest } from '../../contract/manifest/index.ts';
import { KINDS } from '../../main/core/engine/tools/connections/kinds.ts';
import { parseManifest } from '../../packaging/index.ts';
import { pluginFiles, pluginFolders } from '../../scripts/build-plugins.ts';
import { ENGINES } from '../sandbox/pool-for-tests.ts';
import { pluginUnderTest, type PluginUnderTest } from './plugin-under-test.ts';

/** Those that work with a connection, which a plugin's agent has as far as its person gave it one. */
const BUILTIN = new Set(KINDS.flatMap(({ tools }) => tools.map(({ id }) => id)));
const folders = await pluginFolders();
const manifests = new Map<string, Manifest>();
for (const folder of folders) {
  const manifest = parseManifest((await pluginFiles(folder)).get('plugin.yaml') ?? '');
  manifests.set(manifest.plugin.id, manifest);
}

describe.each(folders.flatMap((folder) => ENGINES.map((engine) => ({ name: path.basename(folder), engine }))))('the first-party plugin $name on $engine.name', ({ name, engine }) => {
  let plugin: PluginUnderTest;
  beforeAll(async () => { plugin = await pluginUnderTest(name, engine); });
  afterAll(() => plugin.stop());

  it('bears its own name and comes complete', () => {
    const { manifest, files, notes } = plugin.archive;
    expect(manifest.plugin.id).toBe(`dev.troupe.${name}`);
    expect(notes).toEqual([]);
    for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE']) expect(files.get(file)?.length, file).toBeGreaterThan(100);
    expect(manifest.plugin.long_description.length).toBeGreaterThan(500);
    const icon = Buffer.from(files.get('assets/icon.png') ?? []);
    expect([icon.subarray(1, 4).toString(), icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual(['PNG', 256, 256]);
  });
  it('has code for every tool of its manifest, and no other', async () => {
    expect(plugin.archive.code).not.toMatch(/^\s*import\s|\bimport\(|\brequire\(/mu);
    const { tools } = await plugin.run({ kind: 'load' });
    expect(tools?.sort()).toEqual(plugin.archive.manifest.plugin.capabilities.tools.map((tool) => tool.id).sort());
    expect((await plugin.run({ kind: 'healthCheck' })).output).toEqual({ ok: true });
  });
  it('says what each tool takes, gives and does', () => {
    for (const tool of plugin.archive.manifest.plugin.capabilities.tools) {
      expect(tool.input, tool.id).toMatchObject({ type: 'object', additionalProperties: false });
      for (const [key, property] of Object.entries(tool.input['properties'] as Record<string, { description?: string }>)) expect(property.description, `${tool.id}.${key}`).toBeTruthy();
      expect(tool.output, tool.id).toBeDefined();
    }
  });
  it('gives its agents tools that exist and that it may use', () => {
    const { plugin: own } = plugin.archive.manifest;
    const dependencies = own.requirements.dependencies.flatMap((text) => parseDependency(text)?.id ?? []);
    for (const [id, agent] of plugin.archive.documents.agents) {
      expect(agent.instructions.length, id).toBeGreaterThan(300);
      for (const tool of agent.tools) {
        if (BUILTIN.has(tool)) {
          expect(own.permissions.tools).toContain(tool);
          continue;
        }
        const [owner, short] = tool.includes('/') ? tool.split('/') : [own.id, tool];
        const tools = manifests.get(owner ?? '')?.plugin.capabilities.tools.map((candidate) => candidate.id);
        expect(tools, tool).toContain(short);
        if (owner !== own.id) {
          expect(dependencies, tool).toContain(owner);
          expect(own.permissions.tools.some((asked) => asked === `${owner ?? ''}/*` || asked === tool), `${tool} among ${own.permissions.tools.join(', ')}`).toBe(true);
        }
      }
    }
  });
});
