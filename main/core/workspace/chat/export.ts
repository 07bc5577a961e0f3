import type { ChatMessage, Conversation, ExportedConversation, ExportFormat } from '../../../../contract/model/chat.ts';

/** `leafId`: the end of the branch that is shown. `names`: of those who answered and are not `agent`, by the id of their hire. */
interface Exported { readonly conversation: Conversation; readonly agent: string; readonly names?: ReadonlyMap<string, string>; readonly messages: readonly ChatMessage[]; readonly leafId: string | null; readonly at: number }

/** Who said it: of an answer the name of the agent. */
const authorOf = ({ agent, names }: Exported, message: ChatMessage): string => message.author ?? (message.hireId === undefined ? undefined : names?.get(message.hireId)) ?? agent;

const iso = (at: number): string => new Date(at).toISOString();

/** How long messages are written in one go, in milliseconds: whatever else the core has to do comes in between. */
const SLICE_MS = 10;
const pause = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** A conversation as a file: Markdown and HTML for people, JSON for programs. Text of models and tools is carried over as it is. */
export async function exportConversation(what: Exported, format: ExportFormat): Promise<ExportedConversation> {
  const name = fileName(what.conversation.title);
  if (format === 'html') return { name: `${name}.html`, mediaType: 'text/html', text: await asPage(what) };
  return format === 'json'
    ? { name: `${name}.json`, mediaType: 'application/json', text: await asJson(what) }
    : { name: `${name}.md`, mediaType: 'text/markdown', text: await asMarkdown(what) };
}

/** Each message as a text, in slices. */
async function inSlices(messages: readonly ChatMessage[], write: (message: ChatMessage) => string): Promise<string[]> {
  const written: string[] = [];
  let until = performance.now() + SLICE_MS;
  for (const message of messages) {
    if (performance.now() >= until) { await pause(); until = performance.now() + SLICE_MS; }
    written.push(write(message));
  }
  return written;
}

/**
 * `format` and `version` say what the file is to whoever reads it; times are ISO 8601 in UTC; `shown` is the last message of the branch that was
 * shown. The bytes are those of `JSON.stringify` with two spaces: a message is set in by its place, which no text in it can be taken for, since
 * line breaks in texts are escaped.
 */
async function asJson(what: Exported): Promise<string> {
  const { conversation, agent, messages, leafId, at } = what;
  const head = JSON.stringify({ format: 'troupe-conversation', version: 1, id: conversation.id, exported_at: iso(at), title: conversation.title, agent, created_at: iso(conversation.createdAt), shown: leafId }, null, 2);
  const written = await inSlices(messages, (message) => `    ${JSON.stringify(dataOf(message, authorOf(what, message)), null, 2).replaceAll('\n', '\n    ')}`);
  return `${head.slice(0, -2)},\n  "messages": ${written.length === 0 ? '[]' : `[\n${written.join(',\n')}\n  ]`}\n}\n`;
}

const dataOf = (message: ChatMessage, author: string): object => ({
  id: message.id, parent_id: message.parentId, role: message.role, ...(message.role === 'assistant' && { author }), ...(message.continues && { continues: true }), at: iso(message.at), status: message.status, model: message.model, usage: message.usage, blocks: message.blocks,
  ...(message.attachments && { attachments: message.attachments.map(({ id, name, mediaType, bytes }) => ({ sha256: id, name, media_type: mediaType, bytes })) }),
});

async function asMarkdown(what: Exported): Promise<string> {
  const { conversation, agent, messages } = what;
  const parts = await inSlices(messages, (message) => [
    `## ${message.role === 'user' ? 'You' : authorOf(what, message)}`, `*${iso(message.at)}${message.model === null ? '' : ` · ${message.model}`}${message.status === 'done' ? '' : ` · ${message.status}`}*`, ...message.blocks.map(blockText), ...attachedText(message),
  ].join('\n\n'));
  return `${[`# ${conversation.title.replace(/\s+/g, ' ') || agent}`, ...parts].join('\n\n')}\n`;
}

const summaryLine = (messages: number): string => `For the model, ${messages} earlier ${messages === 1 ? 'message was' : 'messages were'} summed up:`;

/** Files are named, not carried along. */
const namesOf = (message: ChatMessage): string[] => (message.attachments ? [`Attached: ${message.attachments.map(({ name, bytes }) => `${name.replace(/[*_`\n]/g, ' ')} (${bytes} bytes)`).join(', ')}`] : []);
const attachedText = (message: ChatMessage): string[] => namesOf(message).map((line) => `*${line}*`);

function blockText(block: ChatMessage['blocks'][number]): string {
  if (block.type === 'text') return block.text;
  if (block.type === 'notice') return `> ${block.message.replace(/\n/g, '\n> ')}`;
  if (block.type === 'summary') return `> ${summaryLine(block.messages)}\n>\n> ${block.text.replace(/\n/g, '\n> ')}`;
  const { call } = block;
  const result = call.result ?? call.error;
  return [`**${call.name.replace(/[*\n]/g, ' ')}** (${call.state.replaceAll('_', ' ')})`, fenced(JSON.stringify(call.arguments ?? {}, null, 2), 'json'), ...(result === null ? [] : [fenced(result, '')])].join('\n\n');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const STYLE = 'body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}p,pre{white-space:pre-wrap;overflow-wrap:anywhere}pre{font-size:.85em;padding:.6em;border:1px solid #8886;border-radius:6px}article{margin:1.5rem 0}h2{font-size:1rem;margin:0}small,.note{opacity:.75}';

/** A page that stands alone: every text escaped and shown as it was written, nothing fetched, nothing run. */
async function asPage(what: Exported): Promise<string> {
  const { conversation, agent, messages } = what;
  const title = escaped(conversation.title.replace(/\s+/g, ' ').trim() || agent);
  const articles = await inSlices(messages, (message) => `<article>
<h2>${escaped(message.role === 'user' ? 'You' : authorOf(what, message))}</h2>
<small>${iso(message.at)}${message.model === null ? '' : ` · ${escaped(message.model)}`}${message.status === 'done' ? '' : ` · ${message.status}`}</small>
${[...message.blocks.map(blockPage), ...namesOf(message).map((line) => `<p class="note">${escaped(line)}</p>`)].join('\n')}
</article>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>
${articles.join('\n')}
</body></html>
`;
}

function blockPage(block: ChatMessage['blocks'][number]): string {
  if (block.type === 'text') return `<p>${escaped(block.text)}</p>`;
  if (block.type === 'notice') return `<p class="note">${escaped(block.message)}</p>`;
  if (block.type === 'summary') return `<p class="note">${summaryLine(block.messages)}</p><p class="note">${escaped(block.text)}</p>`;
  const { call } = block;
  const result = call.result ?? call.error;
  return `<p class="note">${escaped(call.name)} (${call.state.replaceAll('_', ' ')})</p><pre>${escaped(JSON.stringify(call.arguments ?? {}, null, 2))}</pre>${result === null ? '' : `<pre>${escaped(result)}</pre>`}`;
}

/** A fence that is longer than any in the text, so that the text cannot end it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A name that every file system takes. */
function fileName(title: string): string {
  const plain = title.replace(/[^\p{L}\p{N} _-]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, 60).trim();
  return plain === '' ? 'Conversation' : plain;
}
