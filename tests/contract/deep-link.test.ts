import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_LINK, pathOf, readDeepLink } from '../../contract/model/deep-link.ts';

const FINGERPRINT = '0f3c9a1b'.repeat(8);
const pathFor = (text: string): string => { const read = readDeepLink(text); if ('problem' in read) return `refused: ${read.problem}`; return read.link.to === 'run' ? `run ${read.link.id}` : pathOf(read.link); };

describe('X4 links to Troupe', () => {
  it.each([
    ['troupe://install/dev.troupe.text-toolkit', '/marketplace/dev.troupe.text-toolkit'],
    ['troupe://install/dev.troupe.text-toolkit@1.0.0', '/marketplace/dev.troupe.text-toolkit?version=1.0.0'],
    ['troupe://install/dev.troupe.text-toolkit%401.2.0-beta.1/', '/marketplace/dev.troupe.text-toolkit?version=1.2.0-beta.1'],
    ['TROUPE://Plugin/dev.troupe.text-toolkit', '/marketplace/dev.troupe.text-toolkit'],
    [`troupe://install/com.acme.monitor?registry=${FINGERPRINT.toUpperCase()}`, `/marketplace/com.acme.monitor?registry=${FINGERPRINT}`],
    ['troupe://run/b5sPia8qtAyFO78j', 'run b5sPia8qtAyFO78j'],
    [`troupe://registry/add?address=https%3A%2F%2Fplugins.example%2F&fingerprint=${FINGERPRINT}`, `/settings/registries?add=https%3A%2F%2Fplugins.example%2F&fingerprint=${FINGERPRINT}`],
    ['troupe://registry/add?address=http://127.0.0.1:8080', '/settings/registries?add=http%3A%2F%2F127.0.0.1%3A8080%2F'],
    ['troupe://mcp/add?name=Web%20search&address=https://mcp.example/v1', `/settings/mcp?add=${encodeURIComponent('troupe://mcp/add?name=Web%20search&address=https://mcp.example/v1')}`],
    // Letters that only look like others show as what they are.
    ['troupe://registry/add?address=https://%D0%B0pple.example', '/settings/registries?add=https%3A%2F%2Fxn--pple-43d.example%2F'],
  ])('%s', (link, path) => { expect(pathFor(link)).toBe(path); });

  it.each([
    ['', /looks like/], ['troupe:', /looks like/], ['troupe://', /looks like/], ['troupe:install/dev.troupe.x', /looks like/], ['https://install/dev.troupe.x', /looks like/], ['xtroupe://install/dev.troupe.x', /looks like/],
    ['troupe://approve/c1-1', /links that begin with/], ['troupe://sideload/x', /links that begin with/], ['troupe://constructor/x', /links that begin with/],
    ['troupe://install/', /names no plugin/], ['troupe://install/x', /names no plugin/], ['troupe://install/..%2f..%2fsettings', /names no plugin/], ['troupe://plugin/dev.troupe.x%3Ftab=a', /names no plugin/],
    ['troupe://install/../settings/keys', /looks like/], ['troupe://install/dev.troupe.x/extra', /looks like/], ['troupe://install/dev.troupe.x#tab', /looks like/], ['troupe://user@install/dev.troupe.x', /looks like/], ['troupe://install:80/dev.troupe.x', /looks like/],
    ['troupe://install/dev.troupe.x@latest', /one version/], ['troupe://install/dev.troupe.x@>=1', /one version/], ['troupe://plugin/dev.troupe.x@1.0.0', /one version/],
    ['troupe://install/dev.troupe.x?registry=abc', /fingerprint/], ['troupe://install/dev.troupe.x?yes=1', /nothing else/], [`troupe://install/dev.troupe.x?registry=${FINGERPRINT}&registry=${FINGERPRINT}`, /encoded/],
    ['troupe://install/dev.troupe.x%00', /encoded/], ['troupe://install/dev.troupe.x%E2%80%AE', /encoded/], ['troupe://install/dev.troupe.x%zz', /encoded/], ['troupe://install/dev.troupe.x%c0%ae', /encoded/],
    ['troupe://install/dev.troupe.x\n', /control characters/], ['troupe://install/dev.troupe.x --home=/tmp', /blanks/], ['troupe://install/dév.x', /letters/],
    [`troupe://install/${'a'.repeat(LONGEST_LINK)}`, /at most/],
    ['troupe://run/', /names its id/], ['troupe://run/a.b', /names its id/], ['troupe://run/abc?x=1', /names its id/],
    ['troupe://registry/remove?address=https://a.example', /looks like troupe:\/\/registry\/add/], ['troupe://registry/add', /looks like/], ['troupe://registry/add?address=https://a.example&yes=1', /looks like/],
    ['troupe://registry/add?address=http://a.example', /https address alone/], ['troupe://registry/add?address=file:///etc', /https address alone/], ['troupe://registry/add?address=javascript:alert(1)', /https address alone/], ['troupe://registry/add?address=/home/ada', /looks like/],
    ['troupe://registry/add?address=http://127.0.0.1.evil.example/', /https address alone/], ['troupe://registry/add?address=https://troupe.example@evil.example/', /user name/], ['troupe://registry/add?address=https://a.example&fingerprint=12', /64 letters/],
    ['troupe://mcp/x', /adds an MCP server looks like/], ['troupe://mcp/add', /looks like/], ['troupe://mcp/add?name=A', /looks like/], ['troupe://mcp/add?name=%20&address=https://a.example', /looks like/], ['troupe://mcp/add?name=A&address=https://a.example&headers=[]', /looks like/],
    ['troupe://mcp/add?name=A&command=npx&address=https://a.example', /looks like/], ['troupe://mcp/add?name=A&command=npx&arguments=-y', /looks like/], ['troupe://mcp/add?name=A&command=npx&variables=[%22A=secret%22]', /looks like/], ['troupe://mcp/add?name=A&command=', /looks like/],
    ['troupe://mcp/add?name=A&address=http://a.example', /https address alone/], ['troupe://mcp/add?name=A&address=https://b@a.example', /user name/], ['troupe://mcp/add?name=A%0aB&address=https://a.example', /encoded/], ['troupe://mcp/add?name=A%e2%80%aeB&address=https://a.example', /encoded/], ['troupe://mcp/add?name=A%c2%a0B&address=https://a.example', /encoded/],
  ])('refuses %j with a sentence', (link, problem) => { expect(pathFor(link)).toMatch(problem); });

  it('fills in a program with its words as they are, and no value of a variable', () => {
    const link = `troupe://mcp/add?name=Files&command=npx&arguments=${encodeURIComponent('["-y","server","/home/ada/My notes"]')}&variables=${encodeURIComponent('["API_KEY"]')}`;
    expect(readDeepLink(link)).toEqual({ link: { to: 'mcp', text: link, name: 'Files', transport: { kind: 'stdio', command: 'npx', args: ['-y', 'server', '/home/ada/My notes'], environment: ['API_KEY'] } } });
  });

  it('never throws, and leads nowhere but to the screens that a link may show', () => {
    const parts = fc.constantFrom('troupe:', '//', '/', 'install', 'plugin', 'run', 'registry', 'mcp', 'add', 'name=A', 'command=npx', '?', '&', '=', '#', '@', '%', '%2e%2e', '%00', '..', 'dev.troupe.x', '1.0.0', 'registry=', FINGERPRINT, 'address=', 'https://a.example', 'javascript:', '\\', '\u202e', '\n');
    const hostile = fc.oneof(fc.string({ unit: 'binary' }), fc.array(parts, { maxLength: 12 }).map((words) => words.join('')), fc.tuple(fc.constantFrom('install', 'plugin', 'run', 'registry/add?address='), fc.string()).map(([verb, rest]) => `troupe://${verb}/${rest}`),
      fc.tuple(fc.constantFrom('install', 'plugin', 'run'), fc.webPath(), fc.webQueryParameters()).map(([verb, path, query]) => `troupe://${verb}${path}?${query}`), fc.webUrl().map((address) => `troupe://registry/add?address=${encodeURIComponent(address)}`));
    let taken = 0;
    fc.assert(fc.property(hostile, (text) => {
      const read = readDeepLink(text);
      if ('problem' in read) { expect(read.problem).toMatch(/^[A-Z].*\S$/); return; }
      taken += 1;
      if (read.link.to === 'run') { expect(read.link.id).toMatch(/^[\w-]{1,64}$/); return; }
      const path = pathOf(read.link);
      expect(path).toMatch(/^\/(?:marketplace\/[a-z][a-z0-9.-]+(?:\?[\w.%&=+-]+)?|settings\/registries\?add=https?%3A%2F%2F[\w.%&=+*-]+|settings\/mcp\?add=troupe%3A%2F%2Fmcp%2F[\w.%!~*'()-]+)$/i);
      expect(new URL(path, 'app://ui/').pathname).toBe(path.split('?')[0]);
    }), { numRuns: 3_000 });
    expect(taken).toBeGreaterThan(20);
  });
});
