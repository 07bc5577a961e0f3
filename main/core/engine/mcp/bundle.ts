import os from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { environmentNameSchema, mcpTransportSchema, type McpBundle, type McpBundleField, type McpTransport } from '../../../../contract/model/mcp.ts';
import { readZip } from '../../../../packaging/index.ts';
import { parseBounded } from '../../../../sandbox/host/index.ts';

/** A bundle brings all that it needs, so that it holds more than a plugin. */
export const BUNDLE_LIMITS = { packedBytes: 64 * 1024 ** 2, unpackedBytes: 256 * 1024 ** 2, entries: 20_000 };
const BOUNDS = { bytes: 1024 ** 2, depth: 12, values: 20_000 };
const PLACEHOLDER = /\$\{([^}]*)\}/g;

const textMap = z.record(z.string(), z.string());
const configSchema = z.looseObject({ command: z.optional(z.string()), args: z.optional(z.array(z.string())), env: z.optional(textMap) });
const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const fieldSchema = z.looseObject({
  type: z.enum(['string', 'number', 'boolean', 'directory', 'file']), title: z.optional(z.string()), description: z.optional(z.string()), required: z.optional(z.boolean()),
  default: z.optional(value), multiple: z.optional(z.boolean()), sensitive: z.optional(z.boolean()),
});
/** What of manifest.json is used; the form of the versions 0.1 to 0.4. */
const manifestSchema = z.looseObject({
  name: z.string(), display_name: z.optional(z.string()), version: z.string(), description: z.string(), author: z.looseObject({ name: z.string() }),
  server: z.looseObject({ type: z.string(), entry_point: z.optional(z.string()), mcp_config: z.optional(z.extend(configSchema, { platform_overrides: z.optional(z.record(z.string(), configSchema)) })) }),
  compatibility: z.optional(z.looseObject({ platforms: z.optional(z.array(z.string())) })),
  user_config: z.optional(z.record(z.string().check(z.maxLength(100)), fieldSchema)),
});
type Config = z.infer<typeof configSchema>;

/** A bundle that was read: its files, what a person is shown of it, and how it is started. */
export interface ReadBundle {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly shown: McpBundle;
  /** Its own program, a path in the archive, which has to be made one; null where another program runs it. */
  readonly program: string | null;
  /** How it is started from a folder, with what the person entered. @throws AppError `core/bad-input` */
  startWith(folder: string, entered: Readonly<Record<string, string>>): { transport: McpTransport; values: Record<string, string> };
}

const line = (text: string, most: number): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').trim().slice(0, most);
const bad = (message: string): AppError => new AppError('core/bad-input', message);

/**
 * Reads an MCP bundle (`.mcpb`, `.dxt`): a zip archive with `manifest.json`, as hostile. Nothing of it is run or written.
 * @throws AppError `plugins/bad-archive`, `core/bad-input`
 */
