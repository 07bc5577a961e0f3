import remarkMath from 'remark-math';
import { Formula } from './formula.tsx';
import { COMPONENTS, MarkdownBlock, textOf, type Node } from './markdown-block.tsx';

const PLUGINS = [[remarkMath, { singleDollarTextMath: false }]] as const;
const isMath = (node: Node | undefined, kind: 'inline' | 'display'): boolean => [node?.properties?.['className']].flat().includes(`math-${kind}`);

/** A block with formulas, whose marks are those of `withMath`. What it needs is read when the first formula is shown. */
export default function MathBlock({ source }: { source: string }) {
  return <MarkdownBlock source={source} plugins={PLUGINS as never} components={WITH_MATH} />;
}

const WITH_MATH: typeof COMPONENTS = {
  ...COMPONENTS,
  pre: (props) => {
    const code = (props.node as Node | undefined)?.children?.[0];
    const Plain = COMPONENTS.pre as (given: typeof props) => React.ReactNode;
    return isMath(code, 'display') ? <Formula tex={textOf(code).trim()} display /> : <Plain {...props} />;
  },
  code: ({ node, children }) => (isMath(node as Node | undefined, 'inline') ? <Formula tex={textOf(node as Node)} display={false} /> : <code>{children}</code>),
};
