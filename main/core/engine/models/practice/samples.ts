import type { PlainSchema } from './variants.ts';

const FORMAT_SAMPLES: Readonly<Record<string, (now: number) => string>> = {
  'date': (now) => new Date(now).toISOString().slice(0, 10),
  'time': (now) => new Date(now).toISOString().slice(11, 19) + 'Z',
  'date-time': (now) => new Date(now).toISOString(),
  'email': () => 'practice@example.com',
  'idn-email': () => 'practice@example.com',
  'uri': () => 'https://example.com/',
  'url': () => 'https://example.com/',
  'iri': () => 'https://example.com/',
  'uri-reference': () => '/practice',
  'uuid': () => '00000000-0000-4000-8000-000000000000',
  'ipv4': () => '192.0.2.1',
  'ipv6': () => '2001:db8::1',
  'hostname': () => 'example.com',
  'duration': () => 'P1D',
  'json-pointer': () => '/practice',
  'relative-json-pointer': () => '0',
  'regex': () => '.*',
  'byte': () => 'cHJhY3RpY2U=',
};

/** Texts that may meet `format` and `pattern` when the request holds none that does; reserved example names only. */
export function* textSamples(schema: PlainSchema, now: number): Generator<string> {
  const format = typeof schema['format'] === 'string' ? schema['format'] : undefined;
  const sample = format === undefined ? undefined : FORMAT_SAMPLES[format];
  if (sample) yield sample(now);
  const pattern = schema['pattern'];
  if (typeof pattern === 'string') for (const extra of [0, 1, 2, 3, 5, 8, 16, 32]) yield new PatternSample(pattern, extra).make();
}

/** How often a repetition is made at most, and how long a sample gets. */
const MAX_REPEAT = 64;
const MAX_LENGTH = 2_000;

/** Writes a text that a regular expression matches: the first alternative, the fewest repetitions plus `extra`. */
class PatternSample {
  private readonly pattern: string;
  private readonly extra: number;
  private at = 0;

  constructor(pattern: string, extra: number) {
    this.pattern = pattern.slice(0, 1_000);
    this.extra = extra;
  }

  make(): string {
    const text = this.alternatives();
    return text.slice(0, MAX_LENGTH);
  }

  private peek(): string { return this.pattern[this.at] ?? ''; }

  private alternatives(): string {
    const first = this.sequence();
    while (this.peek() === '|') {
      this.at += 1;
      this.sequence();
    }
    return first;
  }

  private sequence(): string {
    let text = '';
    while (this.at < this.pattern.length && this.peek() !== '|' && this.peek() !== ')') {
      const piece = this.atom();
      const times = this.repetitions();
      text += text.length > MAX_LENGTH ? '' : piece.repeat(times);
    }
    return text;
  }

  private repetitions(): number {
    const rest = this.pattern.slice(this.at);
    const match = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})[?+]?/.exec(rest);
    if (!match) return 1;
    this.at += match[0].length;
    if (match[1]) return Math.min(match[1] === '?' ? 1 : MAX_REPEAT, (match[1] === '+' ? 1 : 0) + this.extra);
    const least = Number(match[2]);
    const most = match[3] ? (match[4] ? Number(match[4]) : MAX_REPEAT) : least;
    return Math.min(most, least + this.extra, Math.max(least, MAX_REPEAT));
  }

  private atom(): string {
    const char = this.peek();
    this.at += 1;
    if (char === '^' || char === '$') return '';
    if (char === '.') return 'a';
    if (char === '(') return this.group();
    if (char === '[') return this.characterClass();
    return char === '\\' ? this.escape() : char;
  }

  private group(): string {
    const opening = /^\?(?:[:=!]|<[=!]|P?<\w+>)/.exec(this.pattern.slice(this.at));
    if (opening) this.at += opening[0].length;
    const text = this.alternatives();
    this.at += 1;
    // What is only looked at takes no room; a text that must not come is left out.
    return opening && /[=!]$/.test(opening[0]) ? '' : text;
  }

  private escape(): string {
    const char = this.peek();
    this.at += 1;
    if (char === 'd') return '1';
    if (char === 'w') return 'a';
    if (char === 's') return ' ';
    if (char === 'b' || char === 'B') return '';
    if (char === 'S' || char === 'D') return 'a';
    if (char === 'W') return '-';
    if (char === 't') return '\t';
    if (char === 'n') return '\n';
    if (char === 'u' || char === 'x') {
      const code = /^(?:\{([0-9a-f]+)\}|([0-9a-f]{4})|([0-9a-f]{2}))/i.exec(this.pattern.slice(this.at));
      this.at += code?.[0].length ?? 0;
      return code ? String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '61', 16)) : char;
    }
    if (char === 'p' || char === 'P') {
      const property = /^\{(\^?)(\w+)[^}]*\}/.exec(this.pattern.slice(this.at));
      this.at += property?.[0].length ?? 0;
      return /^N/.test(property?.[2] ?? '') ? '1' : property?.[2] === 'Lu' ? 'A' : 'a';
    }
    return char;
  }

  private characterClass(): string {
    const negated = this.peek() === '^';
    if (negated) this.at += 1;
    const start = this.at;
    const members: string[] = [];
    while (this.at < this.pattern.length && (this.peek() !== ']' || this.at === start)) {
      const char = this.peek();
      this.at += 1;
      const first = char === '\\' ? this.escape() : char;
      members.push(first);
      if (this.peek() === '-' && this.pattern[this.at + 1] !== ']' && this.pattern[this.at + 1] !== undefined) {
        this.at += 1;
        const last = this.peek();
        this.at += 1;
        const end = last === '\\' ? this.escape() : last;
        for (let code = (first.codePointAt(0) ?? 0) + 1; code <= (end.codePointAt(0) ?? 0) && members.length < 300; code += 1) members.push(String.fromCodePoint(code));
      }
    }
    this.at += 1;
    if (negated) return [...'abcxyz0123456789 -_.'].find((char) => !members.includes(char)) ?? '~';
    return members.find((char) => /[a-z]/.test(char)) ?? members.find((char) => /[A-Z1-9]/.test(char)) ?? members[0] ?? '';
  }
}
