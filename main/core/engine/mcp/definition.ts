import { createHash } from 'node:crypto';
import { toolReferenceSchema } from '../../../../contract/manifest/agent-document.ts';
import type { McpDefinition } from '../../../../contract/model/mcp.ts';
import { MCP_PREFIX } from '../../../../contract/model/mcp.ts';
import { DEFINITION_CHARACTERS, DESCRIPTION_CHARACTERS } from './limits.ts';

/** What a server says of a tool, before anything of it is believed. */
export interface OfferedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema?: Readonly<Record<string, unknown>> | undefined;
  readonly annotations?: Readonly<Record<string, unknown>> | undefined;
}

/** As the specification allows it; letters of other scripts could look like another tool's. */
const NAME = /^[A-Za-z0-9_.\-/]{1,128}$/;
/** Controls, bidi marks and invisible characters: words that people judge a tool by must be the words that the model reads. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

const visible = (text: string, characters: number): string => text.replace(HIDDEN, ' ').slice(0, characters).trim();

export const toolId = (slug: string, name: string): string => `${MCP_PREFIX}${slug}/${name}`;

/** A tool as it is kept, or why it cannot be used. */
export function readDefinition(slug: string, offered: OfferedTool): { definition: McpDefinition } | { problem: string } {
  if (!NAME.test(offered.name)) return { problem: 'Its name has characters that a tool\'s name may not have, or is longer than 128.' };
  if (!toolReferenceSchema.safeParse(toolId(slug, offered.name)).success) return { problem: 'Its name is too long to be used by agents.' };
  const definition: McpDefinition = {
    name: offered.name, title: visible(offered.title ?? String(offered.annotations?.['title'] ?? ''), 100) || offered.name, description: visible(offered.description ?? '', DESCRIPTION_CHARACTERS),
    input: { ...offered.inputSchema }, output: offered.outputSchema ? { ...offered.outputSchema } : null,
    hints: HINTS.filter((hint) => offered.annotations?.[hint] === true),
  };
  if (JSON.stringify(definition).length > DEFINITION_CHARACTERS) return { problem: `Its description and schemas have more than ${DEFINITION_CHARACTERS / 1024} Ki characters.` };
  return { definition };
}

/** JSON with sorted keys: the same definition always has the same text. */
export function definitionText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(definitionText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${JSON.stringify(key)}:${definitionText(item)}`).join(',')}}`;
}

/** Names one definition of one server. */
export const definitionHash = (serverId: string, text: string): string => createHash('sha256').update(`${serverId}\n${text}`).digest('hex');
