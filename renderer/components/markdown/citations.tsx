import { createContext, useContext, type ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './markdown.module.css';

/** A place that a text may point to by its number: `[3]`. `to` is an address of the page. */
export interface CitedPlace { number: number; to: string; label: string }
export const Citations = createContext<readonly CitedPlace[]>([]);

const MARK = /\[(\d{1,4})\]/g;
const SCHEME = 'citation:';
interface Node { type: string; tagName?: string; value?: string; properties?: Record<string, unknown>; children?: Node[] }

/** Makes `[3]` in running text a link of our own; code and links stay as they are. What it leads to says `Citations`. */
export function markCitations() {
  return (tree: Node): void => {
    const open = [tree];
    for (let node = open.pop(); node; node = open.pop()) {
      if (node.tagName === 'code' || node.tagName === 'pre' || node.tagName === 'a' || !node.children) continue;
      node.children = node.children.flatMap((child) => (child.type === 'text' ? split(child) : [child]));
      open.push(...node.children);
    }
  };
}

function split(node: Node): Node[] {
  const { value = '' } = node;
  const parts: Node[] = [];
  let from = 0;
  for (const match of value.matchAll(MARK)) {
    if (match.index > from) parts.push({ type: 'text', value: value.slice(from, match.index) });
    parts.push({ type: 'element', tagName: 'a', properties: { href: `${SCHEME}${match[1]}` }, children: [{ type: 'text', value: match[0] }] });
    from = match.index + match[0].length;
  }
  if (parts.length === 0) return [node];
  return from < value.length ? [...parts, { type: 'text', value: value.slice(from) }] : parts;
}

export const isCitation = (href: string): boolean => href.startsWith(SCHEME);

/** A number that leads nowhere is text as it was written. */
export function CitationLink({ href, children }: { href: string; children: ReactNode }) {
  const place = useContext(Citations).find(({ number }) => `${SCHEME}${number}` === href);
  return place ? <Link to={place.to} className={classes.citation} aria-label={place.label} title={place.label}>{children}</Link> : <span>{children}</span>;
}
