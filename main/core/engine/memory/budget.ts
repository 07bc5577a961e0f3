/** Counted as the engine estimates prompts: four characters to a token, and a little for each line around them. */
const CHARACTERS_A_TOKEN = 4;
const TOKENS_A_LINE = 12;

/** The first of them that fit into so many tokens together; one that does not fit is passed over for a shorter one behind it. */
export function withinBudget<T extends { readonly text: string }>(items: readonly T[], tokens: number): T[] {
  let left = tokens;
  return items.filter(({ text }) => {
    const cost = Math.ceil(text.length / CHARACTERS_A_TOKEN) + TOKENS_A_LINE;
    if (cost > left) return false;
    left -= cost;
    return true;
  });
}
