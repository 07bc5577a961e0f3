/** Everything a scripted core knows; tests set it before or while a page looks at it. */
import * as z from 'zod/mini';
import type { VectorsStatus } from '../../contract/model/vectors.ts';
import type { ModelEngine, ModelFile } from '../../contract/model/model-file.ts';
import type { WireError } from '../../contract/errors/app-error.ts';
import type { AuditProblem, AuditRow } from '../../contract/model/audit.ts';
import type { CatalogCard, CatalogDetail, RegistryStatus } from '../../contract/model/catalog.ts';
import type { ChatImport } from '../../contract/model/chat-import.ts';
import type { ChatMessage, Conversation } from '../../contract/model/chat.ts';
import type { PluginCheck } from '../../contract/model/configuration.ts';
import type { KeyState } from '../../contract/model/credentials.ts';
import type { DoctorCheck } from '../../contract/model/health.ts';
import type { Memory } from '../../contract/model/memory.ts';
import type { FoundServer, ModelInfo, Probe, Provider } from '../../contract/model/model-ref.ts';
import type { AvailableUpdate, ConsentItem, FolderGrant, InstalledPlugin, Operation, OperationEvent, PluginCall } from '../../contract/model/plugin.ts';
import type { KeptApproval, Run, RunEvent } from '../../contract/model/run.ts';
import { settingsSchema, type Settings } from '../../contract/model/settings.ts';
import type { Hire, Hireable } from '../../contract/model/team.ts';
import type { FakeOwnAgent } from './fake-builder.ts';
import { goodCheck, type FakeConfiguration } from './fake-configuration.ts';
import type { FakeMcpServer } from './fake-mcp.ts';
import type { FakeDocument } from './fake-knowledge.ts';
import { createLog, type FakeLog } from './fake-log.ts';
import { makeCard, makeInstalled, makeModel, makeProvider, NOW, permission, practiceModel } from './fake-data.ts';
import { noTools, type FakeTools } from './fake-tools.ts';

export type Topic = 'settings' | 'credentials' | 'catalog' | 'plugins' | 'team' | 'chat' | 'runs' | 'models' | 'mcp' | 'audit' | 'builder' | 'memory' | 'knowledge' | 'tools';

export interface FakeOperation { operation: Operation; log: FakeLog<OperationEvent>; answerConsent(answer: { accept: boolean; granted: { pluginId: string; key: string }[] }): void; cancel(): void }

export interface FakeWorld {
  settings: Settings;
  keyState: KeyState;
  recoveryCode: string | null;
  registries: RegistryStatus[];
  cards: CatalogCard[];
  /** What a plugin's page says otherwise than its card leads to, by id. */
  details: Record<string, Partial<CatalogDetail>>;
  installed: Map<string, InstalledPlugin>;
  updates: AvailableUpdate[];
  folders: Map<string, FolderGrant[]>;
  /** By id of a plugin or of a hired agent. */
  configurations: Map<string, FakeConfiguration>;
  /** What a plugin's own checks say. */
  check: PluginCheck;
  operations: Map<string, FakeOperation>;
  /** What an install asks for; null asks nothing. */
  consent: ((card: CatalogCard) => ConsentItem[]) | null;
  /** Milliseconds between two lines of an install's log. */
  stepMs: number;
  /** Lets the next install fail in its download with this error. */
  failInstall: WireError | null;
  /** Where `pickFolder` sends a browser. */
  confirmAt: string | null;
  /** Whether what needs a plugin wants another version than the one that would come. */
  misfits: boolean;
  /** Why searches go by words alone, and how far vectors are. */
  searchNote: string | null;
  vectors: VectorsStatus;
  /** Oldest first. */
  audit: AuditRow[];
  auditProblem: AuditProblem | null;
  /** Permissions that were taken back: `<plugin> <key>`. */
  revoked: Set<string>;
  pluginCalls: PluginCall[];
  approvals: KeptApproval[];
  mcp: FakeMcpServer[];
  ownAgents: Map<string, FakeOwnAgent>;
  documents: FakeDocument[];
  memories: Memory[];
  /** By batch: what can be taken back. */
  forgotten: Map<string, Memory[]>;
  hires: Hire[];
  tools: FakeTools;
  hireable: Hireable[];
  conversations: Conversation[];
  messages: Map<string, ChatMessage[]>;
  /** Answers that stand beside one, by its id. */
  answersBeside: Map<string, ChatMessage[]>;
  imports: ChatImport[];
  runs: Map<string, { run: Run; log: FakeLog<RunEvent> }>;
  providers: Provider[];
  models: ModelInfo[];
  /** Servers that answer on this machine. */
  found: FoundServer[];
  modelFiles: ModelFile[];
  modelEngine: ModelEngine;
  probe: Probe;
  checks: DoctorCheck[];
  running: number;
  shell: string;
  /** Milliseconds before an answer, by `domain.procedure` or `*`. Infinity never answers. */
  delays: Map<string, number>;
  /** Errors instead of answers, by `domain.procedure`. */
  failures: Map<string, WireError>;
  /** Answers instead of the scripted ones, by `domain.procedure`. */
  answers: Map<string, (input: never) => unknown>;
  /** Every call that came, in order. */
  calls: { procedure: string; input: Record<string, unknown> }[];
  /** Tells every page that these domains changed. */
  changed(...topics: Topic[]): void;
  changes: FakeLog<{ seq: number; topics: Topic[]; running: number }>;
}

