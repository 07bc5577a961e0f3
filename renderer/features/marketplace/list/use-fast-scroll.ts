import type { Virtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';

/** Pixels between two steps of a list beyond which nobody reads it: more than a wheel or a page key moves it in a frame. */
const FAST = 300;

type Seen = Pick<Virtualizer<HTMLElement, Element>, 'isScrolling' | 'scrollOffset'>;

/**
 * Whether a virtual list is scrolled faster than it can be read, as by its dragged bar. One leap, as by the key End, is not: its end is
 * looked at. It is over when the list rests.
 */
export function useFastScroll(): { isFast: boolean; onChange: (list: Seen) => void } {
  const [isFast, setFast] = useState(false);
  const seen = useRef({ offset: 0, far: false });
  return {
    isFast,
    onChange({ isScrolling, scrollOffset }) {
      const offset = scrollOffset ?? 0;
      const far = Math.abs(offset - seen.current.offset) > FAST;
      // The same place is told twice at the end of each step.
      setFast((before) => isScrolling && (before || (far && seen.current.far)));
      if (offset !== seen.current.offset) seen.current = { offset, far };
    },
  };
}
