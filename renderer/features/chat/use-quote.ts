import { useEffect, useState, type RefObject } from 'react';

/** The text that is selected inside an element, '' when there is none: for a button that quotes it. */
export function useSelectedText(box: RefObject<HTMLElement | null>): string {
  const [text, setText] = useState('');
  useEffect(() => {
    const read = (): void => {
      const selection = document.getSelection();
      const inside = selection !== null && !selection.isCollapsed && box.current?.contains(selection.anchorNode) === true && box.current.contains(selection.focusNode);
      setText(inside ? selection.toString().trim() : '');
    };
    document.addEventListener('selectionchange', read);
    return () => { document.removeEventListener('selectionchange', read); };
  }, [box]);
  return text;
}

/** A draft with a quotation at its end, ready to be written on below it. */
export function withQuote(draft: string, quoted: string): string {
  const before = draft.trimEnd();
  return `${before === '' ? '' : `${before}\n\n`}${quoted.split('\n').map((line) => `> ${line}`.trimEnd()).join('\n')}\n\n`;
}
