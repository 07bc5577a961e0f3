/** What the core acknowledged is kept in a ledger, and every repeat is held against it. */
import { isDeepStrictEqual } from 'node:util';
import type { TroupeClient } from '../../contract/link/client.ts';
import type { OperationEventBody } from '../../contract/model/plugin.ts';

/** The plugin whose agent is talked to. */
export const PLUGIN = 'dev.troupe.csv-analyst';
export const QUESTION = "Count the words in 'hello big world'";

/** What the core said, by the name of the call; events by the id of their log and their sequence number. */
export interface Ledger { answers: Map<string, unknown>; events: Map<string, unknown> }

export const emptyLedger = (): Ledger => ({ answers: new Map(), events: new Map() });

/** Something that the core acknowledged is gone or changed: the one thing that must never happen. */
export function hold(kept: Map<string, unknown>, name: string, value: unknown): void {
  if (kept.has(name) && !isDeepStrictEqual(kept.get(name), value)) throw new Error(`LOST: "${name}" was acknowledged as ${JSON.stringify(kept.get(name))}, and is ${JSON.stringify(value)} now.`);
  kept.set(name, value);
}

let streams = 0;
const nextStream = (): string => { streams += 1; return `stream-${streams}`; };

/** Follows an operation to its end and consents on the way, or refuses. Answers its last event. */
export async function followOperation({ call }: TroupeClient, ledger: Ledger, operationId: string, accept = true): Promise<OperationEventBody> {
  for await (const batch of await call.plugins.events({ operationId, stream: nextStream() })) {
    void call.link.grant({ stream: `stream-${streams}`, credits: 1 }).catch(() => undefined);
    for (const { seq, event } of batch) {
      hold(ledger.events, `${operationId} ${seq}`, event);
      if (event.type === 'consent_requested') {
        const granted = event.items.flatMap((item) => item.added.map((key) => ({ pluginId: item.pluginId, key })));
        await call.plugins.consent({ operationId, accept, granted, requestId: `consent-${operationId}` });
      }
      if (event.type === 'operation_finished' || event.type === 'operation_failed' || event.type === 'operation_cancelled') return event;
    }
  }
  throw new Error(`The log of ${operationId} ended without an end.`);
}

/** Hires the agent, starts a conversation and asks; follows the answer to its end. */
export async function chat({ call }: TroupeClient, ledger: Ledger): Promise<{ conversationId: string; runId: string }> {
  const hire = await call.team.hire({ pluginId: PLUGIN, agentId: 'analyst', name: 'Ada', requestId: 'hire-the-analyst' });
  hold(ledger.answers, 'hire', hire.id);
  const conversation = await call.chat.start({ hireId: hire.id, requestId: 'start-the-conversation' });
  hold(ledger.answers, 'start', conversation.id);
  const { runId } = await call.chat.send({ id: conversation.id, text: QUESTION, requestId: 'send-the-question' });
  hold(ledger.answers, 'send', runId);
  await followRun(call, ledger, runId);
  return { conversationId: conversation.id, runId };
}

/** Follows a run to its end. */
export async function followRun(call: TroupeClient['call'], ledger: Ledger, runId: string): Promise<void> {
  const stream = nextStream();
  for await (const batch of await call.runs.events({ runId, stream })) {
    void call.link.grant({ stream, credits: 1 }).catch(() => undefined);
    for (const event of batch) hold(ledger.events, `${runId} ${event.seq}`, event);
  }
}
