import { definePlugin } from '../../../sdk/index.ts';
import { findActions, findDecisions } from './items.ts';
import { saveMinutes, splitTranscript, writeMinutes } from './minutes.ts';

export default definePlugin({
  tools: { split_transcript: splitTranscript, find_actions: findActions, find_decisions: findDecisions, write_minutes: writeMinutes, save_minutes: saveMinutes },
  healthCheck: () => ({ ok: findActions({ transcript: 'Ada: I will write to Bob by Friday.' }).actions[0]?.owner === 'Ada' }),
});
