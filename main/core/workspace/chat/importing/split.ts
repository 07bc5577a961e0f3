import { AppError } from '../../../../../contract/errors/app-error.ts';

/** Bytes of one conversation, or of a file that is a single one: what can be read at once without hurting. */
export const MOST_ELEMENT_BYTES = 64_000_000;
/** SQLite reads JSON down to 1,000. */
export const MOST_DEPTH = 500;

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d];
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** `bytes` is undefined when the element is larger than it may be: its bytes were not kept. */
export interface Element { readonly index: number; readonly bytes: Buffer | undefined }

const refused = (message: string): AppError => new AppError('chat/bad-import', message);

/**
 * Cuts a file into the objects of its list as its bytes come (a file that is one object is a list of one), so that no more than one of them is
 * held. It knows strings and brackets and nothing else: what is between them is for `JSON.parse` to judge.
 * Errors: `chat/bad-import`, which names the place.
 */
export class Splitter {
  readonly #onElement: (element: Element) => void;
  readonly #most: number;
  #at = 0;
  #list: boolean | undefined;
  #ended = false;
  /** Brackets that are open within the element; 0 between elements. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #index = 0;
  #comma = false;
  #kept: Buffer[] = [];
  #size = 0;

  constructor(onElement: (element: Element) => void, most = MOST_ELEMENT_BYTES) {
    this.#onElement = onElement;
    this.#most = most;
  }

  add(bytes: Buffer): void {
    let from = this.#at === 0 && bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (this.#depth === 0) {
        if (this.#between(byte, this.#at + at)) from = at;
      } else if (this.#within(byte, this.#at + at)) {
        this.#keep(bytes.subarray(from, at + 1));
        this.#end();
      }
    }
    if (this.#depth > 0) this.#keep(bytes.subarray(from));
    this.#at += bytes.length;
  }

  /** The file is over. */
  end(): void {
    if (this.#ended) return;
    if (this.#list === undefined) throw refused('The file is empty. Choose the JSON file of an export.');
    throw refused(`The file ends in the middle of conversation ${this.#index + 1}, at byte ${this.#at}: it was cut off. Export or download it again.`);
  }

  /** @returns whether an element begins here */
  #between(byte: number, at: number): boolean {
    if (isSpace(byte)) return false;
    if (this.#ended) throw refused(`Something follows the end of the list at byte ${at}: this is not one JSON text.`);
    if (this.#list === undefined && byte === OPEN_LIST) { this.#list = true; return false; }
    if (this.#list === undefined && byte !== OPEN) throw refused(`This is no export of conversations: a JSON list or object was expected, and byte ${at} begins something else.`);
    this.#list ??= false;
    if (byte === CLOSE_LIST && !this.#comma) { this.#ended = true; return false; }
    if (byte === COMMA && this.#index > 0 && !this.#comma) { this.#comma = true; return false; }
    if (byte !== OPEN || (this.#index > 0 && !this.#comma)) throw refused(`Conversation ${this.#index + 1} is not written as an object (byte ${at}): this is no export of conversations, or it is damaged.`);
    this.#comma = false;
    this.#depth = 1;
    return true;
  }

  /** @returns whether the element ends here */
  #within(byte: number, at: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return false;
    }
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN || byte === OPEN_LIST) {
      this.#depth += 1;
      if (this.#depth > MOST_DEPTH) throw refused(`Conversation ${this.#index + 1} is nested deeper than ${MOST_DEPTH} levels (byte ${at}). No app writes such files; nothing was imported.`);
    } else if (byte === CLOSE || byte === CLOSE_LIST) this.#depth -= 1;
    return this.#depth === 0;
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#most) this.#kept = [];
    else this.#kept.push(part);
  }

  #end(): void {
    const bytes = this.#size > this.#most ? undefined : Buffer.concat(this.#kept);
    [this.#kept, this.#size] = [[], 0];
    if (this.#list === false) this.#ended = true;
    this.#onElement({ index: this.#index, bytes });
    this.#index += 1;
  }
}
