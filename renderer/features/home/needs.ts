import type { KeyState } from '../../../contract/model/credentials.ts';
import type { AvailableUpdate, InstalledPlugin, Operation } from '../../../contract/model/plugin.ts';
import type { Run } from '../../../contract/model/run.ts';
import type { Hire } from '../../../contract/model/team.ts';

/** Something that waits for the person: what it is, about whom, and where to go. */
export interface Need { key: string; kind: 'approval' | 'setup' | 'install' | 'recovery' | 'updates'; name: string; detail: string; to: string }

const DAY = 86_400_000;

interface Known { hires: readonly Hire[]; runs: readonly Run[]; operations: readonly Operation[]; installed: readonly InstalledPlugin[]; updates: readonly AvailableUpdate[]; keys: KeyState | undefined; now: number }

/** What needs the person, the most urgent first: runs that wait, agents that cannot work, installs of the last day that failed, the recovery code, updates. */
export function needsOf({ hires, runs, operations, installed, updates, keys, now }: Known): Need[] {
  const nameOf = (hireId: string | null): string => hires.find(({ id }) => id === hireId)?.name ?? '';
  const needs: Need[] = [];
  for (const run of runs) if (run.status === 'waiting' && run.conversationId !== null) needs.push({ key: `run ${run.id}`, kind: 'approval', name: nameOf(run.hireId), detail: '', to: `/chat/${run.conversationId}` });
  for (const hire of hires) if (hire.status === 'setup') needs.push({ key: `hire ${hire.id}`, kind: 'setup', name: hire.name, detail: hire.needs.join(' '), to: `/team/${hire.id}/setup` });
  const here = new Set<string>(installed.map(({ id }) => id));
  const looked = new Set<string>();
  for (const operation of [...operations].sort((a, b) => b.createdAt - a.createdAt)) {
    // Only the last attempt counts, and none that worked in the end.
    if (looked.has(operation.pluginId)) continue;
    looked.add(operation.pluginId);
    if (operation.kind === 'install' && operation.state === 'failed' && !here.has(operation.pluginId) && now - operation.createdAt < DAY) needs.push({ key: `operation ${operation.id}`, kind: 'install', name: operation.pluginId, detail: '', to: `/marketplace/${operation.pluginId}` });
  }
  if (keys?.recoveryCodePending) needs.push({ key: 'recovery', kind: 'recovery', name: '', detail: '', to: '/settings/keys' });
  const free = updates.filter(({ pinned }) => pinned === null);
  if (free.length > 0) needs.push({ key: 'updates', kind: 'updates', name: String(free.length), detail: free.map(({ name }) => name).join(', '), to: '/plugins?show=updates' });
  return needs;
}
