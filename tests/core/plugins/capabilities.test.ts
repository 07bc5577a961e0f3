import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseManifest, recordOf, type PluginArchive } from '../../../packaging/index.ts';
import { capabilitiesOf } from '../../../main/core/marketplace/plugins/views.ts';

it('A1 an agent that runs elsewhere says where, in the catalog and when it is installed; no other does', () => {
  const manifest = parseManifest(readFileSync(path.resolve(import.meta.dirname, '../../fixtures/manifest/every-field.yaml'), 'utf8'));
  const archive = { manifest, files: new Map(), sha512: 'a'.repeat(128), size: 1, manifestSha512: 'a'.repeat(128) } as unknown as PluginArchive;
  const record = recordOf(archive, { publisher: { id: 'acme', name: 'Acme', tier: 'tier1', verified: true, website: null, logo: null, keys: [] }, versions: [] });
  for (const capabilities of [record.capabilities, capabilitiesOf(manifest)]) {
    expect(capabilities.filter(({ remote }) => remote !== undefined)).toEqual([{ kind: 'agent', id: 'elsewhere', name: 'Elsewhere', description: 'Lives on another machine.', remote: 'https://agents.example.net:8443' }]);
  }
});
