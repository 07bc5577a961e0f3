import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readStrictYaml } from '../../packaging/index.ts';
import { manifestJsonSchema, SCHEMA_FILE } from '../../scripts/build-schema.ts';
import { pluginFolders } from '../../scripts/build-plugins.ts';

const validate = new Ajv2020({ strict: false }).compile(JSON.parse(manifestJsonSchema()) as object);
const root = path.resolve(import.meta.dirname, '..', '..');
const read = (file: string): Record<string, unknown> => readStrictYaml(readFileSync(file), path.basename(file)) as Record<string, unknown>;

describe('B12 docs/plugin.schema.json', () => {
  it('is what contract/manifest says (else run: node scripts/run.cjs scripts/build-schema.ts)', () => { expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(manifestJsonSchema()); });
  it('takes the manifests that Troupe takes', async () => {
    const files = [...['product/plugin.yaml', 'manifest/every-field.yaml'].map((name) => path.join(root, 'tests/fixtures', name)), ...(await pluginFolders()).map((folder) => path.join(folder, 'plugin.yaml'))];
    for (const file of files) expect([file, validate(read(file)), validate.errors]).toEqual([file, true, null]);
  });
  it('refuses an unknown key, and takes one that begins with x-', () => {
    const manifest = read(path.join(root, 'tests/fixtures/product/plugin.yaml'));
    const plugin = manifest['plugin'] as Record<string, unknown>;
    expect(validate({ ...manifest, plugin: { ...plugin, surprise: 1 } })).toBe(false);
    expect(validate({ ...manifest, plugin: { ...plugin, 'x-surprise': 1 } })).toBe(true);
    expect(validate({ ...manifest, plugin: { ...plugin, version: 'one' } })).toBe(false);
  });
});
