import { Button, Skeleton } from '@mantine/core';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { usePageTitle } from '../../lib/page-title.ts';
import { placeWords } from '../../lib/place-words.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './knowledge.module.css';

const SHOWN = 40;
/** Passages before the one that was cited, so that it is read in its context. */
const BEFORE = 3;

/** The text of a document as it was read, open at the passage that was cited. */
export function DocumentScreen({ id }: { id: string }) {
  const t = useText();
  const [params] = useSearchParams();
  const asked = Number(params.get('at'));
  const at = params.has('at') && Number.isInteger(asked) && asked >= 0 ? asked : null;
  const [from, setFrom] = useState(Math.max(0, (at ?? 0) - BEFORE));
  const text = useCall('knowledge', 'read', { id, from, limit: SHOWN });
  const marked = useRef<HTMLElement>(null);
  const name = text.data?.document.name ?? t('knowledge.title');
  usePageTitle(name);
  const ready = text.data !== undefined;
  useEffect(() => { if (ready) marked.current?.scrollIntoView({ block: 'center' }); }, [ready, at]);
  const last = (text.data?.passages.at(-1)?.position ?? 0) + 1;
  return (
    <div className={classes.screen}>
      <Link className={classes.back} to="/knowledge"><ArrowLeft size={14} aria-hidden /> <T id="knowledge.title" /></Link>
      <header className={classes.head}><div><h1>{name}</h1>{text.data?.document.plugin ? <p className={classes.quiet}><T id="knowledge.ofPlugin" values={{ plugin: <Link to={`/marketplace/${text.data.document.plugin.id}`}>{text.data.document.plugin.name}</Link> }} /></p> : null}</div></header>
      {text.error ? <Failure error={text.error} onRetry={() => { void text.refetch(); }} /> : null}
      {!text.data && !text.error ? <div aria-busy>{[0, 1, 2, 3].map((row) => <Skeleton key={row} height={72} radius="md" mb={12} />)}</div> : null}
      {text.data && from > 0 ? <Button variant="default" size="xs" mb={12} onClick={() => { setFrom(Math.max(0, from - SHOWN)); }}><T id="knowledge.earlier" /></Button> : null}
      {text.data?.passages.map(({ position, place, text: words }) => {
        const where = placeWords(place, t);
        return (
          <section key={position} ref={position === at ? marked : undefined} className={classes.passage} data-marked={position === at || undefined} aria-label={where || t('knowledge.passage', { number: position + 1 })}>
            {where === '' ? null : <div className={classes.where}>{where}</div>}
            {position === at ? <mark className={classes.text}>{words}</mark> : <p className={classes.text}>{words}</p>}
          </section>
        );
      })}
      {text.data && last < text.data.document.passages ? <Button variant="default" size="xs" onClick={() => { setFrom(last); }}><T id="knowledge.later" /></Button> : null}
    </div>
  );
}
