import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBlocks } from '../../../renderer/components/markdown/split-blocks.ts';
import { misleads, safeAddress } from '../../../renderer/components/markdown/safe-address.ts';

const sources = (text: string): string[] => splitBlocks(text).map((block) => (block.type === 'code' ? `\`${block.code}` : block.source.trim()));

describe('cutting a message into blocks', () => {
  it('cuts at blank lines and around fences', () => {
    expect(sources('a\nb\n\nc\n```js\nx\n\ny\n```\nd')).toEqual(['a\nb', 'c', '`x\n\ny', 'd']);
  });
  it('keeps loose lists and what belongs to them together', () => {
    expect(sources('1. a\n\n   more\n\n2. b\n\nafter')).toEqual(['1. a\n\n   more\n\n2. b', 'after']);
    expect(sources('- a\n\n  ```\n  x\n\n  y\n  ```\n- b\n\nend')).toHaveLength(2);
  });
  it('gives definitions to the blocks that refer to them, and keeps footnotes whole', () => {
    expect(splitBlocks('see [x]\n\nplain\n\n[x]: https://a.example').map((block) => (block.type === 'markdown' ? block.source.includes('https://a.example') : false))).toEqual([true, false, true]);
    expect(splitBlocks('a[^1]\n\nb\n\n[^1]: note')).toHaveLength(1);
  });
  it('shows a fence that is not closed yet as code', () => {
    expect(splitBlocks('```py\nprint(1)')).toEqual([{ type: 'code', language: 'py', code: 'print(1)', open: true }]);
  });
  it('loses no letter, whatever comes', () => {
    const line = fc.oneof(fc.constantFrom('', '```', '~~~', '- a', '1. b', '  c', '> d', '|e|', 'text', '    code', '[x]: y', '````js'), fc.string({ maxLength: 12 }));
    fc.assert(fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const words = (text: string): string => (text.match(/[a-z0-9]/gi) ?? []).sort().join('');
      const source = lines.join('\n');
      const out = splitBlocks(source).map((block) => (block.type === 'code' ? block.code : block.source)).join('\n');
      for (const letter of words(source.replace(/^(`{3,}|~{3,}).*$/gm, '').replace(/^ {0,3}\[.*$/gm, ''))) expect(words(out)).toContain(letter);
    }));
  });
});

describe('addresses of others', () => {
  it('leads to https and mailto only', () => {
    fc.assert(fc.property(fc.string(), fc.constantFrom('', 'https://', 'javascript:', 'mailto:', 'data:'), (rest, scheme) => {
      const address = safeAddress(scheme + rest);
      if (address) expect(address.href).toMatch(/^(https:\/\/[^@]*(\/|$)|mailto:[^?]+$)/);
    }));
  });
  it('judges words that claim a host', () => {
    const to = safeAddress('https://www.example.com/a');
    expect(to && misleads('example.com', to)).toBe(false);
    expect(to && misleads('https://example.org/x', to)).toBe(true);
    expect(to && misleads('our guide', to)).toBe(false);
  });
});
