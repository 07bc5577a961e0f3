import { ActionIcon, Skeleton, Tooltip, useComputedColorScheme } from '@mantine/core';
import { Code, Workflow } from 'lucide-react';
import { memo, useEffect, useRef, useState } from 'react';
import { T, useText } from '../../lib/text.tsx';
import { CodeBlock } from './code-block.tsx';
import classes from './markdown.module.css';

/** A longer text is code to read, not a picture. */
const LONGEST = 20_000;
const HIGHEST_PX = 600;
/** How long drawing may take once the frame is there; after that the frame is taken away. */
const DRAWING_MS = 8_000;

type Answer = { ready: true } | { width: number; height: number } | { problem: string };

/**
 * A diagram of somebody else's text, drawn in a frame of its own that has neither this page's origin nor a network; what comes
 * back is a size or a sentence. The text it is drawn from is one click away, and stands there by itself when it cannot be drawn.
 */
export const Diagram = memo(function Diagram({ source, open }: { source: string; open: boolean }) {
  const t = useText();
  const [asCode, setAsCode] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const dark = useComputedColorScheme() === 'dark';
  if (open || source.length > LONGEST) return <CodeBlock code={source} language="mermaid" open />;
  const showsCode = asCode || problem !== null;
  const label = t(showsCode ? 'markdown.showDiagram' : 'markdown.showSource');
  const swap = problem === null ? <Tooltip label={label}><ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={() => { setAsCode(!asCode); }}>{showsCode ? <Workflow size={14} aria-hidden /> : <Code size={14} aria-hidden />}</ActionIcon></Tooltip> : null;
  if (showsCode) return <>{problem === null ? null : <p className={classes.diagramProblem}><T id="markdown.noDiagram" values={{ why: problem || t('markdown.diagramTooLong') }} /></p>}<CodeBlock code={source} language="mermaid" open tools={swap} /></>;
  return (
    <div className={classes.code}>
      <div className={classes.codeHead}><span><T id="markdown.diagram" /></span>{swap}</div>
      <Picture key={dark ? 'dark' : 'light'} source={source} dark={dark} label={t('markdown.diagramOf', { kind: /^\s*([\w-]{1,40})/.exec(source)?.[1] ?? '' })} onProblem={setProblem} />
    </div>
  );
});

/** `onProblem` hears why it cannot be drawn; nothing when it took too long. */
function Picture({ source, dark, label, onProblem }: { source: string; dark: boolean; label: string; onProblem: (why: string) => void }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  useEffect(() => {
    const element = frame.current;
    let tooLong: ReturnType<typeof setTimeout> | undefined;
    const begin = (): void => { tooLong ??= setTimeout(() => { onProblem(''); }, DRAWING_MS); };
    element?.addEventListener('load', begin);
    const heard = (event: MessageEvent<unknown>): void => {
      if (event.source === null || event.source !== frame.current?.contentWindow) return;
      const answer = answerOf(event.data);
      if (!answer) return;
      if ('ready' in answer) { begin(); frame.current.contentWindow.postMessage({ source, dark }, '*'); return; }
      element?.removeEventListener('load', begin);
      clearTimeout(tooLong);
      if ('problem' in answer) onProblem(answer.problem);
      else setSize(answer);
    };
    window.addEventListener('message', heard);
    return () => { element?.removeEventListener('load', begin); clearTimeout(tooLong); window.removeEventListener('message', heard); };
  }, [source, dark, onProblem]);
  return (
    <div className={classes.picture} tabIndex={0} role="img" aria-label={label}>
      {size === null ? <Skeleton height={120} /> : null}
      <iframe ref={frame} className={classes.frame} data-drawn={size !== null || undefined} title={label} tabIndex={-1} aria-hidden loading="lazy" sandbox="allow-scripts" src="/diagram.html" referrerPolicy="no-referrer"
        style={{ colorScheme: dark ? 'dark' : 'light', ...(size !== null && { aspectRatio: `${size.width} / ${size.height}`, maxWidth: size.width, maxHeight: HIGHEST_PX }) }} />
    </div>
  );
}

/** What the frame said, if it is one of the three things that it may say. */
function answerOf(data: unknown): Answer | null {
  if (typeof data !== 'object' || data === null) return null;
  const { ready, width, height, problem } = data as Record<string, unknown>;
  if (ready === true) return { ready };
  if (typeof problem === 'string') return { problem: problem.split('\n')[0]?.slice(0, 200) ?? '' };
  const side = (value: unknown): number | null => (typeof value === 'number' && value > 0 && value < 100_000 ? value : null);
  const [wide, high] = [side(width), side(height)];
  return wide === null || high === null ? null : { width: wide, height: high };
}
