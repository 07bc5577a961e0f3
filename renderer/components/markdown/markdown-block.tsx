import { Image, Square, SquareCheck } from 'lucide-react';
import { createContext, useContext, type ComponentProps, type ReactNode } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { useText } from '../../lib/text.tsx';
import { CitationLink, isCitation, markCitations } from './citations.tsx';
import { CodeBlock } from './code-block.tsx';
import classes from './markdown.module.css';
import { OutsideLink } from './outside-link.tsx';

export type HeadingLevel = 2 | 3 | 4 | 5;
export interface Node { type: string; value?: string; properties?: Record<string, unknown>; children?: Node[] }

const ELEMENTS = ['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'em', 'strong', 'del', 'a', 'img', 'code', 'pre', 'blockquote',
  'ul', 'ol', 'li', 'input', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'sup', 'section'];
export const Level = createContext<HeadingLevel>(3);

/** One block of Markdown of others as nodes of the page. `plugins` and `components` bring more than the usual ones. */
export function MarkdownBlock({ source, plugins = [], components }: { source: string; plugins?: NonNullable<Options['remarkPlugins']>; components?: Components }) {
  return <ReactMarkdown remarkPlugins={[remarkGfm, ...plugins]} rehypePlugins={CLEAN} components={components ?? COMPONENTS} allowedElements={ELEMENTS} unwrapDisallowed urlTransform={keepAddress}>{source}</ReactMarkdown>;
}

/** Ids of others could be found by our own scripts and by fragments, and repeat across messages: none is kept. */
function dropIds() {
  return (tree: Node): void => {
    const open = [tree];
    for (let node = open.pop(); node; node = open.pop()) {
      for (const name of Object.keys(node.properties ?? {})) if (/^(id|ariaDescribedBy|ariaLabel|data.*)$/.test(name)) delete node.properties?.[name];
      open.push(...(node.children ?? []));
    }
  };
}

const CLEAN = [dropIds, markCitations];
/** Addresses go to our own components as they are; none of them puts one into an attribute of the page. */
const keepAddress = (address: string): string => address;

export function textOf(node: Node | undefined): string {
  if (!node) return '';
  return node.type === 'text' ? (node.value ?? '') : (node.children ?? []).map(textOf).join('');
}

const heading = (depth: number) => function Heading({ children }: { children?: ReactNode }) {
  // All headings stand at one level of the page's outline: a text that begins at ### would leave a gap in it.
  const Tag = `h${useContext(Level)}` as const;
  return <Tag data-depth={depth} className={classes.heading}>{children}</Tag>;
};

function RemoteImage({ alt, src }: ComponentProps<'img'>) {
  const t = useText();
  return (
    <span className={classes.image}>
      <Image size={14} role="img" aria-label={t('markdown.image')} /> {alt ? `${alt} ` : ''}<span className={classes.address}>{typeof src === 'string' ? src.slice(0, 300) : ''}</span>
    </span>
  );
}

function TaskMark({ checked }: ComponentProps<'input'>) {
  const t = useText();
  const Mark = checked ? SquareCheck : Square;
  return <Mark size={14} className={classes.task} role="img" aria-label={t(checked ? 'markdown.taskDone' : 'markdown.taskOpen')} />;
}

function TableBox({ children }: { children?: ReactNode }) {
  const t = useText();
  return <div className={classes.tableBox} tabIndex={0} role="region" aria-label={t('markdown.table')}><table>{children}</table></div>;
}

function CodeOf({ node }: { node: Node | undefined }) {
  const code = node?.children?.[0];
  const language = [code?.properties?.['className']].flat().map(String).find((name) => name.startsWith('language-'))?.slice('language-'.length) ?? '';
  return <CodeBlock code={textOf(code).replace(/\n$/, '')} language={language} />;
}

export const COMPONENTS: Components = {
  a: ({ node, href, children }) => (isCitation(href ?? '') ? <CitationLink href={href ?? ''}>{children}</CitationLink> : <OutsideLink href={href ?? ''} words={textOf(node as Node | undefined)}>{children}</OutsideLink>),
  img: RemoteImage,
  input: TaskMark,
  table: TableBox,
  section: ({ children }) => <div className={classes.footnotes}>{children}</div>,
  pre: ({ node }) => <CodeOf node={node as Node | undefined} />,
  h1: heading(1), h2: heading(2), h3: heading(3), h4: heading(4), h5: heading(5), h6: heading(6),
};
