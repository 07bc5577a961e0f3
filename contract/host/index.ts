import * as z from 'zod/mini';

/** Characters of text that go to or come from the clipboard at once. */
export const MOST_CLIPBOARD = 100_000;

/**
 * What the core asks of the shell that started it, on channel 0 of their pipe. No page can reach it.
 * Requests `{ id, ask, input }`, answers `{ id, ok }` or `{ id, error: { code, message } }`; notices `{ tell, input }` have no answer.
 */
export const hostRequests = {
  /** A native folder dialog. Answers the path, or null when the person cancelled. */
  pickPath: { input: z.object({ title: z.string(), kind: z.enum(['folder', 'file']) }), output: z.object({ path: z.nullable(z.string()) }) },
  /** A native yes/no dialog for what a page must not confirm by itself. */
  confirm: { input: z.object({ title: z.string(), message: z.string(), detail: z.string(), accept: z.string() }), output: z.object({ accepted: z.boolean() }) },
  notify: { input: z.object({ title: z.string(), body: z.string(), address: z.nullable(z.string()) }), output: z.object({}) },
  /** https and mailto only; the shell shows the host first. */
  openExternal: { input: z.object({ url: z.string() }), output: z.object({ opened: z.boolean() }) },
  /** Shows the window at what a `troupe://` link leads to. */
  openLink: { input: z.object({ link: z.string() }), output: z.object({}) },
  /** The text that the person copied last; `cut` when there is more of it than `MOST_CLIPBOARD` characters. */
  readClipboard: { input: z.object({}), output: z.object({ text: z.string(), cut: z.boolean() }) },
  writeClipboard: { input: z.object({ text: z.string().check(z.maxLength(MOST_CLIPBOARD)) }), output: z.object({}) },
  badge: { input: z.object({ count: z.number() }), output: z.object({}) },
  resolveProxy: { input: z.object({ url: z.string() }), output: z.object({ proxy: z.string() }) },
} as const;
export type HostRequests = typeof hostRequests;
export type HostRequestName = keyof HostRequests;

/** Notices from the shell to the core. */
export const shellNoticeSchema = z.discriminatedUnion('tell', [
  z.object({ tell: z.literal('shutdown'), input: z.object({ graceMs: z.number() }) }),
  z.object({ tell: z.literal('power'), input: z.object({ event: z.enum(['suspend', 'resume']) }) }),
  z.object({ tell: z.literal('channel-opened'), input: z.object({ channel: z.number(), kind: z.enum(['page']) }) }),
]);
export type ShellNotice = z.infer<typeof shellNoticeSchema>;

/** Notices from the core to the shell. `ready` comes once, when pages may connect. */
export const coreNoticeSchema = z.discriminatedUnion('tell', [
  z.object({ tell: z.literal('ready'), input: z.object({ build: z.string(), home: z.string(), address: z.nullable(z.string()) }) }),
  z.object({ tell: z.literal('failed'), input: z.object({ code: z.string(), message: z.string() }) }),
  z.object({ tell: z.literal('busy'), input: z.object({ runs: z.number() }) }),
]);
export type CoreNotice = z.infer<typeof coreNoticeSchema>;

export const hostAskSchema = z.object({ id: z.number(), ask: z.string(), input: z.unknown() });
export const hostAnswerSchema = z.object({ id: z.number(), ok: z.optional(z.unknown()), error: z.optional(z.object({ code: z.string(), message: z.string() })) });
