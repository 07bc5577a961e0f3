/**
 * What each transaction leaves in the audit list. The writer calls this right after the transaction, within the same
 * savepoint: effect and row are stored together or not at all. Only names, ids and counts are taken from an input.
 */
import type { Writer } from '../handles.ts';
import type { AuditEntry } from './audit.ts';
import type { MainTransactions } from './index.ts';

type Told<K extends keyof MainTransactions> = (db: Writer, input: Parameters<MainTransactions[K]>[1], answer: ReturnType<MainTransactions[K]>) => readonly AuditEntry[];
/** By the name of the transaction; one without an entry is told by nobody. */
export type AuditedTable = Readonly<Record<string, ((db: Writer, input: never, answer: never) => readonly AuditEntry[]) | undefined>>;

/** The list of registries lies among the settings, and its text may hold addresses. */
const REGISTRIES = 'registries';
const registriesIn = (text: string): unknown[] => { const list: unknown = JSON.parse(text); return Array.isArray(list) ? list.map((one: { name?: unknown; fingerprint?: unknown }) => ({ name: one.name, fingerprint: one.fingerprint })) : []; };
const keptText = (value: string): unknown => { const parsed: unknown = JSON.parse(value); return typeof parsed === 'boolean' || typeof parsed === 'number' || parsed === null ? parsed : undefined; };

const hireOf = (db: Writer, id: string): { name: string; pluginId: string; agentId: string } => db.get<{ name: string; pluginId: string; agentId: string }>(
  `SELECT coalesce(json_extract(config, '$.dismissedName'), name) AS name, plugin_id AS pluginId, agent_id AS agentId FROM hires WHERE id = @id`, { id }) ?? { name: id, pluginId: '', agentId: '' };
const connectionOf = (db: Writer, id: string): string => db.get<{ name: string }>('SELECT name FROM tool_connections WHERE id = @id', { id })?.name ?? id;
const toldHire = (db: Writer, id: string, action: AuditEntry['action'], details: Record<string, unknown> = {}): AuditEntry => {
  const { name, pluginId, agentId } = hireOf(db, id);
  return { action, subject: name, pluginId, details: { hire: id, agent: agentId, ...details } };
};

const mcpName = (db: Writer, id: string): string => db.get<{ name: string }>('SELECT name FROM mcp_servers WHERE id = @id', { id })?.name ?? id;
const reachedBy = (transport: string): Record<string, unknown> => {
  const { kind, command, url } = JSON.parse(transport) as { kind: string; command?: string; url?: string };
  return kind === 'stdio' ? { kind, command } : { kind, host: URL.parse(url ?? '')?.host };
};

