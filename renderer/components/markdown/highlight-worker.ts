/**
 * Colours code in a thread of its own: a grammar that takes long, or never ends, holds up no frame of the page. What comes in is
 * text of others and what goes out are pieces of that very text, each with the kind of word that it is.
 */
import { createCssVariablesTheme, createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { GRAMMARS } from './grammars.ts';
import type { ColourAnswer, ColourRequest, ColouredLine } from './highlight.ts';

const PREFIX = '--kind-';
/** One minified line of a megabyte is shown, not coloured. */
const LONGEST_LINE = 2_000;
const theme = createCssVariablesTheme({ name: 'kinds', variablePrefix: PREFIX });
const highlighter = createHighlighterCore({ themes: [theme], langs: [], engine: createJavaScriptRegexEngine({ forgiving: true }) });

async function colour({ code, language }: ColourRequest): Promise<ColouredLine[]> {
  const shiki = await highlighter;
  await shiki.loadLanguage(GRAMMARS[language]);
  // A limit of time for each line would leave what follows in wrong colours on a slow machine: who asks gives up the whole instead.
  const { tokens } = shiki.codeToTokens(code, { lang: language, theme: 'kinds', tokenizeMaxLineLength: LONGEST_LINE, tokenizeTimeLimit: 0 });
  return tokens.map((line) => line.map(({ content, color }) => [kindOf(color), content]));
}

/** `var(--kind-token-keyword)` is the kind `keyword`; the colour of ordinary text is none. */
function kindOf(color: string | undefined): string {
  return new RegExp(`${PREFIX}token-([a-z-]+)`).exec(color ?? '')?.[1] ?? '';
}

const answer = (message: ColourAnswer): void => { globalThis.postMessage(message); };
globalThis.addEventListener('message', (event: MessageEvent<ColourRequest>) => {
  const { id } = event.data;
  colour(event.data).then((lines) => { answer({ id, lines }); }, () => { answer({ id, lines: null }); });
});
