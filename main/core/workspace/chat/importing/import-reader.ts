import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { MOST_IMPORT_BYTES, type ImportPreview, type LeftOut } from '../../../../../contract/model/chat-import.ts';
import type { ImportedConversation, ImportedMessage } from '../../../base/store/index.ts';
import { isChatgpt, readChatgpt } from './chatgpt.ts';
import { arrange, Refusal, type Arranged, type Draft, type Leave } from './draft.ts';
import { isLibreChat, isLobeChat, readLibreChat, readLobeChat } from './other-apps.ts';
import { MOST_ELEMENT_BYTES, Splitter } from './split.ts';
import { isTroupe, readTroupe } from './troupe.ts';

/** A conversation that can be stored. `digest` is of what it says: the same export again has the same. `sourceId`: its id where it was written. */
export interface FoundConversation { readonly digest: string; readonly sourceId: string | null; readonly agent: string; readonly messages: number }
/** What is in a file, but what of it is here already: that the thread cannot know. */
export interface ReadFile { readonly preview: Omit<ImportPreview, 'already'>; readonly found: readonly FoundConversation[] }

const MOST_CONVERSATIONS = 50_000;
const MOST_IN_ALL = 1_000_000;
/** Of what is kept until it is stored, pressed together. */
const MOST_KEPT_BYTES = 256_000_000;
const NAMED = 50;
const TITLES = 5;

const refused = (message: string): AppError => new AppError('chat/bad-import', message);

/**
 * Reads a file of conversations as it comes and keeps what can be stored, pressed together. Runs in the import thread. Errors: `chat/bad-import`;
 * a single conversation that cannot be taken over is told of in the preview.
 */
export class ImportReader {
  readonly #kept: { packed: Buffer; found: FoundConversation }[] = [];
  readonly #splitter: Splitter;
  readonly #left = new Map<LeftOut, number>();
  readonly #refused: { where: string; why: string }[] = [];
  readonly #titles: string[] = [];
  readonly #agents = new Set<string>();
  #source: Draft['source'] | undefined;
  #refusedCount = 0;
  #messages = 0;
  #bytes = 0;
  #keptBytes = 0;