export const AUDITED = {
  activatePlugins: (_db, { plugins }) => plugins.flatMap((one): AuditEntry[] => [
    { action: one.replaces === null ? 'plugin_installed' : 'plugin_updated', subject: one.id, pluginId: one.id, details: { version: one.version, replaces: one.replaces, registry: one.registry, publisher: one.publisherId, sha512: one.sha512, reason: one.reason } },
    ...one.granted.map((permission): AuditEntry => ({ action: 'permission_granted', subject: permission, pluginId: one.id, details: { publisher: one.publisherId } })),
    ...one.asked.filter((permission) => one.replaces === null && !one.granted.includes(permission)).map((permission): AuditEntry => ({ action: 'permission_granted', subject: permission, pluginId: one.id, outcome: 'refused', details: { publisher: one.publisherId } })),
  ]),
  rollBackPlugins: (db, { expected }) => expected.map(({ id }) => ({ action: 'plugin_rolled_back', subject: id, pluginId: id, details: { version: db.get<{ version: string }>('SELECT version FROM installations WHERE plugin_id = @id', { id })?.version } })),
  removePlugins: (_db, { keepData }, ids) => ids.map((id) => ({ action: 'plugin_uninstalled', subject: id, pluginId: id, details: { dataKept: keepData } })),
  endOperation: (db, { operationId, ending }, ended) => {
    if (!ended || ending.type !== 'operation_failed') return [];
    const operation = db.get<{ kind: string; pluginId: string }>('SELECT kind, plugin_id AS pluginId FROM operations WHERE id = @operationId', { operationId });
    return operation ? [{ action: 'plugin_changed', subject: operation.pluginId, pluginId: operation.pluginId, outcome: ending.error.code === 'plugins/consent-refused' ? 'refused' : 'failed', details: { kind: operation.kind, step: ending.step, code: ending.error.code } }] : [];
  },
  setPluginEnabled: (_db, { enabled }, { changed }) => changed.map((id) => ({ action: enabled ? 'plugin_enabled' : 'plugin_disabled', subject: id, pluginId: id })),
  setPluginUpdatePolicy: (_db, { id, autoUpdate, channel }) => [{ action: 'plugin_configured', subject: id, pluginId: id, details: { autoUpdate, channel } }],
  // Which keys, never what they are set to.
  changeConfigurations: (_db, { changes }) => changes.map(({ id, set, reset }) => ({ action: 'plugin_configured', subject: id, pluginId: id, details: { set: Object.keys(set), reset } })),
  setPluginPin: (_db, { id, version }) => [{ action: version === null ? 'plugin_unpinned' : 'plugin_pinned', subject: id, pluginId: id, details: { version } }],
  disableVersions: (_db, _input, ids) => ids.map((id) => ({ action: 'plugin_disabled', subject: id, pluginId: id, details: { reason: 'withdrawn' } })),
  grantPermission: (_db, { pluginId, publisherId, permission }, changed) => (changed ? [{ action: 'permission_granted', subject: permission, pluginId, details: { publisher: publisherId } }] : []),
  revokePermission: (_db, { pluginId, publisherId, permission }, changed) => (changed ? [{ action: 'permission_revoked', subject: permission, pluginId, details: { publisher: publisherId } }] : []),
  grantFolder: (_db, { pluginId, key, access }) => [{ action: 'folder_granted', subject: key, pluginId, details: { access } }],
  revokeFolder: (_db, { pluginId, key }) => [{ action: 'folder_revoked', subject: key, pluginId }],

  answerRunApproval: (db, { runId, callId, questionId, decision, scope }) => {
    const asked = db.get<{ toolId: string }>("SELECT json_extract(data, '$.toolId') AS toolId FROM run_events WHERE run_id = @runId AND id = @questionId", { runId, questionId });
    const toolId = asked?.toolId ?? callId;
    return [{ action: 'approval_answered', subject: toolId, pluginId: toolId.includes('/') ? toolId.slice(0, toolId.indexOf('/')) : null, outcome: decision === 'allow' ? 'done' : 'refused', details: { run: runId, scope } }];
  },
  revokeApproval: (_db, { hireId, toolId, scope }, changed) => (changed ? [{ action: 'approval_revoked', subject: toolId, pluginId: toolId.includes('/') ? toolId.slice(0, toolId.indexOf('/')) : null, details: { hire: hireId, scope } }] : []),

  insertHire: (db, { id, model }) => [toldHire(db, id, 'agent_hired', { model })],
  duplicateHire: (db, { id, of }) => [toldHire(db, id, 'agent_hired', { of })],
  updateHire: (db, { id, name, model, fallbackModel, paused }) => [
    ...(paused === undefined ? [] : [toldHire(db, id, paused ? 'agent_paused' : 'agent_resumed')]),
    ...(name === undefined && model === undefined && fallbackModel === undefined ? [] : [toldHire(db, id, 'agent_changed', { changed: Object.entries({ name, model, fallbackModel }).filter(([, value]) => value !== undefined).map(([key]) => key) })]),
  ],
  configureHire: (db, { id, set, reset }) => [toldHire(db, id, 'agent_changed', { changed: [...Object.keys(set), ...reset] })],
  dismissHire: (db, { id }) => [toldHire(db, id, 'agent_dismissed')],
  restoreHire: (db, { id }) => [toldHire(db, id, 'agent_restored')],

  // How much and whose, never what it said.
  forgetMemories: (db, { scope, scopeId }, { forgotten }) => (forgotten === 0 ? [] : [scope === 'agent' ? toldHire(db, scopeId, 'memory_forgotten', { scope, count: forgotten }) : { action: 'memory_forgotten', subject: scope, details: { scope, of: scopeId, count: forgotten } }]),
  insertConnection: (_db, { kind, name }) => [{ action: 'connection_added', subject: name, details: { kind } }],
  configureConnection: (db, { id, changed }) => [{ action: 'connection_changed', subject: connectionOf(db, id), details: { changed } }],
  dropConnection: (_db, _input, { name, kind }) => [{ action: 'connection_removed', subject: name, details: { kind } }],
  giveConnection: (_db, _input, { name, given, taken }) => [
    ...given.map((agent): AuditEntry => ({ action: 'connection_given', subject: name, details: { agent } })), ...taken.map((agent): AuditEntry => ({ action: 'connection_taken', subject: name, details: { agent } })),
  ],

  // What a label says is a person's own word for it; the sealed value never comes here.
  putSecret: (_db, { id, label }) => [{ action: 'secret_changed', subject: label, details: { id } }],
  dropSecret: (_db, { id }) => [{ action: 'secret_removed', subject: id }],

  putSettings: (_db, { values }) => Object.entries(values).map(([name, value]): AuditEntry => (name === REGISTRIES ? { action: 'registries_changed', subject: name, details: { registries: registriesIn(value) } } : { action: 'setting_changed', subject: name, details: { value: keptText(value) } })),
  dropSettings: (_db, { keys }) => keys.map((name) => ({ action: 'setting_reset', subject: name })),

  putProvider: (db, { id, name, preset }) => [{ action: db.get<{ fresh: number }>('SELECT created_at = updated_at AS fresh FROM providers WHERE id = @id', { id })?.fresh === 0 ? 'provider_changed' : 'provider_added', subject: name, details: { id, preset } }],
  dropProvider: (_db, { id }) => [{ action: 'provider_removed', subject: id }],
  // The command's first word and the host say what was added; arguments and values may hold more than may be told.
  insertMcpServer: (_db, { id, name, transport }) => [{ action: 'mcp_server_added', subject: name, details: { id, ...reachedBy(transport) } }],
  changeMcpServer: (db, { id, name, transport, folders }) => [{ action: 'mcp_server_changed', subject: mcpName(db, id), details: { id, changed: Object.entries({ name, transport, folders }).filter(([, value]) => value !== null).map(([key]) => key), ...(transport !== null && reachedBy(transport)) } }],
  // Which folder it is is the person's own matter, as with those of plugins.
  giveMcpFolder: (db, { id }, given) => (given ? [{ action: 'folder_granted', subject: mcpName(db, id), details: { id } }] : []),
  takeMcpFolder: (db, { id }, taken) => (taken ? [{ action: 'folder_revoked', subject: mcpName(db, id), details: { id } }] : []),
  setMcpEnabled: (db, { id, enabled }) => [{ action: enabled ? 'mcp_server_enabled' : 'mcp_server_disabled', subject: mcpName(db, id), details: { id } }],
  removeMcpServer: (db, { id, at }) => [{ action: at === null ? 'mcp_server_restored' : 'mcp_server_removed', subject: mcpName(db, id), details: { id } }],
  seeMcpTools: (db, { id }, { changed }) => changed.map((tool) => ({ action: 'mcp_tool_changed', subject: `${mcpName(db, id)}: ${tool}`, details: { id } })),
  pinMcpTool: (db, { id, name, hash }, pinned) => (pinned ? [{ action: 'mcp_tool_accepted', subject: `${mcpName(db, id)}: ${name}`, details: { id, hash } }] : []),
  setMcpEffect: (db, { id, name, effect }, found) => (found ? [{ action: 'mcp_effect_chosen', subject: `${mcpName(db, id)}: ${name}`, details: { id, effect } }] : []),
  putDefaultModel: (_db, { ref }) => [{ action: 'model_chosen', subject: ref ?? 'practice' }],
} satisfies { [K in keyof MainTransactions]?: Told<K> };
