import * as z from 'zod/mini';
import type { FoundServer } from '../../../../contract/model/model-ref.ts';
import { isLoopbackHost, type Http } from '../../base/http/index.ts';
import { presetOf } from './presets.ts';
import { readLimited } from './read-limited.ts';

/** Where a server is looked for. `usual` is the one that listens there unless it says otherwise; null: too many programs use this port. */
export interface LocalPort { readonly port: number; readonly usual: 'lmstudio' | 'jan' | null }

export const LOCAL_PORTS: readonly LocalPort[] = [
  { port: 11434, usual: null },
  { port: 1234, usual: 'lmstudio' },
  { port: 8080, usual: null },
  { port: 1337, usual: 'jan' },
];

/** Ms for one request: a server on this machine that takes longer is busy starting. */
const ASK_MS = 1_000;
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_NAMES = 200;

const listSchema = z.object({ data: z.array(z.object({ id: z.string().check(z.minLength(1), z.maxLength(300)) })) });

/** What only one kind of server answers, and in which form. */
const SIGNS: readonly { readonly preset: string; readonly path: string; readonly form: z.core.$ZodType }[] = [
  { preset: 'ollama', path: '/api/version', form: z.object({ version: z.string().check(z.minLength(1)) }) },
  { preset: 'lmstudio', path: '/api/v0/models', form: z.object({ data: z.array(z.object({ type: z.enum(['llm', 'vlm', 'embeddings']), state: z.string() })).check(z.minLength(1)) }) },
  { preset: 'llamacpp', path: '/props', form: z.object({ default_generation_settings: z.record(z.string(), z.unknown()) }) },
  { preset: 'localai', path: '/system', form: z.object({ backends: z.array(z.unknown()) }) },
];

type Answered = { readonly status: number; readonly body: unknown } | undefined;

async function asked(http: Http, url: string): Promise<Answered> {
  try {
    const response = await http.fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal: AbortSignal.timeout(ASK_MS) });
    return { status: response.status, body: response.ok ? JSON.parse(await readLimited(response, MAX_BYTES, () => new RangeError('too long'))) as unknown : undefined };
  } catch {
    // Whatever it was, nothing that we know listens there: that is the answer, not an error.
    return undefined;
  }
}

/** Which kind of server answers at `origin`, by what only that kind answers; undefined when none of them does. */
export async function identify(http: Http, origin: string): Promise<string | undefined> {
  const answers = await Promise.all(SIGNS.map(async ({ preset, path, form }) => (z.safeParse(form, (await asked(http, `${origin}${path}`))?.body).success ? preset : undefined)));
  return answers.find((preset) => preset !== undefined);
}

/**
 * Looks on this machine for servers of models at the ports where they usually listen, side by side. A stranger at one of
 * them gets one request; only who answers it with a list of models is asked what it is. Never fails.
 */
export async function findServers(http: Http, ports: readonly LocalPort[]): Promise<Omit<FoundServer, 'providerId'>[]> {
  const found = await Promise.all(ports.map(async ({ port, usual }) => {
    const origin = `http://127.0.0.1:${port}`;
    const answer = await asked(http, `${origin}/v1/models`);
    const list = listSchema.safeParse(answer?.body);
    // Jan asks for a key out of the box.
    const needsKey = answer?.status === 401 && usual !== null;
    if (!list.success && !needsKey) return [];
    const preset = (needsKey ? undefined : await identify(http, origin)) ?? usual;
    return [{ preset, name: presetOf(preset)?.name ?? `127.0.0.1:${port}`, baseUrl: `${origin}/v1`, needsKey, models: list.success ? list.data.data.slice(0, MAX_NAMES).map(({ id }) => id) : [] }];
  }));
  return found.flat();
}

/** One form for the names by which this machine is called, to see that two addresses are the same server. */
export function localOrigin(baseUrl: string): string | undefined {
  const url = URL.parse(baseUrl);
  return url && isLoopbackHost(url.hostname) ? `${url.protocol}//127.0.0.1:${url.port || (url.protocol === 'https:' ? '443' : '80')}` : undefined;
}