/** A world with a catalog of `entries` plugins and, unless `empty`, two installed ones, a provider and a hired agent. */
export function createWorld({ entries = 60, empty = false }: { entries?: number; empty?: boolean } = {}): FakeWorld {
  const cards = Array.from({ length: entries }, (_, at) => makeCard(at));
  const changes = createLog<{ seq: number; topics: Topic[]; running: number }>();
  let seq = 0;
  const world: FakeWorld = {
    settings: { ...z.parse(settingsSchema, {}), onboardingDone: true }, keyState: { state: 'open', protectedBy: 'keychain', recoveryCodePending: false, encrypted: true }, recoveryCode: 'K7QF-2M9X-ARTW-6HVD-P3LE-8YCN',
    registries: [{ id: 'embedded', name: 'Included with Troupe', kind: 'embedded', entries, sequence: 1, syncedAt: NOW - 120_000, expiresAt: null, syncing: false, error: null, address: null, fingerprint: null, priority: 0, prefix: null, badRecords: [] }],
    updates: [], cards, details: {}, installed: new Map(), folders: new Map(), configurations: new Map(), check: goodCheck, operations: new Map(),
    consent: (card) => [{ pluginId: card.id, name: card.name, version: card.version, publisher: card.publisher, dependency: false, added: ['network:api.example.com', 'models:20', 'folder:data:read', 'secret_read:api_key'],
      permissions: [permission('network:api.example.com'), permission('models:20'), permission('folder:data:read'), permission('secret_read:api_key', 'high')] }],
    stepMs: 5, failInstall: null, confirmAt: null, misfits: false, searchNote: null, vectors: { model: null, state: 'off', done: 0, total: 0, message: null },
    audit: [], auditProblem: null, revoked: new Set(), pluginCalls: [], approvals: [], mcp: [], ownAgents: new Map(),
    documents: [], memories: [], forgotten: new Map(), tools: noTools(), hires: [], hireable: [], conversations: [], messages: new Map(), answersBeside: new Map(), imports: [], runs: new Map(),
    providers: [], models: [practiceModel], found: [], modelFiles: [], modelEngine: { available: true, threads: 7, memory: 12 * 1024 ** 3, disk: 180 * 1024 ** 3 }, probe: { ok: true, latencyMs: 182, models: [makeModel('acme', 'acme-large'), makeModel('acme', 'acme-vision-small')], code: null, message: null },
    checks: [
      { id: 'store', status: 'ok', message: 'The database opens and is whole.', advice: null, facts: {} },
      { id: 'keychain', status: 'warning', message: 'The keychain answers, but the recovery code was never confirmed.', advice: 'Open Settings › Keys and write it down.', facts: {} },
      { id: 'sandbox', status: 'ok', message: 'The sandbox starts and refuses the network.', advice: null, facts: { milliseconds: 61 } },
    ],
    running: 0, shell: 'browser', delays: new Map(), failures: new Map(), answers: new Map(), calls: [], changes,
    changed(...topics) { seq += 1; changes.push({ seq, topics, running: world.running }); },
  };
  if (!empty) fill(world);
  return world;
}

function fill(world: FakeWorld): void {
  const [text, , , sheet] = world.cards;
  if (text) {
    world.installed.set(text.id, makeInstalled(text, { hiredAs: ['Ada'] }));
    text.installedVersion = text.version;
    world.hireable.push({ pluginId: text.id, pluginName: text.name, agentId: 'agent-0', name: 'Text Specialist', description: text.description, role: 'Editor', goal: 'Make text clear', tools: ['count_words'] });
    world.hires.push({ id: 'hire-1', name: 'Ada', pluginId: text.id, agentId: 'agent-0', role: 'Editor', description: text.description, avatar: null, status: 'ready', needs: [], model: null, modelLabel: 'Practice model', fallbackModel: null, tools: [`${text.id}/count_words`], createdAt: NOW, lastActiveAt: NOW });
  }
  if (sheet) {
    world.installed.set(sheet.id, makeInstalled(sheet, { neededBy: [] }));
    sheet.installedVersion = sheet.version;
    world.folders.set(sheet.id, [{ key: 'data', access: 'read', path: null }]);
  }
  world.providers.push(makeProvider('acme', 'Acme AI', { preset: 'openai' }), makeProvider('ollama', 'Ollama', { baseUrl: 'http://127.0.0.1:11434/v1', hasKey: false, status: { state: 'failing', code: 'models/unreachable', message: 'Nothing answers at 127.0.0.1:11434.', checkedAt: NOW, retryAt: null } }));
  world.models.push(makeModel('acme', 'acme-large'), makeModel('acme', 'acme-vision-small'), makeModel('ollama', 'small-local', { local: true, contextLength: 8192 }));
}
