import type { Script } from '../agents/workshop.ts';

export const TEXT = 'Look it up and send it.';
export const REQUEST = { id: 'doomed-request', procedure: 'chat.send' };

/**
 * Reads, then writes, then answers; what it says depends on the messages alone, as with any model. Its answer `streamed` (counted from
 * one) is said in pieces: with more of them it would be a matter of luck which were on the disk when the core died.
 */
export const doomedScript = (streamed?: number): Script => (request, onDelta) => {
  const done = request.messages.filter((message) => message.role === 'tool').length;
  const text = ['I look. ', 'I send. ', 'All is done.'][done] ?? '';
  if (done + 1 === streamed) for (const word of text.split(' ')) onDelta({ type: 'text', text: `${word} ` });
  if (done === 0) return { text, calls: [{ name: 'look', arguments: { q: 'x' } }] };
  return done === 1 ? { text, calls: [{ name: 'send', arguments: { to: 'bob' } }] } : { text };
};

/** As much of an answer as is said before the core dies. */
export const HALF = 'This is the first half of a longer answer, said in many small pieces, ';

/** As the doomed script, and then never comes to the end of its answer. */
export const halfwayScript: Script = async (request, onDelta, index) => {
  if (request.messages.filter((message) => message.role === 'tool').length < 2) return doomedScript()(request, onDelta, index);
  for (const piece of HALF.match(/.{1,7}/g) ?? []) {
    onDelta({ type: 'text', text: piece });
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  return new Promise(() => undefined);
};
