import katex from 'katex';
import { createElement, memo, useMemo, type ReactNode } from 'react';
import classes from './markdown.module.css';

/** A node of KaTeX's own tree; which fields it has depends on its kind. */
interface MathTree { type?: string; text?: string; character?: string; attributes?: Record<string, unknown>; children?: MathTree[] }
type Render = (tex: string, options: object) => MathTree;

/** Elements that become nodes of the page; of any other only what is within it does. */
const ELEMENTS = new Set(['math', 'semantics', 'mrow', 'mi', 'mn', 'mo', 'ms', 'mtext', 'mspace', 'mfrac', 'msqrt', 'mroot', 'mstyle', 'merror', 'mpadded', 'mphantom', 'menclose', 'msub', 'msup', 'msubsup', 'munder', 'mover', 'munderover', 'mtable', 'mtr', 'mtd']);
const ATTRIBUTES = new Set(['accent', 'accentunder', 'columnalign', 'columnlines', 'columnspacing', 'depth', 'display', 'displaystyle', 'fence', 'height', 'linethickness', 'lspace', 'mathcolor', 'mathvariant', 'maxsize', 'minsize', 'movablelimits', 'notation', 'rowlines', 'rowspacing', 'rspace', 'scriptlevel', 'separator', 'stretchy', 'symmetric', 'voffset', 'width']);
/** No command that leads out of the formula, no macro that grows without end, nothing larger than the page. */
const OPTIONS = { output: 'mathml', throwOnError: true, trust: false, strict: 'ignore', maxExpand: 200, maxSize: 20 };

/** A formula of somebody else's text as MathML, node by node. One that cannot be read is shown as it was written. */
export const Formula = memo(function Formula({ tex, display }: { tex: string; display: boolean }) {
  const shown = useMemo(() => {
    try {
      return nodeOf((katex as unknown as { __renderToDomTree: Render }).__renderToDomTree(tex, { ...OPTIONS, displayMode: display }), 0);
    } catch {
      return null;
    }
  }, [tex, display]);
  if (shown === null) return <code>{tex}</code>;
  return display ? <span className={classes.formula} tabIndex={0}>{shown}</span> : shown;
});

function nodeOf(tree: MathTree, key: number): ReactNode {
  if (tree.text !== undefined) return tree.text;
  if (tree.character !== undefined) return tree.character;
  const children = (tree.children ?? []).filter((child) => child.type !== 'annotation').map(nodeOf);
  if (tree.type === undefined || !ELEMENTS.has(tree.type)) return children;
  const attributes = Object.fromEntries(Object.entries(tree.attributes ?? {}).filter(([name, value]) => ATTRIBUTES.has(name) && typeof value === 'string'));
  return createElement(tree.type, { ...attributes, key }, ...children);
}
