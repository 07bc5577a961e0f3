/** The audit list, permissions and calls of the scripted core. */
import type { implement } from '@orpc/server';
import type { Contract } from '../../contract/api/index.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import type { AuditFilter, AuditRow } from '../../contract/model/audit.ts';
import type { PluginPermission } from '../../contract/model/permission.ts';
import { NOW } from './fake-data.ts';
import type { FakeWorld } from './fake-world.ts';

const row = (seq: number, part: Partial<AuditRow>): AuditRow => ({ seq, at: NOW - (1_000 - seq) * 97_000, actor: { kind: 'person', id: 'page' }, action: 'setting_changed', subject: 'theme', pluginId: null, outcome: 'done', details: {}, previous: 'ab'.repeat(32), hash: 'cd'.repeat(32), ...part });

/** A lived-in list of `count` rows, oldest first. */
export function makeAuditRows(count: number): AuditRow[] {
  const toolkit = 'dev.troupe.text-toolkit';
  const kinds: Partial<AuditRow>[] = [
    { action: 'home_opened', subject: 'keychain', actor: { kind: 'policy', id: 'core' } },
    { action: 'plugin_installed', subject: toolkit, pluginId: toolkit, details: { version: '1.0.0', registry: 'embedded', publisher: 'troupe' } },
    { action: 'permission_granted', subject: 'network:api.example.com', pluginId: toolkit },
    { action: 'agent_hired', subject: 'Ada', pluginId: toolkit, actor: { kind: 'person', id: 'cli' } },
    { action: 'host_reached', subject: 'GET api.example.com', pluginId: toolkit, actor: { kind: 'plugin', id: toolkit }, details: { run: 'run-1', count: 10_000, first: NOW - 60_000, last: NOW - 1_000, results: { 200: 9_990, 404: 10 } } },
    { action: 'permission_denied', subject: 'network:evil.example', pluginId: toolkit, actor: { kind: 'plugin', id: toolkit }, outcome: 'refused', details: { run: 'run-1', count: 3 } },
    { action: 'plugin_changed', subject: 'dev.troupe.research-assistant', pluginId: 'dev.troupe.research-assistant', outcome: 'failed', details: { kind: 'install', step: 'download', code: 'plugins/digest-mismatch' } },
    { action: 'secret_changed', subject: 'Acme AI' }, { action: 'setting_changed', subject: 'offline', details: { value: true } },
  ];
  return Array.from({ length: count }, (_, at) => row(at + 1, kinds[at % kinds.length] ?? {}));
}

const fits = (one: AuditRow, filter: AuditFilter): boolean => (filter.action === undefined || one.action === filter.action) && (filter.outcome === undefined || one.outcome === filter.outcome)
  && (filter.actor === undefined || one.actor.kind === filter.actor) && (filter.pluginId === undefined || one.pluginId === filter.pluginId) && (filter.since === undefined || one.at >= filter.since)
  && (filter.words === undefined || JSON.stringify([one.subject, one.action, one.actor, one.details]).toLowerCase().includes(filter.words.toLowerCase()));

export function auditProcedures(os: ReturnType<typeof implement<Contract>>, world: FakeWorld) {
  return {
    list: os.audit.list.handler(({ input }) => {
      const found = world.audit.filter((one) => fits(one, input.filter));
      return { rows: found.filter(({ seq }) => input.before === undefined || seq < input.before).toReversed().slice(0, input.limit), total: found.length, actions: [...new Set(world.audit.map(({ action }) => action))].sort(), actors: [...new Set(world.audit.map(({ actor }) => actor.kind))].sort() };
    }),
    verify: os.audit.verify.handler(() => ({ rows: world.audit.length, head: { seq: world.audit.length, hash: 'cd'.repeat(32) }, cutAt: 0, problem: world.auditProblem })),
    export: os.audit.export.handler(({ input }) => ({ text: world.audit.filter((one) => fits(one, input.filter)).map((one) => `${JSON.stringify(one)}\n`).join(''), rows: world.audit.length, next: null })),
  };
}

/** What installed plugins may do; what was taken back stands in `world.revoked` as `<plugin> <key>`. */
export function permissionProcedures(os: ReturnType<typeof implement<Contract>>, world: FakeWorld) {
  const all = (): PluginPermission[] => [...world.installed.values()].flatMap((plugin) => plugin.permissions.map((permission, at) => {
    const granted = !world.revoked.has(`${plugin.id} ${permission.key}`);
    return { pluginId: plugin.id, name: plugin.name, permission, granted, grantedAt: granted ? plugin.installedAt : null, lastUsedAt: granted && at % 2 === 0 ? NOW - 3_600_000 : null };
  }));
  const set = (granted: boolean) => ({ input }: { input: { id: string; key: string } }): PluginPermission => {
    if (granted) world.revoked.delete(`${input.id} ${input.key}`); else world.revoked.add(`${input.id} ${input.key}`);
    world.changed('plugins');
    const found = all().find((one) => one.pluginId === input.id && one.permission.key === input.key);
    if (!found) throw new AppError('plugins/not-installed', `${input.id} is not installed.`);
    return found;
  };
  return {
    permissions: os.plugins.permissions.handler(({ input }) => ({ permissions: all().filter(({ pluginId }) => input.id === undefined || pluginId === input.id) })),
    revokePermission: os.plugins.revokePermission.handler(set(false)),
    grantPermission: os.plugins.grantPermission.handler(set(true)),
    calls: os.plugins.calls.handler(({ input }) => ({ calls: world.pluginCalls.filter(({ pluginId }) => pluginId === input.id) })),
  };
}
