import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KnowledgeList } from '../../../renderer/features/knowledge/knowledge-list.tsx';
import { createWorld } from '../../support/fake-core.ts';
import { fakeDocument } from '../../support/fake-knowledge.ts';
import { renderPage } from '../../support/render-page.tsx';

afterEach(() => { vi.restoreAllMocks(); });
const show = () => {
  const world = createWorld();
  world.documents = [
    fakeDocument('doc-1', 'handbook.pdf', Array.from({ length: 130 }, (_, at) => ({ place: { page: at + 1 }, text: `page ${at + 1}` }))),
    fakeDocument('doc-2', 'rates.md', [{ place: { line: 1 }, text: 'Rates.' }], { plugin: { id: 'dev.troupe.text-toolkit', name: 'Text Toolkit' } }),
  ];
  return renderPage({ routes: [{ path: '/knowledge', element: <KnowledgeList /> }], at: '/knowledge', world });
};

describe('A7 the list of documents', () => {
  it('says which plugin brought one, and removes only what a person added', async () => {
    show();
    expect((await screen.findByRole('link', { name: 'Text Toolkit' })).getAttribute('href')).toBe('/marketplace/dev.troupe.text-toolkit');
    expect(screen.getAllByRole('button', { name: /^Remove / }).map((one) => one.getAttribute('aria-label'))).toEqual(['Remove handbook.pdf']);
  });

  it('is saved with all texts as one file of JSON', async () => {
    const saved: Blob[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => { saved.push(blob as Blob); return 'blob:saved'; });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    const { world } = show();
    fireEvent.click(await screen.findByRole('button', { name: 'Save as JSON' }));
    await waitFor(() => { expect(saved).toHaveLength(1); });
    const file = JSON.parse(await (saved[0] as Blob).text()) as { format: string; documents: { name: string; plugin: string | null; passages: { place: object; text: string }[] }[] };
    expect([file.format, file.documents.map(({ name, plugin, passages }) => [name, plugin, passages.length])]).toEqual(['troupe-knowledge', [['handbook.pdf', null, 130], ['rates.md', 'dev.troupe.text-toolkit', 1]]]);
    expect(file.documents[0]?.passages.at(-1)).toEqual({ place: { page: 130 }, text: 'page 130' });
    // In bounded pieces, whatever the size of a document.
    expect(world.calls.filter(({ procedure }) => procedure === 'knowledge.read').map(({ input }) => input)).toMatchObject([{ id: 'doc-1', from: 0, limit: 100 }, { id: 'doc-1', from: 100, limit: 100 }, { id: 'doc-2', from: 0, limit: 100 }]);
  });
});
