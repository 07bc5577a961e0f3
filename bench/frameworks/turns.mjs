/** Speaks with the bench: a number on standard input is how often to do the work, the answer a line with the milliseconds of each. */
import { createInterface } from 'node:readline';

export const SYSTEM = 'You answer sums. Use the calculator.';
export const QUESTION = 'What is 2 + 3 * 4?';
export const TOOL = { name: 'calculator', description: 'Works a sum out.' };
const ANSWER = 'It is 14.';

/** Where the stand-in answers, and its model that is asked. */
export const [baseURL, MODEL] = process.argv.slice(2);

/** What the tool does in each of them: enough to be right, too little to be measured. */
export const calculate = ({ expression }) => {
  const [a, b, c] = expression.split(/[+*]/).map(Number);
  return String(a + b * c);
};

/** @param work asks the question once, streamed, and answers the text of the last answer */
export async function takeTurns(work) {
  for await (const line of createInterface({ input: process.stdin })) {
    const times = [];
    for (let n = 0; n < Number(line); n += 1) {
      const began = performance.now();
      const text = await work();
      times.push(performance.now() - began);
      if (text !== ANSWER) throw new Error(`The answer was "${text}".`);
    }
    process.stdout.write(`${JSON.stringify(times)}\n`);
  }
}
