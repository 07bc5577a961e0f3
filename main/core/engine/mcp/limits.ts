/** The largest message a server may send, and how deep and full it may be: what is more stalls the core's main thread. */
export const MESSAGE_BOUNDS = { bytes: 4 * 1_048_576, depth: 64, values: 100_000 } as const;
export const CONNECT_MS = 60_000;
/** Without a sign of progress. */
export const CALL_MS = 120_000;
/** With it. */
export const LONGEST_CALL_MS = 30 * 60_000;
/** A server that nobody uses for this long is stopped. */
export const IDLE_MS = 5 * 60_000;
export const MOST_TOOLS = 500;
export const MOST_TOOL_PAGES = 50;
/** Name, words and schemas of one tool as JSON. */
export const DEFINITION_CHARACTERS = 64 * 1024;
export const DESCRIPTION_CHARACTERS = 4_000;
/** Of one result, as the model and the log get it. */
export const RESULT_CHARACTERS = 1_000_000;
