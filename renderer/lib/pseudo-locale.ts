const ACCENTED: Record<string, string> = Object.fromEntries([...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter, at) => [letter, [...'àƀçðéƒĝĥîĵķļɱñôþǫŕšţûṽŵẋýžÀƁÇÐÉƑĜĤÎĴĶĻṀÑÔÞǪŔŠŢÛṼŴẊÝŽ'][at] ?? letter]));
const LETTERS = new Set(Object.values(ACCENTED));

/**
 * The pseudo-locale en-XA: an ICU message with accented letters, a third longer and in brackets, so that text which does
 * not come from the locale files, is cut or does not fit can be seen. Arguments and tags stay as they are.
 */
export function pseudo(message: string): string {
  const body = translate(message, 0, false).text;
  // Of a plural one branch is shown: only its share of the letters counts.
  const letters = [...body].filter((letter) => LETTERS.has(letter)).length / Math.max(1, body.split(/\} (?=[\w=]+ \{)/).length);
  return `[${body}${'~'.repeat(Math.min(40, Math.ceil(letters / 3)))}]`;
}

/** Walks one message (or, inside braces, one branch of a plural or select) up to its closing brace. */
function translate(message: string, from: number, branch: boolean): { text: string; end: number } {
  let text = '';
  let at = from;
  while (at < message.length) {
    const letter = message[at] ?? '';
    if (letter === '}' && branch) return { text, end: at };
    if (letter === '{') {
      const argument = copyArgument(message, at);
      text += argument.text;
      at = argument.end;
    } else if (letter === '<') {
      const end = message.indexOf('>', at) + 1;
      text += message.slice(at, end);
      at = end;
    } else {
      text += ACCENTED[letter] ?? letter;
      at += 1;
    }
  }
  return { text, end: at };
}

/** Copies `{name}`, `{name, type, …}`; translates the branches of a plural or select. `at` stands on the opening brace. */
function copyArgument(message: string, at: number): { text: string; end: number } {
  let text = '{';
  let place = at + 1;
  while (place < message.length) {
    const letter = message[place] ?? '';
    if (letter === '{') {
      const branch = translate(message, place + 1, true);
      text += `{${branch.text}}`;
      place = branch.end + 1;
    } else {
      text += letter;
      place += 1;
      if (letter === '}') break;
    }
  }
  return { text, end: place };
}
