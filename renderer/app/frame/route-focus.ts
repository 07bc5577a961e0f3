import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { useStore } from 'zustand';
import { announce } from '../../lib/announce.ts';
import { pageTitle } from '../../lib/page-title.ts';
import { useText } from '../../lib/text.tsx';

/** Screens within a room that count as another place; the others keep the focus where the person put it. */
const placeOf = (pathname: string): string => {
  const [room = '', ...rest] = pathname.split('/').filter(Boolean);
  return room === 'marketplace' ? [room, ...rest].join('/') : room;
};

/** After a change of place the focus stands at its beginning, and a screen reader is told where that is. */
export function useRouteFocus(): void {
  const t = useText();
  const place = placeOf(useLocation().pathname);
  const title = useStore(pageTitle, (state) => state.title);
  const last = useRef(place);
  const waiting = useRef(false);
  useEffect(() => {
    if (last.current === place) return;
    last.current = place;
    waiting.current = true;
    const content = document.getElementById('content');
    if (content && !content.contains(document.activeElement)) content.focus({ preventScroll: true });
    content?.scrollTo(0, 0);
  }, [place]);
  useEffect(() => {
    if (!waiting.current || title === '') return;
    waiting.current = false;
    announce(t('frame.arrived', { screen: title }));
  }, [title, t]);
}
