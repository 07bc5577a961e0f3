import { AppError, fromWire, hasCode, toWire } from '../../../contract/errors/app-error.ts';
import type { RunEvent } from '../../../contract/model/run.ts';
import type { Command, CommandContext } from '../command.ts';
import { aboutConversations, runConversations } from './conversations.ts';
import { splitTarget } from '../words.ts';

export const chat: Command = {
  usage: 'troupe chat <name> "text" [--new] [--yes] | list | export <id> [--out FILE] | import <file> [--agent NAME]',
  about: 'say something to a hired agent; the answer streams. --new begins a new conversation. Or list conversations, write one as .json, .md or .html, take those of a file over',
  fits: (words) => words.command.length > 2 || aboutConversations(words),
  async run(context) {
    const { client, words, out } = context;
    if (aboutConversations(words)) return runConversations(context);
    const [, name = '', ...rest] = words.command;
    const hired = await client.call.team.byName({ name });
    const latest = words.fresh ? undefined : (await client.call.chat.conversations({ hireId: hired.id, limit: 1 })).conversations[0];
    const conversation = latest ?? await client.call.chat.start({ hireId: hired.id });
    const { runId } = await client.call.chat.send({ id: conversation.id, text: rest.join(' ') });
    const answer = await followRun(context, runId);
    const { tokenUsage } = await client.call.runs.get({ id: runId });
    out.result({ conversationId: conversation.id, runId, text: answer.text, toolCalls: answer.toolCalls, tokenUsage }, () => '\n');
    return undefined;
  },
};

export const run: Command = {
  usage: 'troupe run <id>/<agent or tool> --input name=value …',
  about: 'run an agent or a tool once',
  fits: ({ command }) => command.length === 2,
  async run(context) {
    const { client, words, out } = context;
    const { pluginId, target } = splitTarget(words.command[1], run.usage);
    const { runId } = await client.call.runs.start({ pluginId, target, input: words.input, ...(words.model === undefined ? {} : { model: words.model }) });
    await followRun(context, runId, false);
    const finished = await client.call.runs.get({ id: runId });
    out.result(finished, () => `${typeof finished.result === 'string' ? finished.result : JSON.stringify(finished.result, null, 2)}\n`);
  },
};

interface Answer { text: string; toolCalls: { toolId: string; arguments: unknown; result: string }[] }

/** Follows a run to its end: text to stdout, everything else to stderr. Ctrl-C cancels the run. Throws what it failed with. */
async function followRun(context: CommandContext, runId: string, streams = true): Promise<Answer> {
  const { client, signal } = context;
  const answer: Answer = { text: '', toolCalls: [] };
  let failure: AppError | undefined;
  const cancel = (): void => { client.call.runs.cancel({ id: runId }).catch(() => { context.out.say('The run had already ended.'); }); };
  signal.addEventListener('abort', cancel, { once: true });
  await client.follow(
    (stream, streamSignal, after) => client.call.runs.events({ runId, stream, after }, { signal: streamSignal }),
    async (batch) => { for (const event of batch) failure = await show(context, event, answer, streams) ?? failure; },
    { signal: new AbortController().signal, lastSeq: (batch) => batch.at(-1)?.seq },
  );
  signal.removeEventListener('abort', cancel);
  if (failure) throw failure;
  return answer;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function show(context: CommandContext, event: RunEvent, answer: Answer, streams: boolean): Promise<AppError | undefined> {
  const { out } = context;
  const { data } = event;
  switch (event.type) {
    case 'llm_stream_chunk': if (streams) out.stream(text(data['text'])); return undefined;
    case 'llm_call_delayed': out.say(`Waiting for the rate limit of ${text(data['name'])}, ${Math.ceil(Number(data['delayMs']) / 1000)} s.`); return undefined;
    case 'llm_call_retried': out.say(`The model did not answer (${text(data['code'])}); trying again in ${Math.round(Number(data['delayMs']) / 1000)} s.`); return undefined;
    case 'notice_added': out.say(text(data['message'])); return undefined;
    case 'tool_usage_started': out.say(`→ ${text(data['toolId'])} ${JSON.stringify(data['arguments'])}`); return undefined;
    case 'tool_usage_finished': {
      const result = text(data['content']);
      out.say(`← ${result.length > 200 ? `${result.slice(0, 200)}…` : result}`);
      answer.toolCalls.push({ toolId: text(data['toolId']), arguments: data['arguments'], result });
      return undefined;
    }
    case 'tool_approval_requested': await answerApproval(context, event); return undefined;
    case 'assistant_message_finished': answer.text = text(data['text']); return undefined;
    case 'run_failed': case 'run_interrupted': return fromWire({ retryable: false, details: {}, ...(data['error'] as object) });
    case 'run_cancelled': return new AppError('run/cancelled', 'The run was cancelled. What it had said is kept.');
    default: return undefined;
  }
}

async function answerApproval({ client, out, ask, words }: CommandContext, event: RunEvent): Promise<void> {
  const toolId = text(event.data['toolId']);
  out.say(`${toolId}${event.data['unsigned'] === true ? ' (unsigned: it came from this computer, and nobody vouches for it)' : ''} wants to run with ${JSON.stringify(event.data['arguments'])}`);
  const allowed = words.yes ? true : await ask('Allow it this once?');
  if (allowed === null) out.say('Nobody is at this terminal to allow it, so it was denied. Repeat with --yes to allow what agents ask for.');
  try {
    await client.call.runs.approve({ id: event.run, callId: text(event.data['callId']), questionId: event.id, decision: allowed ? 'allow' : 'deny', scope: 'once' });
  } catch (error) {
    // The question may be gone while the person thinks; the run goes on, and says itself what became of it.
    if (!hasCode(error, 'run/not-found', 'run/question-replaced')) throw error;
    out.say(toWire(error).message);
  }
}
