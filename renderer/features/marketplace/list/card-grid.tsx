import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { CatalogCard } from '../../../../contract/model/catalog.ts';
import { useText } from '../../../lib/text.tsx';
import classes from './card-grid.module.css';
import { Card, CardSkeleton } from './card.tsx';
import { useFastScroll } from './use-fast-scroll.ts';

const CARD_WIDTH = 300;
const CARD_HEIGHT = 148;
const GAP = 12;

/** Cards in a virtual grid: only the rows in view are in the document. Arrow keys walk from card to card. `above`: the height of what stands over it and may change. */
export function CardGrid({ above, total, itemAt, onRange }: { above: number; total: number | undefined; itemAt: (index: number) => CatalogCard | undefined; onRange: (range: { from: number; to: number }) => void }) {
  const t = useText();
  const { ref: sizeRef, width } = useElementSize();
  const box = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const columns = Math.max(1, Math.floor(((width || CARD_WIDTH) + GAP) / (CARD_WIDTH + GAP)));
  const count = total ?? columns * 4;
  const rows = Math.ceil(count / columns);
  const scroller = (): HTMLElement | null => document.getElementById('content');
  const { isFast, onChange } = useFastScroll();
  const virtual = useVirtualizer({ onChange, count: rows, getScrollElement: scroller, estimateSize: () => CARD_HEIGHT + GAP, overscan: 3, scrollMargin: margin, useFlushSync: false, initialRect: { width: 1024, height: 720 } });
  const shown = virtual.getVirtualItems();
  const from = (shown[0]?.index ?? 0) * columns;
  const to = Math.min(count, ((shown.at(-1)?.index ?? 0) + 1) * columns) - 1;
  // What flies past is neither fetched nor made: nobody could read it.
  useEffect(() => { if (!isFast) onRange({ from, to: Math.max(from, to) }); }, [from, to, isFast, onRange]);
  useEffect(() => { setMargin((box.current?.offsetTop ?? 0)); }, [width, above]);

  const walk = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const at = Number((event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'] ?? NaN);
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? count - 1 : at + (steps[event.key] ?? NaN);
    if (Number.isNaN(next) || Number.isNaN(at) || next < 0 || next >= count) return;
    event.preventDefault();
    virtual.scrollToIndex(Math.floor(next / columns), { align: 'auto' });
    const focus = (attempts: number): void => {
      const link = box.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`);
      if (link) link.focus({ preventScroll: true }); else if (attempts > 0) requestAnimationFrame(() => { focus(attempts - 1); });
    };
    focus(10);
  };

  return (
    <div ref={sizeRef}>
      <div ref={box} role="list" aria-label={t('market.results')} aria-busy={total === undefined} className={classes.box} style={{ height: virtual.getTotalSize() }} onKeyDown={walk}>
        {shown.flatMap((row) => Array.from({ length: columns }, (_, column) => {
          const index = row.index * columns + column;
          if (index >= count) return null;
          const card = total === undefined || isFast ? undefined : itemAt(index);
          return (
            <div key={index} role="listitem" data-index={index} {...(total !== undefined && { 'aria-setsize': total, 'aria-posinset': index + 1 })} className={classes.cell}
              style={{ height: CARD_HEIGHT, width: `calc((100% - ${(columns - 1) * GAP}px) / ${columns})`, insetInlineStart: `calc((100% + ${GAP}px) / ${columns} * ${column})`, transform: `translateY(${row.start - margin}px)` }}>
              {card ? <Card card={card} /> : <CardSkeleton />}
            </div>
          );
        }))}
      </div>
    </div>
  );
}
