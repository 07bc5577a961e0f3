import type { Team } from '../workspace/team/index.ts';
import { requestOf, server } from './context.ts';

export const teamApi = (team: Team) => ({
  hireable: server.team.hireable.handler(({ input }) => team.hireable(input)),
  list: server.team.list.handler(() => team.list()),
  get: server.team.get.handler(({ input }) => team.get(input)),
  byName: server.team.byName.handler(({ input }) => team.byName(input)),
  hire: server.team.hire.handler(({ input }) => team.hire(input, requestOf('team.hire', input))),
  change: server.team.change.handler(({ input }) => team.change(input, requestOf('team.change', input))),
  duplicate: server.team.duplicate.handler(({ input }) => team.duplicate(input, requestOf('team.duplicate', input))),
  configuration: server.team.configuration.handler(({ input }) => team.configuration(input)),
  configure: server.team.configure.handler(({ input }) => team.configure(input, requestOf('team.configure', input))),
  dismiss: server.team.dismiss.handler(({ input }) => team.dismiss(input, requestOf('team.dismiss', input))),
  restore: server.team.restore.handler(({ input }) => team.restore(input, requestOf('team.restore', input))),
});
