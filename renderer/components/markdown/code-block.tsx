import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';
import { memo, startTransition, useEffect, useState, type ReactNode } from 'react';
import { T, useText } from '../../lib/text.tsx';
import { colourCode, knownColours, type ColouredLine } from './highlight.ts';
import classes from './markdown.module.css';

/** Code inside a list may still be growing; it is coloured when it has stood still for so long. */
const SETTLED_MS = 120;
/** Lines that are painted as one piece of work. */
const SLICE = 40;

/**
 * Code of somebody else's text, with its language and a button that copies it. `code` is rendered as text, whatever it holds, and
 * coloured once it is whole: `open` says that its end has not come yet. `tools` stand beside the copy button.
 */
export const CodeBlock = memo(function CodeBlock({ code, language, open = false, tools }: { code: string; language: string; open?: boolean; tools?: ReactNode }) {
  const t = useText();
  const clipboard = useClipboard({ timeout: 1500 });
  const lines = useColours(code, language, open);
  const label = t(clipboard.copied ? 'markdown.copied' : 'markdown.copyCode');
  return (
    <div className={classes.code}>
      <div className={classes.codeHead}>
        <span>{language === '' ? <T id="markdown.plainCode" /> : language}</span>
        <span className={classes.codeTools}>
          {tools}
          <Tooltip label={label}>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={() => { clipboard.copy(code); }}>
              {clipboard.copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        </span>
      </div>
      {/* It scrolls, so the keyboard has to reach it. */}
      <pre tabIndex={0} role="region" aria-label={t('markdown.codeBox', { language: language === '' ? 'none' : language })}>
        <code>{lines ? slices(lines).map((slice, at) => <Slice key={at} lines={slice} first={at === 0} />) : code}</code>
      </pre>
    </div>
  );
});

/** The code's pieces once they are known; null while it is plain. */
function useColours(code: string, language: string, open: boolean): ColouredLine[] | null {
  const [coloured, setColoured] = useState<{ code: string; language: string; lines: ColouredLine[] | null } | null>(null);
  const mine = coloured?.code === code && coloured.language === language ? coloured.lines : undefined;
  const lines = open || language === '' ? null : mine === undefined ? knownColours(code, language) : mine;
  const wanted = !open && language !== '' && lines === undefined;
  useEffect(() => {
    if (!wanted) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      void colourCode(code, language).then((found) => { if (!gone) startTransition(() => { setColoured({ code, language, lines: found }); }); });
    }, SETTLED_MS);
    return () => { gone = true; clearTimeout(timer); };
  }, [wanted, code, language]);
  return lines ?? null;
}

const slices = (lines: ColouredLine[]): ColouredLine[][] => Array.from({ length: Math.ceil(lines.length / SLICE) }, (_, at) => lines.slice(at * SLICE, (at + 1) * SLICE));

const Slice = memo(function Slice({ lines, first }: { lines: ColouredLine[]; first: boolean }) {
  return <span>{lines.map((line, at) => [at === 0 && first ? '' : '\n', ...line.map(([kind, text], index) => (kind === '' ? text : <span key={`${at} ${index}`} data-kind={kind}>{text}</span>))])}</span>;
});
