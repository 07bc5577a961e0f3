import type { ToolSpec } from '../chat-model.ts';
import type { Step } from './choose.ts';
import { readable } from './readable.ts';

/** The first words of every text it writes, so that nobody takes it for a language model. */
export const LABEL = 'I am the practice model that comes with Troupe: I follow simple rules and need no key and no network.';

const MAX_QUOTE = 1_500;
const MAX_LISTED = 12;

export interface Outcome { readonly name: string; readonly content: string; readonly isError: boolean }

/** The last words after tools have run: what each one answered, quoted. */
export function resultText(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map((outcome) => {
    const body = quote(readable(outcome.content));
    return outcome.isError ? `\`${outcome.name}\` could not do it and said:\n\n${body}` : `\`${outcome.name}\` answered:\n\n${body}`;
  });
  return `${LABEL}\n\n${lines.join('\n\n')}`;
}

/** A file that came with the request. */
export interface Given { readonly name: string; readonly words: string }
const MAX_BEGINNING = 200;

/** What to say when no tool suits the request: what can be asked for here. Files that came along are named with their beginning. */
export function helpText(request: string, tools: readonly ToolSpec[], files: readonly Given[] = []): string {
  if (files.length > 0) {
    const got = files.map(({ name, words }) => `\`${name.replaceAll('`', ' ')}\`, ${words.length} characters:\n\n${quote(words.slice(0, MAX_BEGINNING))}`);
    return `${LABEL} I got ${files.length === 1 ? 'this file' : 'these files'}:\n\n${got.join('\n\n')}\n\nFor real answers, add a model under Settings → Models.`;
  }
  if (tools.length === 0) {
    return `${LABEL} I have no tools here, so I can only show that your message arrived:\n\n${quote(request)}\n\nFor real answers, add a model under Settings → Models.`;
  }
  const listed = tools.slice(0, MAX_LISTED).map((tool) => `- \`${tool.name}\`: ${firstSentence(tool.description)}`);
  const more = tools.length > MAX_LISTED ? `\n- and ${tools.length - MAX_LISTED} more` : '';
  const example = tools[0] ? ` For example: “Use ${tools[0].name} with 'some text'.”` : '';
  return `${LABEL} No tool here matches your message. I can use:\n\n${listed.join('\n')}${more}\n\nName a tool or use its words, and put texts in quotes.${example} For real answers, add a model under Settings → Models.`;
}

/** What to say when a tool suits but no accepted arguments could be made of the request. */
export const noArgumentsText = (step: Step): string =>
  `${LABEL} I would use \`${step.tool.name}\` for this, but could not make arguments that it accepts out of your message. Give its values by name, like \`name: value\`.`;

function quote(text: string): string {
  const short = text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}… (${text.length - MAX_QUOTE} characters more)` : text;
  return short.split('\n').map((line) => `> ${line}`).join('  \n');
}

const firstSentence = (text: string): string => (/^[^\n]*?[.!?](?=\s|$)/.exec(text.trim())?.[0] ?? text.trim().split('\n')[0] ?? '').slice(0, 160);
