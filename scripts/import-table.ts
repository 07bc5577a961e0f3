/**
 * Who may import whom: the one copy of the table. ESLint (scripts/lint-rules.ts) and tests/architecture read it.
 * A room is the longest matching folder. `may` lists rooms; `packages` lists npm packages; `node` allows node: modules.
 */
export interface Room {
  readonly room: string;
  readonly may: readonly string[];
  readonly packages: readonly string[];
  readonly node: boolean;
  /** What to do instead, shown with every refusal. */
  readonly teach: string;
}

const CORE_LEVELS = ['base', 'marketplace', 'engine', 'workspace', 'api'] as const;
const ENGINE_LEVELS = ['models', 'usage', 'runs', 'memory', 'knowledge', 'mcp', 'tools', 'agents', 'crews', 'flows'] as const;

const react = ['react', 'react-dom', 'react-router', 'react-intl', '@mantine/core', '@mantine/hooks', '@mantine/spotlight',
  '@mantine/notifications', '@tanstack/react-query', '@tanstack/react-virtual', 'zustand', 'lucide-react', 'react-markdown',
  'remark-gfm', 'remark-math', 'shiki', 'katex', 'get-nonce', '@fontsource-variable/inter'];

export const ROOMS: readonly Room[] = [
  { room: 'contract', may: ['contract'], packages: ['zod', '@orpc/contract', '@orpc/client', '@orpc/standard-server-peer'], node: false,
    teach: 'contract is what every process agrees on: pure TypeScript and zod/mini. Put code that needs Node, a page or Electron in the room that runs it.' },
  { room: 'packaging', may: ['packaging', 'contract'], packages: ['tuf-js', '@tufjs/models', 'yaml', 'semver', 'tar-stream'], node: true,
    teach: 'packaging is shared by core, registry and command line: it may know contract and Node only. Pass what you need in as an argument.' },
  { room: 'sandbox/host', may: ['sandbox/host', 'contract'], packages: [], node: true,
    teach: 'sandbox/host declares the host calls it needs as an interface; the core implements them and passes them in.' },
  { room: 'sandbox/guest', may: ['sandbox/guest', 'contract/manifest'], packages: ['isolated-vm', 'quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync'], node: true,
    teach: 'sandbox/guest runs beside hostile code in its own process: it knows one plugin and nothing else.' },
  { room: 'sdk', may: ['sdk', 'contract/manifest'], packages: [], node: false,
    teach: 'sdk is what plugin authors import: types and helpers only, bundled into their plugin.' },
  { room: 'plugins', may: ['plugins', 'contract/manifest', 'sdk'], packages: [], node: false,
    teach: 'first-party plugins use nothing that others cannot: sdk only.' },
  { room: 'preload', may: ['preload', 'contract'], packages: ['electron'], node: false,
    teach: 'preload hands one port to the page and knows contract types only.' },
  { room: 'main/electron', may: ['main/electron', 'main/link', 'contract'], packages: ['electron', 'zod'], node: true,
    teach: 'the Electron shell starts the core as a process and never imports it. Ask the core through contract, or the shell through contract/host.' },
  { room: 'main/link', may: ['main/link', 'contract'], packages: [], node: true,
    teach: 'main/link is the little that core, shells and command line share of Node: framed streams and where a home is.' },
  { room: 'main/cli', may: ['main/cli', 'main/link', 'contract', 'packaging'], packages: ['zod'], node: true,
    teach: 'the command line is a client of the core: call a procedure of the contract.' },
  { room: 'renderer/lib', may: ['renderer/lib', 'contract/model', 'contract/errors'], packages: react, node: false,
    teach: 'renderer/lib stands lowest in the page: move what needs a component or the bridge upward.' },
  { room: 'renderer/styles', may: ['renderer/styles', 'renderer/lib'], packages: react, node: false,
    teach: 'renderer/styles is the look alone: colours, sizes, fonts.' },
  { room: 'renderer/bridge', may: ['renderer/bridge', 'renderer/lib', 'contract'], packages: [...react, '@orpc/client', '@orpc/contract', 'zod'], node: false,
    teach: 'renderer/bridge is the only place that touches the transport; it knows contract and nothing of the screens.' },
  { room: 'renderer/components', may: ['renderer/components', 'renderer/styles', 'renderer/lib', 'contract/model', 'contract/errors'], packages: react, node: false,
    teach: 'components are dumb: take data and callbacks as props, leave fetching to a feature.' },
  { room: 'renderer/features', may: ['renderer/features', 'renderer/components', 'renderer/bridge', 'renderer/lib', 'contract/model', 'contract/errors'], packages: react, node: false,
    teach: 'a feature imports components, bridge and lib; what two features share moves down into components or lib.' },
  { room: 'renderer/app', may: ['renderer', 'resources/locales', 'contract/model', 'contract/errors'], packages: react, node: false,
    teach: 'renderer/app wires the page together; it knows renderer rooms and contract model and errors.' },
  { room: 'main/core', may: ['main/core', 'main/link', 'packaging', 'sandbox/host', 'contract', 'resources/prices.json'],
    packages: ['@orpc/server', '@orpc/contract', '@orpc/standard-server-peer', '@napi-rs/keyring', 'better-sqlite3', 'openai', 'pino', 'pino-roll', 'ws', 'yaml', 'semver', 'ajv', 're2js', 'zod', 'tuf-js', 'logic-solver', '@modelcontextprotocol/sdk', 'cross-spawn', 'node-llama-cpp', 'csv-parse', 'mammoth', 'parse5', 'unpdf', 'linkedom', '@mozilla/readability', 'nodemailer', 'pg'], node: true,
    teach: 'the core may know everything trusted except the shells and the page; inside it, base ← marketplace ← engine ← workspace ← api ← app.ts.' },
];

