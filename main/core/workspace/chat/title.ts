const LENGTH = 60;

/** A conversation's name from the first thing said in it: the first line, cut between words. */
export function titleOf(text: string): string {
  const line = text.split('\n').map((one) => one.replace(/[\s#>*`_~-]+/g, ' ').trim()).find((one) => one !== '') ?? '';
  const characters = [...line];
  if (characters.length <= LENGTH) return line;
  const cut = characters.slice(0, LENGTH).join('');
  const space = cut.lastIndexOf(' ');
  return `${space > LENGTH / 2 ? cut.slice(0, space) : cut}…`;
}
