import type { Attachment } from '../../../../../contract/model/attachment.ts';
import type { ImportSource, LeftOut } from '../../../../../contract/model/chat-import.ts';
import type { ChatMessage } from '../../../../../contract/model/chat.ts';

/** A message as it is stored, without its place. `author`: who answered, by name. The block of a summary names its last message by the file's own id. */
export interface DraftMessage {
  readonly role: ChatMessage['role'];
  readonly at: number | null;
  readonly status: ChatMessage['status'];
  readonly blocks: ChatMessage['blocks'];
  readonly model: string | null;
  readonly usage: ChatMessage['usage'];
  readonly author?: string | undefined;
  readonly continues?: true | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
}

/** `message` null: it is left out, and what follows it follows what is before it. */
export interface DraftNode { readonly id: string; readonly parentId: string | null; readonly message: DraftMessage | null }

/** A conversation as a reader of one format understands it. `shown`: the end of the branch that was shown. */
export interface Draft { readonly source: ImportSource; readonly sourceId: string | null; readonly title: string; readonly agent: string; readonly createdAt: number | null; readonly shown: string | null; readonly nodes: readonly DraftNode[] }

/** Counts what a reader leaves out. */
export type Leave = (what: LeftOut) => void;

/** Why a conversation cannot be taken over: a sentence that names the place. */
export class Refusal extends Error {}

export interface ArrangedMessage extends Omit<DraftMessage, 'at'> { readonly parent: number; readonly at: number }
/** `parent` is the place in the list, −1 for none: a parent stands before its children. */
export interface Arranged { readonly source: ImportSource; readonly title: string; readonly createdAt: number; readonly updatedAt: number; readonly shown: number; readonly messages: readonly ArrangedMessage[]; /** Places by the file's own ids. */ readonly places: ReadonlyMap<string, number> }

export const MOST_MESSAGES = 20_000;
/** Beside one another: each costs a look at all others whenever it is shown. */
const MOST_BESIDE = 500;

/** Puts messages into an order in which each comes after what it follows; otherwise they stay in theirs. @throws Refusal */
export function arrange(draft: Draft): Arranged {
  const byId = new Map<string, DraftNode>();
  for (const node of draft.nodes) {
    if (byId.has(node.id)) throw new Refusal(`Two messages have the same id ${quoted(node.id)}.`);
    byId.set(node.id, node);
  }
  /** Of each node that was met: its own place, or that of the nearest kept one before it. */
  const places = new Map<string, number>();
  const messages: ArrangedMessage[] = [];
  const beside = new Map<number, number>();
  const put = (node: DraftNode): void => {
    const parent = node.parentId === null ? -1 : places.get(node.parentId) ?? -1;
    if (node.message === null) { places.set(node.id, parent); return; }
    if (messages.length >= MOST_MESSAGES) throw new Refusal(`It has more than ${MOST_MESSAGES.toLocaleString('en')} messages.`);
    const count = (beside.get(parent) ?? 0) + 1;
    if (count > MOST_BESIDE) throw new Refusal(`More than ${MOST_BESIDE} messages stand beside ${quoted(node.id)}.`);
    beside.set(parent, count);
    places.set(node.id, messages.length);
    messages.push({ ...node.message, parent, at: node.message.at ?? messages[parent]?.at ?? draft.createdAt ?? 0 });
  };
  for (const node of draft.nodes) {
    const chain: DraftNode[] = [];
    const met = new Set<string>();
    for (let next: DraftNode | undefined = node; next && !places.has(next.id);) {
      if (met.has(next.id)) throw new Refusal(`The message ${quoted(next.id)} follows itself by way of others.`);
      met.add(next.id);
      chain.push(next);
      const parentId: string | null = next.parentId;
      const parent: DraftNode | undefined = parentId === null ? undefined : byId.get(parentId);
      if (parentId !== null && !parent) throw new Refusal(`The message ${quoted(next.id)} follows ${quoted(parentId)}, which is not in the file.`);
      next = parent;
    }
    for (const one of chain.toReversed()) put(one);
  }
  if (messages.length === 0) throw new Refusal('It has no message that can be taken over.');
  if (draft.shown !== null && !byId.has(draft.shown)) throw new Refusal(`The message that was shown last, ${quoted(draft.shown)}, is not in the file.`);
  const ats = messages.map(({ at }) => at);
  const createdAt = draft.createdAt ?? ats[0] ?? 0;
  return { source: draft.source, title: draft.title, createdAt, updatedAt: ats.reduce((latest, at) => Math.max(latest, at), createdAt), shown: draft.shown === null ? messages.length - 1 : places.get(draft.shown) ?? messages.length - 1, messages, places };
}

/** An id of a file in a sentence. */
export const quoted = (id: string): string => `"${id.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 60)}"`;

/** One line without control characters, of at most `most` characters. */
export const line = (text: string, most: number): string => text.toWellFormed().replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim().slice(0, most).trim();

const LAST_YEAR = Date.UTC(9999, 11, 31);
/** An instant that can be shown, in ms; null for any other. */
export const instant = (ms: number): number | null => (Number.isFinite(ms) && ms >= 0 && ms <= LAST_YEAR ? Math.round(ms) : null);

/** Children after their parents is for `arrange`; here: the older first, those without a time where they were. */
export function byTime(nodes: readonly DraftNode[]): DraftNode[] {
  let last = 0;
  return nodes.map((node) => { last = node.message?.at ?? last; return { node, at: last }; }).toSorted((one, other) => one.at - other.at).map(({ node }) => node);
}
