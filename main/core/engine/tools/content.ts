/** More than this of one result would crowd everything else out of the model's memory. */
export const MAX_CONTENT = 100_000;

/** What the model reads of a tool's output, and the output itself where the text does not hold it whole. */
export function contentOf(output: unknown): { content: string; whole: boolean } {
  const text = typeof output === 'string' ? output : (JSON.stringify(output) ?? 'null');
  if (text.length <= MAX_CONTENT) return { content: text, whole: true };
  return { content: `${text.slice(0, MAX_CONTENT)}\n[cut here: ${text.length - MAX_CONTENT} characters more]`, whole: false };
}
