/** Documents in the scripted core. */
import type { implement } from '@orpc/server';
import type { Contract } from '../../contract/api/index.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import type { KnowledgeDocument, KnowledgePassage } from '../../contract/model/knowledge.ts';
import { NOW } from './fake-data.ts';
import type { FakeWorld } from './fake-world.ts';

export interface FakeDocument { document: KnowledgeDocument; texts: Pick<KnowledgePassage, 'place' | 'text'>[]; removed: boolean }

export const fakeDocument = (id: string, name: string, texts: FakeDocument['texts'], part: Partial<KnowledgeDocument> = {}): FakeDocument => ({
  texts, removed: false, document: { id, scope: 'shared', scopeId: null, owner: '', name, kind: 'pdf', bytes: 120_000, characters: texts.reduce((sum, { text }) => sum + text.length, 0), passages: texts.length, notes: [], plugin: null, addedAt: NOW - 3_600_000, ...part },
});

export function knowledgeProcedures(os: ReturnType<typeof implement<Contract>>, world: FakeWorld) {
  const of = (id: string): FakeDocument => world.documents.find(({ document }) => document.id === id) ?? (() => { throw new AppError('knowledge/not-found', 'There is no such document.'); })();
  const here = (input: { scope?: string | undefined; scopeId?: string | undefined }): FakeDocument[] => world.documents.filter(({ document, removed }) => !removed && (input.scope === undefined || document.scope === input.scope) && (input.scopeId === undefined || document.scopeId === input.scopeId));
  const passagesOf = ({ document, texts }: FakeDocument): KnowledgePassage[] => texts.map((one, position) => ({ documentId: document.id, position, name: document.name, ...one }));
  return {
    list: os.knowledge.list.handler(({ input }) => ({ documents: here(input).map(({ document }) => document) })),
    search: os.knowledge.search.handler(({ input }) => ({ passages: here(input).flatMap(passagesOf).filter(({ text }) => text.toLowerCase().includes(input.words.toLowerCase())), note: world.searchNote })),
    vectors: os.knowledge.vectors.handler(() => world.vectors),
    read: os.knowledge.read.handler(({ input }) => ({ document: of(input.id).document, passages: passagesOf(of(input.id)).slice(input.from, input.from + input.limit) })),
    add: os.knowledge.add.handler(({ input }) => {
      if (!input.last) return { document: null };
      const one = fakeDocument(`document-${world.documents.length}`, input.name, [{ place: { line: 1 }, text: Buffer.from(input.base64, 'base64').toString() }], { scope: input.scope, scopeId: input.scopeId ?? null, kind: 'text' });
      world.documents.unshift(one);
      world.changed('knowledge');
      return { document: one.document };
    }),
    remove: os.knowledge.remove.handler(({ input }) => { of(input.id).removed = true; world.changed('knowledge'); return {}; }),
    restore: os.knowledge.restore.handler(({ input }) => { of(input.id).removed = false; world.changed('knowledge'); return of(input.id).document; }),
  };
}
