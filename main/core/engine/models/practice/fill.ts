import { asSchema, conforms, isRecord, itemSchemas, namesAt, numberAt, own, propertySchemas, sameJson, type Schema } from './conforms.ts';
import { mentions, type Evidence } from './evidence.ts';
import { formulaIn, numberOf, parseJson, type Fact } from './facts.ts';
import { textSamples } from './samples.ts';
import { shareOut, type Assigned } from './share-out.ts';
import { typesOf, variantsOf, type PlainSchema } from './variants.ts';
import { stem, wordAt, wordsOf } from './words.ts';

/** Steps before giving up: a schema may be written to have no end. */
const BUDGET = 4_000;
const MAX_DEPTH = 10;

/**
 * Makes a value that a schema accepts, out of what the request says; where it says nothing, out of the schema's own
 * defaults, examples and limits.
 * @param name what the value is for: a property's or a tool's name
 * @returns undefined when no accepted value was found
 */
export function fill(schema: Schema, name: string, evidence: Evidence): unknown {
  return new Filler(schema, evidence).value(schema, name, undefined, 0);
}

class Filler {
  private readonly root: Schema;
  private readonly evidence: Evidence;
  private steps = 0;

  constructor(root: Schema, evidence: Evidence) {
    this.root = root;
    this.evidence = evidence;
  }

  value(schema: Schema, name: string, assigned: Assigned, depth: number): unknown {
    this.steps += 1;
    if (depth > MAX_DEPTH || this.steps > BUDGET) return undefined;
    for (const variant of variantsOf(schema, this.root)) {
      for (const candidate of this.candidates(variant, name, assigned, depth)) {
        this.steps += 1;
        if (conforms(schema, candidate.value, this.root)) {
          for (const fact of candidate.uses) this.evidence.used.add(fact);
          return candidate.value;
        }
        if (this.steps > BUDGET) return undefined;
      }
    }
    return undefined;
  }

  private *candidates(schema: PlainSchema, name: string, assigned: Assigned, depth: number): Generator<Candidate> {
    if (Object.hasOwn(schema, 'const')) yield plain(schema['const']);
    else if (Array.isArray(schema['enum'])) yield* this.members(schema['enum'], name, assigned).map(plain);
    else {
      for (const type of typesOf(schema)) yield* this.ofType(type, schema, name, assigned, depth);
    }
    yield* defaults(schema).map(plain);
  }

  private *ofType(type: string, schema: PlainSchema, name: string, assigned: Assigned, depth: number): Generator<Candidate> {
    if (type === 'string') yield* this.texts(schema, name, assigned);
    else if (type === 'number' || type === 'integer') yield* this.numbers(schema, assigned);
    else if (type === 'boolean') yield* this.booleans(schema, name, assigned);
    else if (type === 'array') yield* this.arrays(schema, name, assigned, depth);
    else if (type === 'object') yield* this.objects(schema, name, depth);
    else if (type === 'null') yield plain(null);
  }

  /** The members that the request names come first, in the order it names them. */
  private members(all: readonly unknown[], name: string, assigned: Assigned): unknown[] {
    const text = this.evidence.text.toLowerCase();
    const said = typeof assigned === 'string' ? assigned.toLowerCase() : assigned?.text.toLowerCase();
    const others = ['from', 'to', 'as', 'into'].filter((word) => !wordsOf(name).includes(word));
    const claimed = new Set(all.map((member) => String(member).toLowerCase()).filter((word) => others.some((other) => wordAt(text, `${other} ${word}`) >= 0)));
    const place = (member: unknown): number => {
      const word = String(member).toLowerCase();
      if (word === said) return -2;
      const exact = wordAt(text, word);
      // "from km to mile": the word before says which of two alike properties it is for.
      const before = exact > 0 ? wordsOf(text.slice(0, exact)).at(-1) : undefined;
      if (before !== undefined && wordsOf(name).includes(before)) return -1;
      if (claimed.has(word)) return text.length + 1;
      return exact >= 0 ? exact : mentions(text, word) ? text.length : Infinity;
    };
    const ranked = all.map((member) => ({ member, at: place(member) })).sort((a, b) => a.at - b.at || 0);
    const named = ranked.filter((entry) => entry.at !== Infinity).map((entry) => entry.member);
    return [...named, ...all.filter((member) => !named.includes(member))];
  }

