import { formatModelRef } from '../../../contract/model/model-ref.ts';
import { PRESETS, type Models } from '../engine/models/index.ts';
import { server } from './context.ts';
import type { Once } from './once.ts';

export const modelsApi = (models: Models, once: Once) => ({
  providers: server.models.providers.handler(async () => ({ providers: await models.list() })),
  list: server.models.list.handler(async () => ({ models: await models.models(), default: formatModelRef(await models.defaultModel()) })),
  presets: server.models.presets.handler(() => ({ presets: PRESETS.map(({ id, name, baseUrl, needsKey }) => ({ id, name, baseUrl, needsKey })) })),
  discover: server.models.discover.handler(async () => ({ servers: await models.discover() })),
  add: server.models.add.handler(({ input: { requestId, ...provider } }) => once('models.add', { requestId }, () => models.addProvider(provider))),
  test: server.models.test.handler(({ input }) => models.test(input.id)),
  remove: server.models.remove.handler(({ input }) => once('models.remove', input, async () => { await models.removeProvider(input.id); return {}; })),
  setDefault: server.models.setDefault.handler(async ({ input }) => ({ default: formatModelRef(await models.setDefault(input.model)) })),
});
