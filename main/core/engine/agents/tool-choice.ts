import type { Message } from '../../../../contract/model/message.ts';
import { createToolSearch, findTools, type Tool } from '../tools/index.ts';

/** With more tools than this the model is handed those that fit, and finds the others itself. */
export const MOST_TOOLS = 40;
/** Of these, as many as the request is handed at first; the rest is kept free for what the model finds. */
const AT_FIRST = 20;
const PER_SEARCH = 10;

/** Which of an agent's tools are put to the model. It may call every one of them all the same: that is decided elsewhere. */
export interface ToolChoice {
  /** All tools, the one that finds others included when there is one. */
  readonly all: readonly Tool[];
  /** Whether some are left out at first. */
  readonly isPartial: boolean;
  /** Ids of those to hand over with these messages of the run, at most `MOST_TOOLS`. */
  handed(messages: readonly Message[]): ReadonlySet<string>;
}

/**
 * Chooses by search over names and descriptions. Everything comes from the request, the history and the run's own messages, so that a resumed
 * run is handed the same tools.
 * @param always ids of tools that are handed over whatever is asked
 * @param nameOf what the model calls a tool; asked when it looks for one
 */
export function createToolChoice(tools: readonly Tool[], { always, request, history, nameOf }: { always: ReadonlySet<string>; request: string; history: readonly Message[]; nameOf: (tool: Tool) => string }): ToolChoice {
  const ids = new Set(tools.map(({ id }) => id));
  if (tools.length <= MOST_TOOLS) return { all: tools, isPartial: false, handed: () => ids };
  const search = createToolSearch(tools);
  const finder = findTools((query) => search.find(query, PER_SEARCH).map((tool) => ({ name: nameOf(tool), description: tool.description })));
  const fixed = [finder.id, ...tools.filter(({ id }) => always.has(id)).map(({ id }) => id)].slice(0, AT_FIRST);
  // What was used in this conversation is often meant again by a request that does not say so.
  const first = [...callsIn(history).map(({ tool }) => tool).reverse().filter((id, at, all) => all.indexOf(id) === at).slice(0, AT_FIRST / 4), ...search.find(request, AT_FIRST).map(({ id }) => id), ...tools.map(({ id }) => id)];
  const base = [...new Set([...fixed, ...first.filter((id) => ids.has(id))])].slice(0, AT_FIRST);
  return {
    all: [...tools, finder],
    isPartial: true,
    handed(messages) {
      // The newest last: those that were used or found longest ago make room.
      const found = callsIn(messages).flatMap(({ tool, arguments: given }) => (tool === finder.id ? search.find(queryOf(given), PER_SEARCH).map(({ id }) => id).reverse() : ids.has(tool) ? [tool] : []));
      const newest = [...new Set(found.reverse())].filter((id) => !base.includes(id)).slice(0, MOST_TOOLS - base.length);
      return new Set([...base, ...newest]);
    },
  };
}

const callsIn = (messages: readonly Message[]): { tool: string; arguments: unknown }[] => messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool_call' ? [part] : [])));
const queryOf = (given: unknown): string => String((given as { query?: unknown } | null)?.query ?? '');