  private *texts(schema: PlainSchema, name: string, assigned: Assigned): Generator<Candidate> {
    const { evidence } = this;
    const words = wordsOf(`${name} ${typeof schema['description'] === 'string' ? schema['description'] : ''}`).map(stem);
    if (words.some((word) => /^(express|formula|calculat|equation|arithmetic|math)/.test(word))) {
      const sum = formulaIn(evidence.text);
      if (sum !== undefined) yield plain(sum);
    }
    if (typeof assigned === 'string') yield plain(assigned);
    else if (assigned) yield { value: assigned.text, uses: [assigned] };
    const shaped = typeof schema['pattern'] === 'string' || typeof schema['format'] === 'string';
    if (shaped) {
      for (const fact of evidence.facts) yield { value: fact.text, uses: [fact] };
      for (const word of evidence.text.split(/[\s,;]+/).slice(0, 200)) {
        yield plain(word);
        yield plain(word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''));
      }
    }
    yield* defaults(schema).map(plain);
    yield* [...textSamples(schema, evidence.now)].map(plain);
    const least = numberAt(schema, 'minLength') ?? 0;
    const most = numberAt(schema, 'maxLength') ?? Infinity;
    for (const text of [evidence.free, evidence.text, evidence.previous ?? '', name]) {
      if (text === '') continue;
      yield plain(text);
      const signs = [...text];
      if (signs.length > most) yield plain(signs.slice(0, most).join(''));
      if (signs.length < least && least <= 100_000) yield plain(text.padEnd(least + text.length - signs.length, '.'));
    }
    if (least <= 100_000) yield plain('a'.repeat(Math.max(least, Math.min(1, most))));
  }

  private *numbers(schema: PlainSchema, assigned: Assigned): Generator<Candidate> {
    if (typeof assigned === 'string') {
      const value = Number.parseFloat(assigned.replaceAll(',', ''));
      if (Number.isFinite(value)) yield plain(value);
    } else if (assigned) yield { value: numberOf(assigned), uses: [assigned] };
    for (const fact of this.evidence.facts) {
      if (fact.kind === 'number' && !this.evidence.used.has(fact)) yield { value: numberOf(fact), uses: [fact] };
    }
    yield* defaults(schema).map(plain);
    for (const value of [0, 1, 2]) yield plain(value);
    const low = numberAt(schema, 'minimum') ?? numberAt(schema, 'exclusiveMinimum');
    const high = numberAt(schema, 'maximum') ?? numberAt(schema, 'exclusiveMaximum');
    const step = numberAt(schema, 'multipleOf');
    if (step !== undefined && step > 0) {
      for (const base of [low, high]) for (const offset of [0, 1, -1]) if (base !== undefined) yield plain((Math.round(base / step) + offset) * step);
    }
    if (low !== undefined) yield* [low, Math.ceil(low), Math.floor(low) + 1].map(plain);
    if (high !== undefined) yield* [high, Math.floor(high), Math.ceil(high) - 1].map(plain);
    if (low !== undefined && high !== undefined) yield plain(low + (high - low) / 2);
  }

  private *booleans(schema: PlainSchema, name: string, assigned: Assigned): Generator<Candidate> {
    const said = typeof assigned === 'string' ? assigned.toLowerCase() : assigned?.text.toLowerCase();
    if (said !== undefined && /^(false|no|off|0)\b/.test(said)) yield plain(false);
    if (said !== undefined && /^(true|yes|on|1)\b/.test(said)) yield plain(true);
    if (mentions(this.evidence.text, name)) {
      const first = wordsOf(name)[0] ?? '';
      yield plain(!new RegExp(`\\b(?:not|no|without|never|don'?t)\\s+(?:\\w+\\s+)?${first}`, 'iu').test(this.evidence.text));
    }
    yield* defaults(schema).map(plain);
    yield plain(false);
    yield plain(true);
  }

  private *arrays(schema: PlainSchema, name: string, assigned: Assigned, depth: number): Generator<Candidate> {
    const json = typeof assigned === 'object' && assigned.kind === 'json' ? assigned : this.evidence.facts.find((fact) => fact.kind === 'json' && fact.text.startsWith('['));
    if (json) yield { value: parseJson(json.text), uses: [json] };
    const { first, rest } = itemSchemas(schema);
    const least = Math.max(numberAt(schema, 'minItems') ?? 0, asSchema(schema['contains']) === undefined ? 0 : numberAt(schema, 'minContains') ?? 1);
    const most = Math.min(numberAt(schema, 'maxItems') ?? 50, 50);
    if (typeof assigned !== 'string') yield* defaults(schema).map(plain);
    const found = first.length === 0 ? this.listed(rest, typeof assigned === 'string' ? assigned : undefined) : [];
    if (found.length > 0 && found.length >= least) yield { value: found.map((entry) => entry.value).slice(0, most), uses: found.flatMap((entry) => entry.uses) };
    yield* defaults(schema).map(plain);
    if (least > 1_000) return;
    const contains = asSchema(schema['contains']);
    const made: unknown[] = [];
    while (made.length < Math.max(least, first.length > 0 && least === 0 && schema['items'] === false ? first.length : least)) {
      const item = first[made.length] ?? rest;
      const entry = contains !== undefined && made.length < (numberAt(schema, 'minContains') ?? 1) ? this.value({ allOf: [item, contains] }, name, undefined, depth + 1) : this.value(item, name, undefined, depth + 1);
      const fresh = schema['uniqueItems'] === true && made.some((other) => sameJson(other, entry)) ? this.other(item, made) : entry;
      if (fresh === undefined) return;
      made.push(fresh);
    }
    yield plain(made);
  }

  /** Every fact that the item schema takes, or the parts of a list in words (`a, b and c`). */
  private listed(item: Schema, said: string | undefined): Candidate[] {
    const { evidence } = this;
    const accepts = (value: unknown): boolean => value !== undefined && conforms(item, value, this.root);
    const free = evidence.facts.filter((fact) => !evidence.used.has(fact));
    const kinds = variantsOf(item, this.root).flatMap(typesOf);
    if (kinds[0] === 'number' || kinds[0] === 'integer') return free.map((fact) => ({ value: numberOf(fact), uses: [fact] })).filter((entry) => accepts(entry.value));
    if (kinds[0] !== 'string') return [];
    // What the request says of this list stands before what else is found in it.
    const facts = said !== undefined ? [] : free.filter((fact) => fact.kind !== 'number').map((fact): Candidate => ({ value: fact.text, uses: [fact] })).filter((entry) => accepts(entry.value));
    if (facts.length > 0) return facts;
    const parts = (said ?? evidence.free).split(/\s*[,;\n]\s*(?:and\s+)?|\s+and\s+/).map((part) => part.trim()).filter((part) => part !== '');
    return parts.filter(accepts).slice(0, 50).map(plain);
  }

  /** A further item for a list without repetitions. */
  private other(item: Schema, taken: readonly unknown[]): unknown {
    const fits = (value: unknown): boolean => conforms(item, value, this.root) && !taken.some((other) => sameJson(other, value));
    for (const variant of variantsOf(item, this.root)) {
      for (const value of Array.isArray(variant['enum']) ? variant['enum'] : []) if (fits(value)) return value;
      const base = numberAt(variant, 'minimum') ?? numberAt(variant, 'exclusiveMinimum') ?? 0;
      const step = numberAt(variant, 'multipleOf') ?? 1;
      const least = Math.max(1, numberAt(variant, 'minLength') ?? 1);
      for (let index = 0; index < 60; index += 1) {
        const number = (Math.ceil(base / step) + index) * step;
        const text = `${'a'.repeat(Math.min(least, 1_000))}${index}`;
        for (const value of [number, -number, text, text.slice(-least), String.fromCharCode(97 + (index % 26)).repeat(least), index % 2 === 0]) if (fits(value)) return value;
        for (const sample of textSamples(variant, this.evidence.now + index * 86_400_000)) if (fits(sample)) return sample;
      }
    }
    return undefined;
  }

  private *objects(schema: PlainSchema, name: string, depth: number): Generator<Candidate> {
    const declared = isRecord(schema['properties']) ? schema['properties'] : {};
    const required = new Set(namesAt(schema, 'required'));
    for (const other of isRecord(schema['dependentRequired']) ? Object.entries(schema['dependentRequired']) : []) {
      if (required.has(other[0]) && Array.isArray(other[1])) for (const also of other[1]) if (typeof also === 'string') required.add(also);
    }
    const names = [...new Set([...Object.keys(declared), ...required])];
    const assigned = shareOut(schema, names, required, this.evidence, this.root);
    const most = numberAt(schema, 'maxProperties') ?? Infinity;
    // Own keys only: a plain assignment to `__proto__` would be lost.
    const result = Object.create(null) as Record<string, unknown>;
    let optional = 0;
    for (const key of names) {
      const want = assigned.get(key);
      // `toString` or `__proto__` as data trips up what reads it later: not unless it must be.
      if (key in Object.prototype && !required.has(key)) continue;
      if (!required.has(key) && (want === undefined || required.size + optional >= most)) continue;
      const parts = propertySchemas(schema, key);
      const value = this.value(parts.length === 1 ? parts[0] ?? true : { allOf: parts }, key, want === true ? undefined : want, depth + 1);
      if (value === undefined && required.has(key)) return;
      if (value === undefined) continue;
      if (!required.has(key)) optional += 1;
      result[key] = value;
    }
    yield plain({ ...result });
    yield plain(this.enough(schema, { ...result }, depth));
    const bare = Object.fromEntries(Object.entries(result).filter(([key]) => required.has(key)));
    yield plain(this.enough(schema, bare, depth));
    yield* defaults(schema).map(plain);
    if (name === '') yield plain({});
  }

  /** Adds properties until `minProperties` is met: declared ones first, then invented names. */
  private enough(schema: PlainSchema, start: Record<string, unknown>, depth: number): Record<string, unknown> {
    const result = { ...start };
    const least = Math.min(numberAt(schema, 'minProperties') ?? 0, 200);
    const declared = isRecord(schema['properties']) ? Object.keys(schema['properties']) : [];
    const pattern = asSchema(schema['propertyNames']);
    const invented = Array.from({ length: least }, (_, index) => `item_${index + 1}`);
    const sampled = pattern === undefined ? [] : [this.value({ type: 'string', allOf: [pattern] }, 'name', undefined, depth + 1)].filter((key) => typeof key === 'string');
    const patterned = isRecord(schema['patternProperties']) ? Object.keys(schema['patternProperties']).flatMap((key) => [...textSamples({ pattern: key }, 0)]) : [];
    for (const key of [...declared, ...sampled, ...patterned, ...invented]) {
      if (Object.keys(result).length >= least) break;
      if (Object.hasOwn(result, key)) continue;
      const parts = propertySchemas(schema, key);
      const value = this.value(parts.length === 1 ? parts[0] ?? true : { allOf: parts }, key, undefined, depth + 1);
      if (value !== undefined) result[key] = value;
    }
    return result;
  }
}

interface Candidate { readonly value: unknown; readonly uses: readonly Fact[] }
const plain = (value: unknown): Candidate => ({ value, uses: [] });

const defaults = (schema: PlainSchema): unknown[] => [...(Object.hasOwn(schema, 'default') ? [own(schema, 'default')] : []), ...(Array.isArray(schema['examples']) ? schema['examples'].slice(0, 5) : [])];
