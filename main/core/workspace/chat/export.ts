import type { ChatMessage, Conversation, ExportedConversation } from '../../../../contract/model/chat.ts';

interface Exported { readonly conversation: Conversation; readonly agent: string; readonly messages: readonly ChatMessage[]; readonly at: number }

const iso = (at: number): string => new Date(at).toISOString();

/** A whole conversation as a file: Markdown for people, JSON for programs. Text of models and tools is carried over as it is. */
export function exportConversation(what: Exported, format: 'markdown' | 'json'): ExportedConversation {
  const name = fileName(what.conversation.title);
  return format === 'json'
    ? { name: `${name}.json`, mediaType: 'application/json', text: `${JSON.stringify(asData(what), null, 2)}\n` }
    : { name: `${name}.md`, mediaType: 'text/markdown', text: asMarkdown(what) };
}

/** `format` and `version` say what the file is to whoever reads it; times are ISO 8601 in UTC. */
function asData({ conversation, agent, messages, at }: Exported) {
  return {
    format: 'troupe-conversation', version: 1, exported_at: iso(at), title: conversation.title, agent, created_at: iso(conversation.createdAt),
    messages: messages.map((message) => ({ role: message.role, at: iso(message.at), status: message.status, model: message.model, usage: message.usage, blocks: message.blocks })),
  };
}

function asMarkdown({ conversation, agent, messages }: Exported): string {
  const parts = messages.map((message) => [
    `## ${message.role === 'user' ? 'You' : agent}`, `*${iso(message.at)}${message.model === null ? '' : ` · ${message.model}`}${message.status === 'done' ? '' : ` · ${message.status}`}*`, ...message.blocks.map(blockText),
  ].join('\n\n'));
  return `${[`# ${conversation.title.replace(/\s+/g, ' ') || agent}`, ...parts].join('\n\n')}\n`;
}

function blockText(block: ChatMessage['blocks'][number]): string {
  if (block.type === 'text') return block.text;
  if (block.type === 'notice') return `> ${block.message.replace(/\n/g, '\n> ')}`;
  const { call } = block;
  const result = call.result ?? call.error;
  return [`**${call.name.replace(/[*\n]/g, ' ')}** (${call.state.replaceAll('_', ' ')})`, fenced(JSON.stringify(call.arguments ?? {}, null, 2), 'json'), ...(result === null ? [] : [fenced(result, '')])].join('\n\n');
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
