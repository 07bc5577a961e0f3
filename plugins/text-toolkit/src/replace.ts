export interface FindReplaceInput { text: string; find: string; replace: string; regular_expression?: boolean; ignore_case?: boolean }

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** A plain `replace` text is put in as it stands; only a regular expression knows `$1`. */
export function findReplace({ text, find, replace, regular_expression: isExpression = false, ignore_case: ignoreCase = false }: FindReplaceInput) {
  let pattern: RegExp;
  try {
    pattern = new RegExp(isExpression ? find : literal(find), `gmu${ignoreCase ? 'i' : ''}`);
  } catch (error) {
    throw new TypeError(`"find" is not a regular expression: ${error instanceof Error ? error.message : 'it cannot be read'}. Mend it, or leave out regular_expression.`);
  }
  const replaced = [...text.matchAll(pattern)].length;
  return { text: isExpression ? text.replace(pattern, replace) : text.replace(pattern, () => replace), replaced };
}
