/** What agents remember in the scripted core. */
import type { implement } from '@orpc/server';
import type { Contract } from '../../contract/api/index.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import type { Memory } from '../../contract/model/memory.ts';
import { NOW } from './fake-data.ts';
import type { FakeWorld } from './fake-world.ts';

export const remembered = (id: string, text: string, part: Partial<Memory> = {}): Memory => ({
  id, scope: 'shared', scopeId: null, owner: '', text, kind: 'fact', pinned: false, author: 'person', runId: null, conversationId: null, createdAt: NOW - 86_400_000, updatedAt: NOW - 86_400_000, usedAt: null, ...part,
});

let made = 0;

export function memoryProcedures(os: ReturnType<typeof implement<Contract>>, world: FakeWorld) {
  const at = (input: { scope?: Memory['scope'] | undefined; scopeId?: string | undefined }): Memory[] =>
    world.memories.filter((one) => (input.scope === undefined || one.scope === input.scope) && (input.scopeId === undefined || one.scopeId === input.scopeId)).toSorted((a, b) => Number(b.pinned) - Number(a.pinned));
  const of = (id: string): Memory => world.memories.find((one) => one.id === id) ?? (() => { throw new AppError('memory/not-found', 'This is not remembered any more.'); })();
  const change = (id: string, part: Partial<Memory>): Memory => {
    const next = { ...of(id), ...part };
    world.memories = world.memories.map((one) => (one.id === id ? next : one));
    world.changed('memory');
    return next;
  };
  const forget = (gone: readonly Memory[]): { batch: string; forgotten: number } => {
    made += 1;
    const batch = `batch-${made}`;
    world.forgotten.set(batch, [...gone]);
    world.memories = world.memories.filter((one) => !gone.includes(one));
    world.changed('memory');
    return { batch, forgotten: gone.length };
  };
  return {
    list: os.memory.list.handler(({ input }) => ({ memories: at(input).slice(input.offset, input.offset + input.limit), total: at(input).length })),
    export: os.memory.export.handler(({ input }) => ({ name: 'memories.json', mediaType: 'application/json', text: JSON.stringify(at(input).map(({ text }) => text)) })),
    search: os.memory.search.handler(({ input }) => ({ memories: at(input).filter(({ text }) => input.words.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word))).slice(0, input.limit), note: world.searchNote })),
    owners: os.memory.owners.handler(() => ({ owners: [
      ...[...Map.groupBy(world.memories, ({ scope, scopeId }) => `${scope}:${scopeId ?? ''}`).values()].map(([first, ...others]) => ({ scope: first?.scope ?? 'shared', scopeId: first?.scopeId ?? null, owner: first?.owner ?? '', count: others.length + 1, gone: false })),
      ...world.hires.filter(({ id }) => !world.memories.some(({ scopeId }) => scopeId === id)).map(({ id, name }) => ({ scope: 'agent' as const, scopeId: id, owner: name, count: 0, gone: false })),
    ] })),
    add: os.memory.add.handler(({ input }) => {
      made += 1;
      const one = remembered(`memory-${made}`, input.text, { scope: input.scope, scopeId: input.scopeId ?? null, owner: world.hires.find(({ id }) => id === input.scopeId)?.name ?? '', kind: input.kind, pinned: input.pinned, updatedAt: NOW });
      world.memories = [one, ...world.memories];
      world.changed('memory');
      return one;
    }),
    update: os.memory.update.handler(({ input: { id, text, kind } }) => change(id, { ...(text !== undefined && { text }), ...(kind !== undefined && { kind }) })),
    pin: os.memory.pin.handler(({ input }) => change(input.id, { pinned: input.pinned })),
    forget: os.memory.forget.handler(({ input }) => forget([of(input.id)])),
    forgetAll: os.memory.forgetAll.handler(({ input }) => forget(at(input))),
    restore: os.memory.restore.handler(({ input }) => {
      const back = world.forgotten.get(input.batch) ?? [];
      world.forgotten.delete(input.batch);
      world.memories = [...back, ...world.memories];
      world.changed('memory');
      return { restored: back.length };
    }),
  };
}
