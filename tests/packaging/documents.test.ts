import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { crewOf, parseAgentDocument, parseAgentsDocument, parseCrewFile } from '../../packaging/index.ts';
import { problemsIn } from '../support/problems.ts';

describe('agent documents', () => {
  it('are CrewAI\'s, with our own fields', () => {
    const agent = parseAgentDocument('role: Senior {industry} Researcher\ngoal: >\n  Find out\nbackstory: Long ago\nmax_iter: 5\nmodel: a/b\nllm: c/d\nresponse_format: { type: object }\nverbose: true\n');
    expect(agent).toMatchObject({ role: 'Senior {industry} Researcher', goal: 'Find out\n', max_iter: 5, model: 'a/b', allow_delegation: false, respect_context_window: true });
    expect(agent).not.toHaveProperty('llm');
  });
  it('refuse what they do not know, and Python', () => {
    expect(problemsIn(() => parseAgentDocument('role: A\nstep_callback: { python: a.b }\n'))[0]).toMatchObject({ path: 'step_callback', expected: 'no such key' });
    expect(problemsIn(() => parseAgentDocument('goal: none\n'))[0]).toMatchObject({ path: 'role', expected: 'a text', received: 'nothing' });
  });
  const shared = path.resolve(import.meta.dirname, '../../../shared/fixtures/crewai');
  const crews = existsSync(shared) ? readdirSync(shared).filter((name) => existsSync(path.join(shared, name, 'agents.yaml'))) : [];
  it(crews.length > 0 ? `R4 reads the agents.yaml of ${crews.length} real crews` : 'R4 (real crews are not here: they lie outside the repository)', () => {
    for (const name of crews) expect(Object.keys(parseAgentsDocument(readFileSync(path.join(shared, name, 'agents.yaml')), name)).length, name).toBeGreaterThan(0);
  });
  it('R4 come as a map in agents.yaml', () => {
    const agents = parseAgentsDocument('scout:\n  role: >\n    Scout\n  goal: Find\n  backstory: Old\nwriter: { role: Writer, llm: x/y }\n');
    expect(Object.entries(agents).map(([name, agent]) => [name, agent.role, agent.model])).toEqual([['scout', 'Scout\n', undefined], ['writer', 'Writer', 'x/y']]);
    expect(problemsIn(() => parseAgentsDocument('"not a name": { role: A }'))[0]?.message).toContain('is not a name');
  });
});

describe('crew documents', () => {
  const known = new Map([['a', parseAgentDocument('role: A')]]);
  const crew = (text: string) => crewOf(parseCrewFile(text), known, 'crew.yaml');

  it('hold agents and tasks inline or by name', () => {
    expect(crew('agents: { b: { role: B } }\ntasks: { first: { description: One }, second: { description: Two, context: [first], agent: b } }\ninputs: { topic: x }')).toMatchObject({ agents: { b: { role: 'B' } }, tasks: [{ name: 'first' }, { name: 'second', context: ['first'] }], inputs: { topic: 'x' } });
    expect(crew('agents: [a]\ntasks: [Say hello]\nprocess: hierarchical\nmanager_llm: x/y')).toMatchObject({ process: 'hierarchical', tasks: [{ description: 'Say hello', expected_output: 'the finished task' }] });
  });
  it.each([
    ['an agent that is not there', 'agents: [nobody]\ntasks: [x]', 'agents[0]'],
    ['a task for somebody else', 'agents: [a]\ntasks: [{ description: x, agent: b }]', 'tasks[0].agent'],
    ['a context that comes later', 'agents: [a]\ntasks: [{ description: x, context: [y] }, { name: y, description: y }]', 'tasks[0].context'],
    ['two tasks of one name', 'agents: [a]\ntasks: [{ name: y, description: x }, { name: y, description: y }]', 'tasks[1].name'],
    ['a manager whom nobody wrote', 'agents: [a]\ntasks: [x]\nmanager_agent: boss', 'manager_agent'],
    ['no task', 'agents: [a]\ntasks: []', 'tasks'],
  ])('refuse %s', (_, text, at) => { expect(problemsIn(() => crew(text))[0]?.path).toBe(at); });
});
