import type { Script } from '../agents/workshop.ts';

export const TEXT = 'Look it up and send it.';
export const REQUEST = { id: 'doomed-request', procedure: 'chat.send' };

/** Reads, then writes, then answers; what it says depends on the messages alone, as with any model. */
export const doomedScript: Script = (request, onDelta) => {
  const done = request.messages.filter((message) => message.role === 'tool').length;
  const text = ['I look. ', 'I send. ', 'All is done.'][done] ?? '';
  for (const word of text.split(' ')) onDelta({ type: 'text', text: `${word} ` });
  if (done === 0) return { text, calls: [{ name: 'look', arguments: { q: 'x' } }] };
  return done === 1 ? { text, calls: [{ name: 'send', arguments: { to: 'bob' } }] } : { text };
};
