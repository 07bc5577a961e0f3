import { AppError } from '../../../contract/errors/app-error.ts';
import { readDeepLink } from '../../../contract/model/deep-link.ts';
import { server } from './context.ts';

/** @param showLink shows the app at a link that was read; answers the address for a browser, or null when a window shows it */
export const linkApi = (showLink: (link: string) => Promise<string | null>) => ({
  grant: server.link.grant.handler(({ input, context }) => { context.grant(input.stream, input.credits); return {}; }),
  open: server.link.open.handler(async ({ input, context }) => {
    if (context.client === 'page') throw new AppError('permission/denied', 'A page follows links by itself.');
    const read = readDeepLink(input.link);
    if ('problem' in read) throw new AppError('core/bad-input', read.problem);
    return { address: await showLink(input.link) };
  }),
});
