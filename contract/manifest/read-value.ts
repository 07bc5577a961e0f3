import * as z from 'zod/mini';
import { AppError } from '../errors/app-error.ts';
import { agentDocumentSchema, agentsMapSchema, type AgentDocument } from './agent-document.ts';
import { inconsistenciesOf } from './consistency.ts';
import { crewFileSchema, type CrewFile } from './crew-document.ts';
import { blueprintDocumentSchema, flowDocumentSchema, type BlueprintDocument, type FlowDocument } from './flow-document.ts';
import { manifestSchema, type Manifest } from './manifest-1-0.ts';
import { problemsOf, type ManifestProblem } from './problems.ts';

/** Values whose keys are the author's own: `x-…` in them is not an extension of the format. */
const FREE = new Set(['input', 'output', 'default', 'inputs', 'response_format', 'output_json', 'output_pydantic']);

/** The document without its `x-…` keys, which authors may add anywhere and which mean nothing here. */
function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('x-'));
  return Object.fromEntries(kept.map(([key, inner]) => [key, FREE.has(key) ? inner : withoutExtensions(inner)]));
}

/** One error for everything that is wrong, so that an author mends it in one go. */
export function badManifest(what: string, problems: readonly ManifestProblem[], cause?: unknown): AppError {
  const shown = problems.slice(0, 3).map((problem) => problem.message).join(' ');
  const more = problems.length > 3 ? ` (${problems.length - 3} more)` : '';
  return new AppError('plugins/bad-manifest', `${what} cannot be used. ${shown}${more}`, { details: { document: what, problems: problems.slice(0, 100) }, ...(cause === undefined ? {} : { cause }) });
}

function read<T extends z.core.$ZodType>(schema: T, what: string, value: unknown): z.output<T> {
  const bare = withoutExtensions(value);
  const result = z.safeParse(schema, bare);
  if (!result.success) throw badManifest(what, problemsOf(bare, result.error.issues));
  return result.data;
}

/**
 * Reads the value of a plugin.yaml (any schema version that Troupe knows) and fills in its defaults.
 * @throws AppError `plugins/bad-manifest`, with `details.problems`: path, what was expected, what came
 */
export function readManifestValue(value: unknown, what = 'plugin.yaml'): Manifest {
  const manifest = read(manifestSchema, what, value);
  const problems = inconsistenciesOf(manifest);
  if (problems.length > 0) throw badManifest(what, problems);
  return manifest;
}

/** @throws AppError `plugins/bad-manifest` */
export function readAgentValue(value: unknown, what = 'The agent document'): AgentDocument {
  const { llm, ...agent } = read(agentDocumentSchema, what, value);
  const model = agent.model ?? llm;
  return model === undefined ? agent : { ...agent, model };
}

/** CrewAI's agents.yaml. @throws AppError `plugins/bad-manifest` */
export function readAgentsValue(value: unknown, what = 'agents.yaml'): Record<string, AgentDocument> {
  const agents = read(agentsMapSchema, what, value);
  return Object.fromEntries(Object.entries(agents).map(([name, agent]) => [name, readAgentValue(agent, `${what}: ${name}`)]));
}

/** @throws AppError `plugins/bad-manifest` */
export const readCrewValue = (value: unknown, what = 'The crew document'): CrewFile => read(crewFileSchema, what, value);

/** @throws AppError `plugins/bad-manifest` */
export const readFlowValue = (value: unknown, what = 'The flow document'): FlowDocument => read(flowDocumentSchema, what, value);

/** @throws AppError `plugins/bad-manifest` */
export const readBlueprintValue = (value: unknown, what = 'The blueprint'): BlueprintDocument => read(blueprintDocumentSchema, what, value);
