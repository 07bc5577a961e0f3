import type { Audit } from '../base/audit/index.ts';
import { server } from './context.ts';

export const auditApi = (audit: Audit) => ({
  list: server.audit.list.handler(({ input }) => audit.list(input)),
  verify: server.audit.verify.handler(() => audit.verify()),
  export: server.audit.export.handler(({ input }) => audit.export(input)),
});
