import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../../../contract/errors/app-error.ts';
import { slugFor } from '../../../main/core/engine/mcp/names.ts';
import { readServersFile } from '../../../main/core/engine/mcp/servers-file.ts';

const read = (value: unknown): ReturnType<typeof readServersFile> => readServersFile(typeof value === 'string' ? value : JSON.stringify(value));

describe('B10 a file of MCP servers', () => {
  it('takes programs and addresses, tells values from places to fill in, and says what it leaves', () => {
    const found = read(`{ // as VS Code writes it
      "servers": {
        "files": { "command": "npx", "args": ["-y", "server-files", "//not-a-comment"], "env": { "TOKEN": "sk-1", "HOST": "\${input:host}" }, "alwaysAllow": ["x"] },
        "docs": { "type": "http", "url": "https://docs.example.com/mcp", "headers": { "Authorization": "Bearer sk-2" } },
      },
    }`);
    expect(found.map(({ preview }) => preview)).toEqual([
      { key: 'files', name: 'files', transport: { kind: 'stdio', command: 'npx', args: ['-y', 'server-files', '//not-a-comment'], environment: ['TOKEN', 'HOST'] }, values: ['TOKEN'], wanted: ['HOST'], problem: null, notes: ['"alwaysAllow" is not taken over.'] },
      { key: 'docs', name: 'docs', transport: { kind: 'http', url: 'https://docs.example.com/mcp', headers: ['Authorization'], privateNetwork: false }, values: ['Authorization'], wanted: [], problem: null, notes: [] },
    ]);
    expect(JSON.stringify(found.map(({ preview }) => preview))).not.toMatch(/sk-\d/);
    expect(found.map(({ values }) => values)).toEqual([{ TOKEN: 'sk-1' }, { Authorization: 'Bearer sk-2' }]);
  });

  it.each([[{ type: 'sse', url: 'https://a.example.com/sse' }, 'older transport'], [{}, 'neither'], [{ command: 5 }, 'form'], [{ command: 'x', env: { 'A=B': '1' } }, 'name for an environment variable'], [{ url: 'http://a.example.com/mcp' }, 'without encryption'], [{ command: 'x\u202e' }, 'characters']])('refuses %j and says why', (entry, why) => {
    expect(read({ mcpServers: { one: entry } })[0]?.preview).toMatchObject({ transport: null, problem: expect.stringContaining(why) as string });
  });

  it.each([['texts', '"\\'], ['comments', '/*'], ['commas', ', ']])('reads a file of %s without an end at once', (_name, piece) => {
    const began = performance.now();
    expect(() => readServersFile(`{${piece.repeat(120_000)}`)).toThrow(expect.objectContaining({ code: 'core/bad-input' }));
    // Looking at the rest of the file again from each of them took minutes.
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('answers anything at all with servers or with bad input', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.record({ mcpServers: fc.dictionary(fc.string(), fc.jsonValue()) }).map((value) => JSON.stringify(value))), (text) => {
      try { for (const { preview } of readServersFile(text)) expect(preview.transport === null).toBe(preview.problem !== null); } catch (error) { if (!hasCode(error, 'core/bad-input')) throw error; }
    }));
  });
});

describe('N1 short names of servers', () => {
  it('are plain, new each time, and stand for nothing else', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('Files', 'builtin', 'mcp', 'Troupe')), { maxLength: 30 }), (names) => {
      const taken = new Set<string>();
      for (const name of names) {
        const slug = slugFor(name, taken);
        expect(slug).toMatch(/^[a-z0-9][a-z0-9-]{0,40}$/);
        expect(['builtin', 'mcp', 'troupe', 'own']).not.toContain(slug);
        expect(taken.has(slug)).toBe(false);
        taken.add(slug);
      }
    }));
  });
});
