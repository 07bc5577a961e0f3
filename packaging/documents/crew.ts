import { badManifest, DEFAULT_EXPECTED_OUTPUT, type AgentDocument, type CrewDocument, type CrewFile, type ManifestProblem, type TaskDocument } from '../../contract/manifest/index.ts';

type TaskEntry = string | TaskDocument;

const taskOf = (entry: TaskEntry): TaskDocument => (typeof entry === 'string'
  ? { description: entry, expected_output: DEFAULT_EXPECTED_OUTPUT, async_execution: false, human_input: false, guardrails: [], guardrail_max_retries: 3 } : entry);

function missing(path: string, expected: string, received: string, message: string): ManifestProblem {
  return { path, expected, received, message };
}

/** Every agent that a task names is in the crew, and every task that another one names comes before it. */
function dangling(what: string, agents: Record<string, AgentDocument>, tasks: readonly TaskDocument[], manager: string | undefined): ManifestProblem[] {
  const earlier = new Set<string>();
  return tasks.flatMap((task, index) => {
    const path = `tasks[${index}]`;
    const found: ManifestProblem[] = [];
    if (task.agent !== undefined && !Object.hasOwn(agents, task.agent) && task.agent !== manager) found.push(missing(`${path}.agent`, Object.keys(agents).join(' or '), task.agent, `${path}.agent names ${task.agent}, whom the crew of ${what} does not have.`));
    for (const name of task.context ?? []) if (!earlier.has(name)) found.push(missing(`${path}.context`, 'the name of an earlier task', name, `${path}.context names ${name}, which is no earlier task.`));
    if (task.name !== undefined && earlier.has(task.name)) found.push(missing(`${path}.name`, 'a name of its own', task.name, `${path}.name repeats ${task.name}.`));
    if (task.name !== undefined) earlier.add(task.name);
    return found;
  });
}

/**
 * Brings a crew file into its one form: agents by name, tasks in order.
 * @param known the plugin's own agents by id, for a crew that lists ids
 * @throws AppError `plugins/bad-manifest` when it names an agent or task that is not there
 */
export function crewOf(file: CrewFile, known: ReadonlyMap<string, AgentDocument>, what: string): CrewDocument {
  const { agents: writtenAgents, tasks: writtenTasks, ...rest } = file;
  const problems: ManifestProblem[] = [];
  const agents: Record<string, AgentDocument> = {};
  if (Array.isArray(writtenAgents)) {
    writtenAgents.forEach((id, index) => {
      const agent = known.get(id);
      if (agent) agents[id] = agent;
      else problems.push(missing(`agents[${index}]`, 'the id of an agent of this plugin', id, `agents[${index}] names ${id}, which plugin.capabilities.agents does not have as a document.`));
    });
  } else Object.assign(agents, writtenAgents);
  const tasks = Array.isArray(writtenTasks) ? writtenTasks.map(taskOf) : Object.entries(writtenTasks).map(([name, task]) => ({ ...task, name: task.name ?? name }));
  problems.push(...dangling(what, agents, tasks, rest.manager_agent));
  if (rest.manager_agent !== undefined && !Object.hasOwn(agents, rest.manager_agent) && !known.has(rest.manager_agent)) problems.push(missing('manager_agent', 'an agent of this plugin', rest.manager_agent, `manager_agent names ${rest.manager_agent}, whom nobody has written.`));
  if (problems.length > 0) throw badManifest(what, problems);
  return { ...rest, agents, tasks };
}

/** A name for an agent that has only a role: `Performance Analyst` is `performance_analyst`. */
function nameOf(role: string, taken: Record<string, unknown>): string {
  const base = role.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[_\d]+|_+$/g, '').slice(0, 80) || 'agent';
  let name = base;
  for (let count = 2; Object.hasOwn(taken, name); count += 1) name = `${base}_${count}`;
  return name;
}

/** A crew written inline in the manifest: an agent without a goal has the crew's, and agents take the tasks in turn. */
export function inlineCrewOf(crew: { name: string; description: string; agents: readonly AgentDocument[]; tasks: readonly TaskEntry[] }, what: string): CrewDocument {
  const agents: Record<string, AgentDocument> = {};
  for (const agent of crew.agents) agents[agent.name ?? nameOf(agent.role, agents)] = { ...agent, goal: agent.goal === '' ? crew.description : agent.goal };
  const names = Object.keys(agents);
  const tasks = crew.tasks.map((entry, index) => {
    const task = taskOf(entry);
    const turn = names[index % names.length];
    return task.agent === undefined && turn !== undefined ? { ...task, agent: turn } : task;
  });
  return crewOf({ name: crew.name, description: crew.description, process: 'sequential', planning: false, memory: false, inputs: {}, agents, tasks }, new Map(), what);
}
