/** Seeing what the core does: log, stalls of its main thread, and failpoints for tests. */
export { createLog, type CoreLog, type Log, type LogLevel } from './log.ts';
export { redacted, secretValues, type SecretValues } from './redact.ts';
export { meterLoop, type LoopMeter } from './loop-meter.ts';
export { enableFailpoints, failpoint, parseFailpoint } from '../failpoints/index.ts';
export { secretForms } from './secret-forms.ts';
export { createChanges, type Changes, type ChangeTopic } from './changes.ts';
