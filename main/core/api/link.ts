import { server } from './context.ts';

export const linkApi = () => ({
  grant: server.link.grant.handler(({ input, context }) => { context.grant(input.stream, input.credits); return {}; }),
});