/** Packages that only one place may import, whatever the room's own list says. */
export const ONLY_IN: readonly { readonly package: string; readonly rooms: readonly string[] }[] = [
  { package: 'electron', rooms: ['main/electron', 'preload'] },
  { package: 'better-sqlite3', rooms: ['main/core/base/store'] },
  { package: '@modelcontextprotocol/sdk', rooms: ['main/core/engine/mcp'] },
  { package: 'cross-spawn', rooms: ['main/core/engine/mcp'] },
  { package: 'openai', rooms: ['main/core/engine/models'] },
  { package: 'node-llama-cpp', rooms: ['main/core/engine/models/embedded'] },
  { package: 'linkedom', rooms: ['main/core/engine/tools/builtin'] },
  { package: '@mozilla/readability', rooms: ['main/core/engine/tools/builtin'] },
  { package: 'nodemailer', rooms: ['main/core/engine/tools/connections'] },
  { package: 'pg', rooms: ['main/core/engine/tools/connections'] },
  { package: 'isolated-vm', rooms: ['sandbox/guest'] },
  { package: 'csv-parse', rooms: ['main/core/engine/knowledge'] },
  { package: 'mammoth', rooms: ['main/core/engine/knowledge'] },
  { package: 'parse5', rooms: ['main/core/engine/knowledge'] },
  { package: 'unpdf', rooms: ['main/core/engine/knowledge'] },
  { package: 'logic-solver', rooms: ['main/core/marketplace/plugins'] },
  { package: 'quickjs-emscripten-core', rooms: ['sandbox/guest'] },
];

/** Rooms that may import anything and that nobody imports. */
export const OUTSIDE = ['tests', 'bench', 'scripts', 'docs'];

const inside = (file: string, room: string): boolean => file === room || file.startsWith(`${room}/`);

/** The room that holds a repository path, or undefined for files outside the table. */
export function roomOf(file: string): Room | undefined {
  return ROOMS.filter((candidate) => inside(file, candidate.room)).sort((a, b) => b.room.length - a.room.length)[0];
}

/**
 * Judges one import.
 * @param from repository path of the importing file, with `/` separators
 * @param to repository path of the imported file, or a bare specifier (`node:fs`, `react`, `zod/mini`)
 * @param bare whether `to` is a bare specifier
 * @returns undefined when allowed, else a sentence that says what is wrong and what to do instead
 */
export function judge(from: string, to: string, bare: boolean): string | undefined {
  if (OUTSIDE.some((room) => inside(from, room)) || /\.test\.tsx?$/.test(from)) return undefined;
  const room = roomOf(from);
  if (!room) return undefined;
  if (bare) return judgePackage(from, room, to);
  if (!room.may.some((allowed) => inside(to, allowed))) return `${room.room} may not import ${to}. ${room.teach}`;
  if (room.room === 'main/core' && inside(to, 'main/core')) return judgeCore(from, to);
  if (room.room === 'renderer/features') return judgeFeature(from, to);
  return undefined;
}

function judgePackage(from: string, room: Room, to: string): string | undefined {
  if (to.startsWith('node:')) return room.node ? undefined : `${room.room} may not import ${to}. ${room.teach}`;
  const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] ?? to);
  const only = ONLY_IN.find((entry) => entry.package === name);
  if (only && !only.rooms.some((allowed) => inside(from, allowed))) return `${name} is imported in ${only.rooms.join(' and ')} only. Ask that room for what you need.`;
  if (name === 'zod' && to !== 'zod/mini') return 'Import zod/mini: the page must not carry all of zod.';
  return room.packages.includes(name) ? undefined : `${room.room} may not import the package ${name}. ${room.teach}`;
}

function judgeFeature(from: string, to: string): string | undefined {
  const feature = (file: string): string | undefined => /^renderer\/features\/([^/]+)/.exec(file)?.[1];
  const target = feature(to);
  return target && target !== feature(from) ? `The feature ${feature(from)} may not import the feature ${target}. Move what both need into renderer/components or renderer/lib.` : undefined;
}

function judgeCore(from: string, to: string): string | undefined {
  const place = (file: string): { level: number; domain: string; engine: number } => {
    const [, , level = '', domain = ''] = file.split('/');
    return { level: (CORE_LEVELS as readonly string[]).indexOf(level), domain: `${level}/${domain}`, engine: (ENGINE_LEVELS as readonly string[]).indexOf(domain) };
  };
  const a = place(from);
  const b = place(to);
  const wires = a.level === -1; // app.ts, main.ts, serve/: wire the rooms together
  if (!wires && b.level === -1 && !inside(to, 'main/core/serve')) return `${to} wires the rooms together and is imported by nobody. Take what you need as an argument.`;
  if (!wires && b.level === -1) return `main/core/serve stands above the rooms. Take what you need as an argument.`;
  if (!wires && b.level > a.level) return `${a.domain} stands left of ${b.domain} (base ← marketplace ← engine ← workspace ← api). Declare the interface you need here and let app.ts pass it in.`;
  const sameRoom = a.domain === b.domain;
  if (!sameRoom && a.level === 2 && b.level === 2 && b.engine > a.engine) return `inside engine, ${a.domain} stands left of ${b.domain} (models ← usage ← runs ← memory ← knowledge ← mcp ← tools ← agents ← crews ← flows). Declare the interface you need here.`;
  const isRoom = b.level !== -1 && b.level !== 4;
  if (!sameRoom && isRoom && to.split('/').length > 4 && !to.endsWith('/index.ts')) return `Enter the room ${b.domain} by its index.ts, not by ${to}.`;
  return undefined;
}