  constructor(mostElement = MOST_ELEMENT_BYTES) {
    this.#splitter = new Splitter(({ index, bytes }) => {
      if (bytes) this.#read(index, bytes);
      else this.#refuse(index, '', `It has more than ${mostElement / 1e6} MB.`);
    }, mostElement);
  }

  add(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_IMPORT_BYTES) throw refused(`The file has more than ${MOST_IMPORT_BYTES / 1e6} MB. Split it and import the parts.`);
    this.#splitter.add(bytes);
  }

  end(): ReadFile {
    this.#splitter.end();
    if (this.#source === undefined) throw refused(this.#refused[0] ? `Nothing in the file can be imported. ${this.#refused[0].where}: ${this.#refused[0].why}` : 'The file holds no conversation.');
    return {
      preview: { source: this.#source, conversations: this.#kept.length, messages: this.#messages, titles: this.#titles, agents: [...this.#agents].slice(0, NAMED), leftOut: [...this.#left].map(([what, count]) => ({ what, count })), refused: this.#refused, refusedCount: this.#refusedCount },
      found: this.#kept.map(({ found }) => found),
    };
  }

  /** One conversation as it is stored, as bytes of JSON: they cross threads without being read. `own` is who has it from now on: what an agent of that name said is theirs. */
  rows(index: number, conversationId: string, own: { readonly hireId: string; readonly name: string }): Uint8Array<ArrayBuffer> {
    const kept = this.#kept[index];
    if (!kept) throw new AppError('core/internal', 'There is no such conversation in the file.');
    const { title, createdAt, updatedAt, shown, messages } = JSON.parse(inflateRawSync(kept.packed).toString('utf8')) as ReturnType<typeof plain>;
    const idOf = (place: number): string => `${conversationId}_${place}`;
    const rows = messages.map(({ parent, role, at, status, author, attachments, ...content }, place): ImportedMessage => ({
      id: idOf(place), parentId: parent < 0 ? '' : idOf(parent), role, at, status, attachments: attachments ?? [],
      content: { ...content, blocks: content.blocks.map((block) => (block.type === 'summary' ? { ...block, through: idOf(Number(block.through)) } : block)), ...(author !== undefined && (author === own.name ? { hireId: own.hireId } : { author })) },
    }));
    return new Uint8Array(Buffer.from(JSON.stringify({ title, createdAt, updatedAt, leafId: idOf(shown), messages: rows } satisfies ImportedConversation)));
  }

  #read(index: number, bytes: Buffer): void {
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8'));
    } catch (cause) {
      throw new AppError('chat/bad-import', `Conversation ${index + 1} is no JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : 'it cannot be read'}. The file is damaged; export it again.`, { cause });
    }
    const object = value as object;
    try {
      const left: LeftOut[] = [];
      const drafts = draftsOf(object, (what) => { left.push(what); });
      for (const draft of drafts) this.#keep(index, draft);
      for (const what of left) this.#left.set(what, (this.#left.get(what) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { title } = object as { title?: unknown };
      this.#refuse(index, typeof title === 'string' ? title : '', error.message);
    }
  }

  #keep(index: number, draft: Draft): void {
    let whole: Arranged;
    try {
      whole = arrange(draft);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(index, draft.title, error.message);
      return;
    }
    if (this.#source !== undefined && this.#source !== draft.source) { this.#refuse(index, draft.title, 'It was written by another app than those before it in the same file.'); return; }
    this.#source = draft.source;
    const text = JSON.stringify(plain(whole));
    const packed = deflateRawSync(text, { level: 1 });
    this.#keptBytes += packed.length;
    this.#messages += whole.messages.length;
    if (this.#kept.length >= MOST_CONVERSATIONS || this.#messages > MOST_IN_ALL || this.#keptBytes > MOST_KEPT_BYTES) throw refused(`The file holds more than ${MOST_CONVERSATIONS.toLocaleString('en')} conversations or ${MOST_IN_ALL.toLocaleString('en')} messages. Split it and import the parts.`);
    this.#kept.push({ packed, found: { digest: createHash('sha256').update(text).digest('hex'), sourceId: draft.sourceId, agent: draft.agent, messages: whole.messages.length } });
    if (this.#titles.length < TITLES) this.#titles.push(draft.title);
    this.#agents.add(draft.agent);
  }

  #refuse(index: number, title: string, why: string): void {
    this.#refusedCount += 1;
    const name = title.replace(/[\p{Cc}\p{Cf}]/gu, ' ').trim().slice(0, 60);
    if (this.#refused.length < NAMED) this.#refused.push({ where: `Conversation ${index + 1}${name === '' ? '' : `, "${name}"`}`, why });
  }
}

function draftsOf(value: object, leave: Leave): readonly Draft[] {
  if (isTroupe(value)) return [readTroupe(value)];
  if (isChatgpt(value)) return [readChatgpt(value, leave)];
  if (isLibreChat(value)) return [readLibreChat(value, leave)];
  if (isLobeChat(value)) return readLobeChat(value, leave);
  throw new Refusal('It is no conversation as Troupe, ChatGPT, LibreChat or LobeChat write one.');
}

/** What is kept and told apart by its digest: the same whatever ids the file used. */
const plain = ({ source, title, createdAt, updatedAt, shown, messages, places }: Arranged) => ({
  source, title, createdAt, updatedAt, shown,
  messages: messages.map((message) => ({ ...message, blocks: message.blocks.map((block) => {
    if (block.type !== 'summary') return block;
    const through = places.get(block.through);
    if (through === undefined || through < 0) throw new Refusal('A summary ends with a message that is not in the file.');
    return { ...block, through: String(through) };
  }) })),
});
