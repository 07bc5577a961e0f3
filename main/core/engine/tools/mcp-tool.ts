import { toWire } from '../../../../contract/errors/app-error.ts';
import { MCP_PREFIX } from '../../../../contract/model/mcp.ts';
import type { Mcp, McpAnswer, McpQuestion, UsableTool } from '../mcp/index.ts';
import type { ApprovalAnswer, RunError } from '../runs/index.ts';
import { sha256, type Tool, type ToolCallContext } from './tool.ts';
import type { Validator } from './validate.ts';

/** What this room needs of the MCP servers; rooms.ts passes it in. */
export type McpSource = Pick<Mcp, 'usable' | 'call'>;

export const isMcpTool = (id: string): boolean => id.startsWith(MCP_PREFIX);

/** A tool of an MCP server. An approval holds for this server and these very words and schemas. */
export function mcpTool(mcp: McpSource, validator: Validator, tool: UsableTool): Tool {
  const { definition, effect } = tool;
  return {
    id: tool.id, title: `${tool.serverName}: ${definition.title}`, description: definition.description, input: definition.input, output: definition.output ?? undefined, effect,
    hash: sha256(`${tool.hash} ${effect}`), version: tool.hash.slice(0, 12),
    async run(input, call) {
      const { context } = call.session;
      const questions: Promise<unknown>[] = [];
      const output = await mcp.call(tool, input, {
        signal: call.signal, run: context.run.id,
        progress: (fraction, message) => { context.emit('tool_usage_progressed', { callId: call.callId, fraction, message }, call.parent); },
        ask(server, question, withdrawn) {
          const answer = askPerson(call, validator, tool, server, question, questions.length + 1, withdrawn);
          questions.push(answer);
          return answer;
        },
        // Every question is closed in the log before the call is.
      }).finally(() => Promise.allSettled(questions));
      return { output, logs: [], metrics: {} };
    },
  };
}

/**
 * A server's question as a question of the run: it names the server, and what it wants stands in the box for words of others.
 * The person fills in the answer in place of what stands there; an answer is never kept for the next time. When the server is gone
 * before, the question is closed and says so.
 */
async function askPerson(call: ToolCallContext, validator: Validator, tool: UsableTool, server: string, question: McpQuestion, number: number, withdrawn: AbortSignal): Promise<McpAnswer> {
  const { context } = call.session;
  const facts = {
    callId: `${call.callId}/question-${number}`, toolId: `${tool.id.slice(0, tool.id.indexOf('/'))}/question`, name: `${server} asks`, effect: 'write' as const,
    arguments: { question: question.message.slice(0, 4_000), answer: emptyAnswer(question.schema) }, hash: sha256(JSON.stringify(question)),
  };
  const wanted = { type: 'object', properties: { question: { type: 'string' }, answer: question.schema }, required: ['answer'] };
  const check = (edited: Readonly<Record<string, unknown>>): Promise<string | undefined> => validator.problem(wanted, edited);
  const finish = (answer: unknown, content: string, error: RunError | null, denied = false): void => {
    context.emit('tool_usage_finished', { ...facts, arguments: { ...facts.arguments, answer }, content, output: null, isText: true, error, denied, logs: [], metrics: {}, durationMs: 0 }, call.parent);
  };
  let answered: ApprovalAnswer;
  try {
    answered = await context.ask(facts, 'policy', call.parent, check, withdrawn);
  } catch (error) {
    if (call.signal.aborted || !withdrawn.aborted) throw error;
    const { code, message } = toWire(error);
    finish(facts.arguments.answer, message, { code, message });
    return { action: 'cancel' };
  }
  const given = (answered.arguments ?? facts.arguments) as { answer?: unknown };
  const problem = answered.decision === 'allow' ? await check({ ...given }) : undefined;
  const accepted = answered.decision === 'allow' && problem === undefined;
  const content = accepted ? 'The answer was sent to the server.' : problem === undefined ? 'You did not answer.' : `The answer does not fit what was asked for, so none was sent. ${problem}`;
  finish(given.answer, content, problem === undefined ? null : { code: 'tools/bad-arguments', message: content }, answered.decision !== 'allow');
  return accepted ? { action: 'accept', content: given.answer as Record<string, unknown> } : { action: answered.decision === 'allow' ? 'cancel' : 'decline' };
}

/** What the person finds to fill in: the defaults, and something empty of the right kind for the rest. */
function emptyAnswer(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const properties = typeof schema['properties'] === 'object' && schema['properties'] !== null ? schema['properties'] as Record<string, { type?: unknown; default?: unknown; enum?: unknown }> : {};
  return Object.fromEntries(Object.entries(properties).slice(0, 50).map(([name, field]) => {
    const first: unknown = Array.isArray(field.enum) ? field.enum[0] : undefined;
    return [name, field.default ?? first ?? (field.type === 'boolean' ? false : field.type === 'number' || field.type === 'integer' ? 0 : field.type === 'array' ? [] : '')];
  }));
}
