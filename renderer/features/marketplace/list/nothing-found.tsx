import { Button } from '@mantine/core';
import { SearchX } from 'lucide-react';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { T } from '../../../lib/text.tsx';

/** No hit: what to loosen. */
export function NothingFound({ words, filtered, onClearFilters, onClear }: { words: string; filtered: boolean; onClearFilters: () => void; onClear: () => void }) {
  return (
    <EmptyState icon={<SearchX size={22} />}
      title={words === '' ? <T id={filtered ? 'market.nothingFits' : 'market.nothing'} /> : <T id="market.nothingFor" values={{ words }} />}
      line={<T id={filtered ? 'market.nothingFiltered' : words === '' ? 'market.nothingYet' : 'market.nothingLine'} />}
      action={<>{filtered && <Button onClick={onClearFilters}><T id="market.clearFilters" /></Button>}{words !== '' && <Button variant="default" onClick={onClear}><T id="market.showAll" /></Button>}</>} />
  );
}