export async function readBundle(bytes: Uint8Array<ArrayBuffer>, platform: string = process.platform): Promise<ReadBundle> {
  const files = await readZip(bytes, BUNDLE_LIMITS);
  const text = files.get('manifest.json');
  if (!text) throw bad('The archive has no manifest.json at its top, so it is no MCP bundle.');
  const parsed = parseBounded(new TextDecoder().decode(text), BOUNDS);
  const manifest = z.safeParse(manifestSchema, 'refused' in parsed ? undefined : parsed.value);
  if (!manifest.success) throw bad('The bundle\'s manifest.json does not have the form of a bundle: name, version, description, author and server.');
  const { server, compatibility, user_config: configuration = {} } = manifest.data;
  const { platform_overrides: overrides = {}, ...general } = server.mcp_config ?? {};
  const own = Object.hasOwn(overrides, platform) ? overrides[platform] : undefined;
  const config: Config = { ...general, ...own, env: { ...general.env, ...own?.env } };
  const fields = Object.entries(configuration).map(([key, field]): McpBundleField => ({
    key, title: line(field.title ?? key, 100) || key, description: line(field.description ?? '', 500), kind: field.type, required: field.required ?? false, sensitive: field.sensitive ?? false, multiple: field.multiple ?? false,
    default: field.default === undefined ? null : fill((Array.isArray(field.default) ? field.default : [String(field.default)]).join('\n'), placesFor('')).slice(0, 4_000),
  }));
  const places = compatibility?.platforms;
  const problem = config.command === undefined || config.command.trim() === '' ? 'It does not say which program starts it, as bundles of the kind "uv" do. Troupe starts no such bundle.'
    : places && !places.includes(platform) ? `It runs on ${places.map((one) => line(one, 20)).join(', ').slice(0, 100)} alone, and this is ${platform}.`
      : fields.length > 50 ? 'It asks for more than 50 values.'
        : fields.some(({ key, sensitive }) => sensitive && [config.command, ...config.args ?? []].some((word) => word?.includes(`\${user_config.${key}}`))) ? 'It puts a secret among its arguments, which every program of this machine can read. Ask its author to take it from a variable.' : null;
  const program = programIn(config.command ?? '', files, platform);
  return {
    files, program,
    shown: { id: Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex'), name: line(manifest.data.display_name ?? manifest.data.name, 40) || 'Server', version: line(manifest.data.version, 40), description: line(manifest.data.description, 500), author: line(manifest.data.author.name, 100), files: files.size, bytes: [...files.values()].reduce((sum, { length }) => sum + length, 0), command: line([config.command ?? '', ...config.args ?? []].join(' '), 2_000), fields, problem },
    startWith(folder, entered) {
      if (problem !== null) throw bad(problem);
      const given = valuesOf(fields, entered);
      const known = placesFor(folder);
      // A path in the bundle stands for the file there, wherever the program begins.
      const one = (word: string): string => (files.has(word) ? path.join(folder, ...word.split('/')) : fill(word, { ...known, ...Object.fromEntries([...given].map(([key, texts]) => [`user_config.${key}`, texts.join(path.delimiter)])) }));
      // Several values are several arguments where nothing else stands in the argument.
      const args = (config.args ?? []).flatMap((word) => {
        const key = /^\$\{user_config\.([^}]*)\}$/.exec(word)?.[1];
        return key === undefined ? [one(word)] : given.get(key) ?? [];
      });
      const values = Object.fromEntries(Object.entries(config.env ?? {}).map(([name, word]) => [name, one(word)]).filter(([, word]) => word !== ''));
      const wrong = Object.keys(values).find((name) => !z.safeParse(environmentNameSchema, name).success);
      if (wrong !== undefined) throw bad(`The bundle names the variable ${JSON.stringify(wrong.slice(0, 60))}, which is no name for one.`);
      const transport = z.safeParse(mcpTransportSchema, { kind: 'stdio', command: program === null ? one(config.command ?? '') : path.join(folder, ...program.split('/')), args, environment: Object.keys(values) });
      if (!transport.success) throw bad('The command, arguments or values of this bundle are too long or hold characters that they may not hold.');
      return { transport: transport.data, values };
    },
  };
}

/** What the places in a command stand for; `folder` is where the bundle was unpacked. */
const placesFor = (folder: string): Record<string, string> => {
  const home = os.homedir();
  return { __dirname: folder, HOME: home, DESKTOP: path.join(home, 'Desktop'), DOCUMENTS: path.join(home, 'Documents'), DOWNLOADS: path.join(home, 'Downloads'), pathSeparator: path.sep, '/': path.sep };
};

/** Once: what stands in a value is no place again. One that is not known, or has no value, is nothing. */
const fill = (text: string, places: Readonly<Record<string, string>>): string => text.replace(PLACEHOLDER, (_whole, name: string) => (Object.hasOwn(places, name) ? places[name] ?? '' : ''));

/** The values of each field, each line one where several may be given. @throws AppError `core/bad-input` */
function valuesOf(fields: readonly McpBundleField[], entered: Readonly<Record<string, string>>): Map<string, string[]> {
  return new Map(fields.map((field) => {
    const text = (entered[field.key] ?? '').trim() || (field.default ?? '');
    const texts = field.multiple ? text.split('\n').map((one) => one.trim()).filter((one) => one !== '') : text === '' ? [] : [text];
    if (field.required && texts.length === 0) throw bad(`"${field.title}" is needed by this bundle. Enter it.`);
    if (field.kind === 'number' && texts.some((one) => !Number.isFinite(Number(one)))) throw bad(`"${field.title}" is a number, such as 20.`);
    if (field.kind === 'boolean' && texts.some((one) => one !== 'true' && one !== 'false')) throw bad(`"${field.title}" is true or false.`);
    return [field.key, texts];
  }));
}

/** The path in the archive of a program that the bundle brings itself. */
function programIn(command: string, files: ReadonlyMap<string, Uint8Array>, platform: string): string | null {
  const name = command.replace(/^\$\{__dirname\}[/\\]/, '').replace(/^\.\//, '').replaceAll('\\', '/');
  return [name, ...(platform === 'win32' ? [`${name}.exe`] : [])].find((one) => files.has(one)) ?? null;
}
