/**
 * `structuredClone` for what plugin code holds: primitives, plain objects and arrays, Date, RegExp, Map, Set, Error,
 * boxed primitives, ArrayBuffer and its views; cycles are kept, `transfer` empties the buffers named.
 * Functions, symbols and other platform objects throw DataCloneError. Evaluated inside the isolate.
 */
export function installClone(global: Record<string, unknown>): void {
  const refused = (what: string): Error => Object.assign(new Error(`structuredClone: ${what} cannot be cloned.`), { name: 'DataCloneError' });
  const errors: Record<string, ErrorConstructor> = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError } as unknown as Record<string, ErrorConstructor>;

  function structuredClone(value: unknown, options: { transfer?: ArrayBuffer[] } = {}): unknown {
    const seen = new Map<unknown, unknown>();
    for (const buffer of options.transfer ?? []) seen.set(buffer, buffer.transfer());
    return copy(value, seen);
  }

  /** An assignment to a member called `__proto__` would change what the copy is. */
  function put(made: object, key: string, value: unknown): void {
    Object.defineProperty(made, key, { value, writable: true, enumerable: true, configurable: true });
  }

  function copy(value: unknown, seen: Map<unknown, unknown>): unknown {
    if (typeof value === 'symbol' || typeof value === 'function') throw refused(`a ${typeof value}`);
    if (typeof value !== 'object' || value === null) return value;
    const known = seen.get(value);
    if (known !== undefined) return known;
    const keep = <T>(made: T): T => { seen.set(value, made); return made; };
    if (Array.isArray(value)) {
      const made = keep(new Array<unknown>(value.length));
      for (const key of Object.keys(value)) put(made, key, copy((value as unknown as Record<string, unknown>)[key], seen));
      return made;
    }
    if (value instanceof Date) return keep(new Date(value.getTime()));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt) return keep(Object(value.valueOf()) as object);
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (ArrayBuffer.isView(value)) {
      const buffer = copy(value.buffer, seen) as ArrayBuffer;
      const Kind = value.constructor as new (buffer: ArrayBuffer, offset: number, length?: number) => unknown;
      return keep(new Kind(buffer, value.byteOffset, value instanceof DataView ? value.byteLength : (value as Uint8Array).length));
    }
    if (value instanceof Map) {
      const made = keep(new Map<unknown, unknown>());
      for (const [key, item] of [...value]) made.set(copy(key, seen), copy(item, seen));
      return made;
    }
    if (value instanceof Set) {
      const made = keep(new Set<unknown>());
      for (const item of [...value]) made.add(copy(item, seen));
      return made;
    }
    if (value instanceof Error) {
      const made = keep(new (errors[value.name] ?? Error)(value.message));
      if (value.cause !== undefined) Object.defineProperty(made, 'cause', { value: copy(value.cause, seen), writable: true, configurable: true });
      return made;
    }
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) throw refused(`a ${value.constructor.name}`);
    const made = keep({});
    for (const key of Object.keys(value)) put(made, key, copy((value as Record<string, unknown>)[key], seen));
    return made;
  }

  Object.defineProperty(global, 'structuredClone', { value: structuredClone, writable: true, configurable: true });
}
