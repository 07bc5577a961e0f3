import { lazy, memo, Suspense, useMemo } from 'react';
import { BlockBoundary } from './block-boundary.tsx';
import { Citations, type CitedPlace } from './citations.tsx';
import { CodeBlock } from './code-block.tsx';
import { isHard } from './hard-to-parse.ts';
import { Level, MarkdownBlock, type HeadingLevel } from './markdown-block.tsx';
import classes from './markdown.module.css';
import { withMath } from './math-marks.ts';
import { splitBlocks, type Block } from './split-blocks.ts';

const Diagram = lazy(async () => ({ default: (await import('./diagram.tsx')).Diagram }));
const MathBlock = lazy(() => import('./math-block.tsx'));
const NONE: readonly CitedPlace[] = [];

/**
 * Text of others (models, tools, plugin pages) as calm, safe Markdown: no raw HTML, no images from the network, links
 * shown before they open. `citations` are the places that `[1]` in it leads to. `headingLevel` is the level of all its headings in the page's outline.
 */
export const Markdown = memo(function Markdown({ source, headingLevel = 3, citations = NONE }: { source: string; headingLevel?: HeadingLevel; citations?: readonly CitedPlace[] }) {
  const blocks = useMemo(() => splitBlocks(source), [source]);
  return (
    <Level.Provider value={headingLevel}>
      <Citations.Provider value={citations}>
        <div className={classes.markdown}>{blocks.map((block, index) => <BlockView key={index} {...block} />)}</div>
      </Citations.Provider>
    </Level.Provider>
  );
});

/** Blocks before the last one keep their text while a message streams, so that memo skips them. */
const BlockView = memo(function BlockView(block: Block) {
  if (block.type === 'code') return block.language === 'mermaid' ? <Suspense fallback={<CodeBlock code={block.code} language="mermaid" open />}><Diagram source={block.code} open={block.open} /></Suspense> : <CodeBlock code={block.code} language={block.language} open={block.open} />;
  const plain = <p className={classes.plain}>{block.source}</p>;
  if (isHard(block.source)) return plain;
  const math = withMath(block.source);
  const words = <MarkdownBlock source={block.source} />;
  return (
    <BlockBoundary source={block.source} fallback={plain}>
      {math === null ? words : <Suspense fallback={words}><MathBlock source={math} /></Suspense>}
    </BlockBoundary>
  );
});
