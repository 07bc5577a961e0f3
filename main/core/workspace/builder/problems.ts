import { toWire } from '../../../../contract/errors/app-error.ts';
import { AGENT_FIELDS, readAgentValue, type ManifestProblem } from '../../../../contract/manifest/index.ts';
import type { Draft, DraftProblem } from '../../../../contract/model/builder.ts';
import { tidyAgent } from '../../../../packaging/index.ts';
import { patternProblem } from '../../engine/agents/index.ts';
import type { Models } from '../../engine/models/index.ts';
import type { Tools } from '../../engine/tools/index.ts';

interface Parts { readonly models: Pick<Models, 'resolve'>; readonly tools: Pick<Tools, 'find' | 'unconnected' | 'validator'>; /** The agent itself and those that were hired from it: whose connections count. */ readonly agents: readonly string[]; installed(pluginId: string): Promise<boolean> }
type Fix = NonNullable<DraftProblem['fix']>;

const VARIABLE = /\{([A-Za-z_][A-Za-z0-9_-]*)\}/g;
const takeOut = (key: string): Fix => ({ kind: 'take_out', set: { [key]: null }, pluginId: null });
const warning = (path: string, message: string, fix: Fix | null): DraftProblem => ({ path, severity: 'warning', message, fix });

/** What the format itself says about it: the same reading that packing, installing and running do. */
export function formProblems(draft: Draft): DraftProblem[] {
  const value = tidyAgent(draft);
  try {
    readAgentValue(value);
    return [];
  } catch (error) {
    const { details, message } = toWire(error);
    const problems = Array.isArray(details['problems']) ? (details['problems'] as ManifestProblem[]) : [{ path: '', message } as ManifestProblem];
    return problems.map((problem) => ({ path: problem.path, severity: 'error', message: problem.message, fix: fixOf(problem.path, draft) }));
  }
}

