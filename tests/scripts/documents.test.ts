import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../contract/errors/codes.ts';
import { permissionsOf } from '../../contract/manifest/index.ts';
import { ARCHIVE_LIMITS, parseAgentDocument, parseManifest } from '../../packaging/index.ts';
import { DEFAULT_LIMITS } from '../../sandbox/host/limits.ts';
import { root } from '../../scripts/sources.ts';
import { blocksOf, documents, readDocument, sectionOf, tableRows } from './documents.ts';

describe('docs/user/errors.md', () => {
  const rows = tableRows(readDocument('docs/user/errors.md'));

  it('has every code once, in the order of the list, with what it means and what to do', () => {
    expect(rows.map(([code]) => code)).toEqual(Object.keys(CODES).map((code) => `\`${code}\``));
    for (const [code, meaning = '', advice = ''] of rows) {
      expect(meaning, code).toMatch(/^[A-Z`].{10,}\.$/);
      expect(advice, code).toMatch(/^[A-Z`].{10,}\.$/);
    }
  });
  it('gives the advice that the app gives', () => {
    const words = JSON.parse(readDocument('resources/locales/en/errors.json')) as Record<string, string>;
    const keyOf = (code: string, part: string): string => `errors.${code.replace('/', '.')}.${part}`;
    expect(Object.keys(words).sort()).toEqual(Object.keys(CODES).flatMap((code) => [keyOf(code, 'title'), keyOf(code, 'advice')]).sort());
    for (const [code = '', , advice] of rows) expect(advice, code).toBe(words[keyOf(code.replaceAll('`', ''), 'advice')]);
  });
  it('says as the list does whether to try again, and how a command ends', () => {
    const said = Object.fromEntries(rows.map(([code, , , again, exit]) => [code?.replaceAll('`', ''), { retryable: again === 'yes', exit: Number(exit) }]));
    expect(said).toEqual(CODES);
  });
});

describe('docs/user/command-line.md', () => {
  const page = readDocument('docs/user/command-line.md');

  it('names every exit code that an error can have', () => {
    const named = tableRows(sectionOf(page, '## Exit codes')).map(([code]) => Number(code));
    expect(named).toEqual([0, ...new Set(Object.values(CODES).map(({ exit }) => exit).sort((a, b) => a - b)), 130]);
  });
  it('shows answers that are JSON', () => {
    const blocks = blocksOf(page, 'json');
    expect(blocks.length).toBeGreaterThan(8);
    for (const block of blocks) expect(() => { JSON.parse(block); }, block).not.toThrow();
  });
  it('names every command and option of --help', () => {
    const help = ['main/cli/main.ts', 'main/cli/words.ts'].map(readDocument).join('\n');
    const commands = /const COMMANDS[^=]*= \{([^}]*)\}/.exec(help)?.[1]?.split(',').map((entry) => entry.split(':')[0]?.replaceAll("'", '').trim() ?? '') ?? [];
    expect(commands.length).toBeGreaterThan(9);
    const first = tableRows(sectionOf(page, '## Commands')).map(([command]) => command?.replaceAll('`', '').split(' ')[0]);
    expect([...new Set(first)].sort()).toEqual(commands.sort());
    const options = [...new Set([...help.matchAll(/'?([a-z-]+)'?: \{ type: '(?:string|boolean)'/g)].map((match) => `--${match[1] ?? ''}`))];
    expect(options.length).toBeGreaterThan(10);
    expect(options.filter((option) => !page.includes(option))).toEqual([]);
  });
});

describe('docs/creator/plugin-format.md', () => {
  const page = readDocument('docs/creator/plugin-format.md');
  const [, manifestText = '', agentText = ''] = blocksOf(page, 'yaml');

  it('shows a manifest and an agent that Troupe reads', () => {
    const manifest = parseManifest(manifestText);
    expect(manifest.plugin.capabilities.tools[0]).toMatchObject({ id: 'fetch_page', effect: 'read' });
    expect(permissionsOf(manifest).map(({ kind }) => kind)).toEqual(['network', 'network', 'secret', 'models', 'tools', 'tools', 'folder', 'storage']);
    expect(parseAgentDocument(agentText)).toMatchObject({ role: 'Writer', max_iter: 12 });
  });
  it('names the limits that hold', () => {
    const limits = Object.fromEntries(tableRows(sectionOf(page, '### Limits of the sandbox')));
    expect(limits).toMatchObject({ 'memory': `${DEFAULT_LIMITS.memoryMiB} MiB`, 'running time of a call, waiting not counted': `${DEFAULT_LIMITS.deadlineMs / 1000} s`, 'result': `${DEFAULT_LIMITS.resultBytes / 1024 ** 2} MiB` });
    expect(sectionOf(page, '## The archive')).toContain(`${ARCHIVE_LIMITS.packedBytes / 1024 ** 2} MiB packed, ${ARCHIVE_LIMITS.unpackedBytes / 1024 ** 2} MiB unpacked (headers counted), ${ARCHIVE_LIMITS.entries.toLocaleString('en')} entries, ${ARCHIVE_LIMITS.codeBytes / 1024 ** 2} MiB of code`);
  });
});

describe('CONTRIBUTING.md', () => {
  const page = readDocument('CONTRIBUTING.md');

  it.each(['### A message to the model', '### An id to the disk', '### An event to the screen'])('%s names eight files at most, and each is there', (heading) => {
    const files = [...sectionOf(page, heading).matchAll(/^\d+\. `([^`]+)`/gm)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(4);
    expect(files.length).toBeLessThanOrEqual(8);
    expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });
});

describe('every document', () => {
  it('links to files that are there, and is reached from the index', async () => {
    const all = await documents();
    const broken: string[] = [];
    const reached = new Set(['README.md', 'docs/README.md']);
    for (const file of all) {
      for (const [, target = ''] of readDocument(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const to = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
        if (file === 'docs/README.md') reached.add(to);
        if (!existsSync(path.join(root, to))) broken.push(`${file} → ${target}`);
      }
    }
    expect(broken).toEqual([]);
    expect(all.filter((file) => !reached.has(file) && !file.startsWith('docs/decisions/'))).toEqual([]);
  });
  it('speaks of the product alone', async () => {
    for (const file of await documents()) {
      const text = readDocument(file);
      expect(text, file).not.toMatch(/\/work\/|https?:\/\/(?!127\.0\.0\.1|([a-z]+\.)?example\.(com|org)|www\.w3\.org)[a-z]+\.[a-z]+/);
      expect(text, file).not.toMatch(/\b(TODO|FIXME)\b|#\d{2,}\b/);
    }
  });
});
