/** The scripted core's configuration of plugins and agents. */
import type { implement } from '@orpc/server';
import type { Contract } from '../../contract/api/index.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import type { ConfigurationKey } from '../../contract/model/catalog.ts';
import { valueProblem, type ConfigurationField, type ConfigurationValue, type ConfigurationView, type PluginCheck } from '../../contract/model/configuration.ts';
import type { FakeWorld } from './fake-world.ts';

export interface FakeConfiguration { values: Record<string, ConfigurationValue>; secrets: Set<string> }

export const goodCheck: PluginCheck = { credentials: { state: 'ok', message: 'Signed in as ada@example.com.' }, health: { state: 'ok', message: null } };

/** An entry as a view shows it. */
export const entry = (key: string, type: string, change: Partial<ConfigurationKey> = {}): ConfigurationKey => ({ key, type, description: `What ${key} is for.`, required: false, default: null, options: [], label: null, example: null, ...change });

/** One entry of each type. */
export const everyEntry: ConfigurationKey[] = [
  entry('api_key', 'secret', { label: 'API key', description: 'The key of your account with the service.', required: true }),
  entry('endpoint', 'url', { label: 'Address of the service', required: true, example: 'https://api.example.com/v1' }),
  entry('limit', 'number', { label: 'Most results', default: 20 }),
  entry('language', 'enum', { label: 'Language', description: 'The language of the answers.', default: 'en', options: ['en', 'de', 'fr'] }),
  entry('include_drafts', 'boolean', { label: 'Read drafts too', default: false }),
  entry('signature', 'string', { label: 'Signature', example: 'Kind regards, Ada' }),
  entry('data', 'folder', { label: 'Folder with tables' }),
  entry('model', 'model', { label: 'Model for summaries' }),
  entry('own_hosts', 'hosts', { label: 'Hosts of your own', example: 'api.example.com' }),
];

export const configurationOfWorld = (world: FakeWorld, id: string): FakeConfiguration => {
  const known = world.configurations.get(id) ?? { values: {}, secrets: new Set<string>() };
  world.configurations.set(id, known);
  return known;
};

export function viewOfWorld(world: FakeWorld, id: string): ConfigurationView {
  const plugin = world.installed.get(id);
  if (!plugin) throw new AppError('plugins/not-installed', `${id} is not installed.`);
  const { values, secrets } = configurationOfWorld(world, id);
  const fields: ConfigurationField[] = plugin.configuration.map((one) => {
    const value = values[one.key] ?? null;
    const picked = world.folders.get(id)?.some(({ key, path }) => key === one.key && path !== null) ?? false;
    return { ...one, value, isSet: one.type === 'secret' ? secrets.has(one.key) : one.type === 'folder' ? picked : value !== null || one.default !== null };
  });
  return { id, name: plugin.name, fields, missing: fields.filter(({ required, isSet }) => required && !isSet).map(({ key }) => key), secretsKept: world.keyState.encrypted ? 'sealed' : 'session' };
}

function change(fields: readonly ConfigurationKey[], values: Record<string, ConfigurationValue>, input: { set: Record<string, ConfigurationValue>; reset: string[] }): void {
  const problems = Object.entries(input.set).flatMap(([key, value]) => {
    const problem = valueProblem(fields.find((field) => field.key === key) ?? entry(key, 'secret'), value);
    return problem === undefined ? [] : [{ key, problem }];
  });
  if (problems.length > 0) throw new AppError('plugins/bad-configuration', 'The configuration was not changed.', { details: { problems } });
  Object.assign(values, input.set);
  for (const key of input.reset) Reflect.deleteProperty(values, key);
}

type Implementer = ReturnType<typeof implement<Contract>>;

export const pluginConfiguration = (os: Implementer, world: FakeWorld) => ({
  configuration: os.plugins.configuration.handler(({ input }) => viewOfWorld(world, input.id)),
  configure: os.plugins.configure.handler(({ input }) => {
    const here = configurationOfWorld(world, input.id);
    change(viewOfWorld(world, input.id).fields, here.values, input);
    for (const [key, value] of Object.entries(input.secrets)) if (value === null) here.secrets.delete(key); else here.secrets.add(key);
    const view = viewOfWorld(world, input.id);
    const plugin = world.installed.get(input.id);
    if (plugin) world.installed.set(input.id, { ...plugin, missing: view.missing });
    world.changed('plugins');
    return view;
  }),
  checkCredentials: os.plugins.checkCredentials.handler(() => world.check),
  exportConfiguration: os.plugins.exportConfiguration.handler(() => ({ text: 'config_version: 1\nplugins: []\n' })),
  compareConfiguration: os.plugins.compareConfiguration.handler(() => ({ changes: [], gaps: [] })),
  importConfiguration: os.plugins.importConfiguration.handler(() => ({ changes: [], gaps: [] })),
});

export const teamConfiguration = (os: Implementer, world: FakeWorld) => {
  const viewOf = (id: string) => {
    const hire = world.hires.find((one) => one.id === id);
    if (!hire) throw new AppError('team/not-found', 'This agent is not in your team.');
    const { values } = configurationOfWorld(world, id);
    return { id, fields: viewOfWorld(world, hire.pluginId).fields.filter(({ type }) => type !== 'secret' && type !== 'folder').map((field) => ({ ...field, default: field.value ?? field.default, value: values[field.key] ?? null })) };
  };
  return {
    configuration: os.team.configuration.handler(({ input }) => viewOf(input.id)),
    configure: os.team.configure.handler(({ input }) => {
      change(viewOf(input.id).fields, configurationOfWorld(world, input.id).values, input);
      world.changed('team');
      return viewOf(input.id);
    }),
  };
};