/** Only what loses no text of the person's: an unknown key is not theirs to mend, a wrong number goes back to its default. */
function fixOf(path: string, draft: Draft): Fix | null {
  const key = /^[^.[]+/.exec(path)?.[0] ?? '';
  if (key === 'role') return draft.name === undefined || draft.name.trim() === '' ? null : { kind: 'use_name', set: { role: draft.name.trim() }, pluginId: null };
  const value = (draft as Record<string, unknown>)[key];
  if (!AGENT_FIELDS.includes(key)) return value === undefined ? null : takeOut(key);
  return typeof value === 'number' || key === 'avatar' ? { ...takeOut(key), kind: 'use_default' } : null;
}

/** Everything about a draft that the person should know, what stands in the way of a version first. */
export async function problemsOfDraft(parts: Parts, draft: Draft): Promise<DraftProblem[]> {
  const found = formProblems(draft);
  const [tools, models, schema, guardrails] = await Promise.all([toolProblems(parts, draft), modelProblems(parts, draft), schemaProblems(parts, 'response_format', 'The form of the answer is no JSON Schema that can be used.', draft.response_format), guardrailProblems(parts, draft)]);
  const name: DraftProblem[] = (draft.name ?? '').trim() === '' ? [warning('name', 'The agent has no name yet; it will be called by its role.', null)] : [];
  return [...found, ...schema, ...name, ...guardrails, ...tools, ...models, ...variableProblems(draft)];
}

async function toolProblems({ tools, installed, agents }: Parts, { tools: ids = [] }: Draft): Promise<DraftProblem[]> {
  const one = async (id: string, at: number): Promise<DraftProblem[]> => {
    const without: Fix = { kind: 'remove_tool', set: { tools: ids.filter((_, index) => index !== at) }, pluginId: null };
    if (ids.indexOf(id) !== at) return [warning(`tools[${at}]`, `The tool ${id} is given twice.`, without)];
    const [pluginId = '', tool = '*'] = id.split('/');
    if (id.endsWith('/*')) return await installed(pluginId) ? [] : [warning(`tools[${at}]`, `The tools ${id} belong to a plugin that is not installed or is disabled. The agent works without them.`, { kind: 'install', set: {}, pluginId })];
    const missing = await tools.find(id).then(() => false, () => true);
    if (!missing) {
      const lack = await tools.unconnected(id, agents);
      if (!lack) return [];
      const { title, connection, held } = lack;
      return [warning(`tools[${at}]`, held ? `The tool "${title}" needs a connection, and this agent was given none. It works without the tool.` : `The tool "${title}" needs a connection, and there is none that has it. The agent works without the tool.`, { kind: held ? 'give' : 'connect', connection, set: {}, pluginId: null })];
    }
    if (!pluginId.includes('.') || tool === '*' || await installed(pluginId)) return [warning(`tools[${at}]`, `There is no tool ${id}. The agent works without it.`, without)];
    return [warning(`tools[${at}]`, `The tool ${id} belongs to the plugin ${pluginId}, which is not installed or is disabled. The agent works without it.`, { kind: 'install', set: {}, pluginId })];
  };
  return (await Promise.all(ids.map(one))).flat();
}

async function modelProblems({ models }: Parts, draft: Draft): Promise<DraftProblem[]> {
  const one = async (key: 'model' | 'fallback_model', message: string): Promise<DraftProblem[]> => {
    const ref = draft[key];
    if (typeof ref !== 'string' || ref === '') return [];
    return models.resolve(ref).then(() => [], () => [warning(key, message.replace('%', ref), { kind: 'use_default', set: { [key]: null }, pluginId: null })]);
  };
  return [
    ...await one('model', 'The model % is not there; the default model answers instead.'),
    ...await one('fallback_model', 'The model % is not there, so nobody stands in when the first model fails.'),
  ];
}

async function schemaProblems({ tools }: Parts, path: string, words: string, schema: unknown): Promise<DraftProblem[]> {
  if (typeof schema !== 'object' || schema === null || Object.keys(schema).length === 0) return [];
  return tools.validator.problem(schema as Readonly<Record<string, unknown>>, null).then(() => [], (error: unknown): DraftProblem[] => [{ path, severity: 'error', message: `${words} ${toWire(error).message}`, fix: null }]);
}

/** The rules of a draft with where each stands: the single `guardrail` counts when there is no list. */
export function rulesOf({ guardrail, guardrails }: Draft): [path: string, rule: Record<string, unknown>][] {
  const written: [string, unknown][] = Array.isArray(guardrails) && guardrails.length > 0 ? guardrails.map((rule, at) => [`guardrails[${at}]`, rule]) : [['guardrail', guardrail]];
  return written.flatMap(([path, rule]) => (typeof rule === 'object' && rule !== null ? [[path, rule as Record<string, unknown>]] : []));
}

/** The form of a document leaves open whether what a rule names can be used; that is known to what runs it. */
async function guardrailProblems(parts: Parts, draft: Draft): Promise<DraftProblem[]> {
  const found = await Promise.all(rulesOf(draft).map(async ([path, rule]): Promise<DraftProblem[]> => {
    const { type, patterns, schema, model, tool } = rule;
    if (type === 'banned') return Array.isArray(patterns) ? patterns.flatMap((pattern: unknown, place) => patternProblems(`${path}.patterns[${place}]`, pattern)) : [];
    if (type === 'schema') return schemaProblems(parts, `${path}.schema`, 'A guardrail has a form that is no JSON Schema that can be used.', schema);
    if (type === 'judge' && typeof model === 'string') return parts.models.resolve(model).then(() => [], () => [warning(`${path}.model`, `The model ${model} of a guardrail is not there, so its judge cannot be asked.`, null)]);
    if (type !== 'tool' || typeof tool !== 'string' || tool === '') return [];
    return parts.tools.find(tool).then(({ effect }) => effect === 'read', () => false).then((usable) => (usable ? [] : [warning(`${path}.tool`, `The tool ${tool} of a guardrail is not there, or is none that only reads, so everything that it checks is refused.`, null)]));
  }));
  return found.flat();
}

function patternProblems(path: string, pattern: unknown): DraftProblem[] {
  const problem = typeof pattern === 'string' ? patternProblem(pattern) : undefined;
  return problem === undefined ? [] : [{ path, severity: 'error', message: `The pattern ${String(pattern)} cannot be used: ${problem}. Write it for RE2, without look-around and back references.`, fix: null }];
}

function variableProblems(draft: Draft): DraftProblem[] {
  const texts = [draft.role, draft.goal, draft.backstory, draft.instructions];
  const used = new Set(texts.flatMap((text) => [...(text ?? '').matchAll(VARIABLE)].map(([, name]) => name as string)));
  const inputs = draft.inputs ?? {};
  return [
    ...[...used].filter((name) => !Object.hasOwn(inputs, name)).map((name) => warning('inputs', `{${name}} has no value; it is put to the model as it stands.`, null)),
    ...Object.keys(inputs).filter((name) => !used.has(name)).map((name) => warning('inputs', `The value of {${name}} is used in no text.`, { kind: 'take_out', set: { inputs: Object.fromEntries(Object.entries(inputs).filter(([other]) => other !== name)) }, pluginId: null })),
  ];
}
