/** The audit list: who did what to what, when, with what outcome. */
export { actingAs, actorNow } from './acting.ts';
export type { Activity, ActivityNote, BegunEffect } from './activity.ts';
export { openAudit, type Audit, type AuditOptions } from './audit.ts';
