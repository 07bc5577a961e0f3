import type { About, DoctorCheck } from '../../../contract/model/health.ts';
import type { Changes } from '../base/observe/index.ts';
import { server } from './context.ts';

export interface ObserveService { about(): About; doctor(): Promise<DoctorCheck[]>; running(): number }

export const observeApi = (observe: ObserveService, changes: Changes) => ({
  about: server.observe.about.handler(() => observe.about()),
  doctor: server.observe.doctor.handler(async () => ({ checks: await observe.doctor() })),
  changes: server.observe.changes.handler(({ input, context, signal }) => context.paced(input.stream, signal, changes.follow(signal, () => observe.running()))),
});
