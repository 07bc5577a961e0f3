import { AppError } from '../../../contract/errors/app-error.ts';
import { readDeepLink } from '../../../contract/model/deep-link.ts';
import type { Command, LoneContext } from '../command.ts';
import { connectToRunningCore } from '../connect.ts';

/** Shows a link in the app that is open. A core alone shows nothing, so none is started for it. */
async function show({ words, out }: LoneContext): Promise<void> {
  const [, link = ''] = words.command;
  const read = readDeepLink(link);
  if ('problem' in read) throw new AppError('core/bad-input', read.problem);
  const client = await connectToRunningCore(words);
  if (!client) throw new AppError('host/unavailable', 'Troupe is not open. Start the app and open the link again.');
  try {
    const { address } = await client.call.link.open({ link });
    if (address === null) out.result({ link, address }, () => 'Troupe shows it.\n');
    else out.result({ link, address }, () => `${address}\n`);
  } finally {
    client.close();
  }
}

export const open: Command = {
  usage: 'troupe open LINK',
  about: 'show a troupe:// link in the open app, or print the address that shows it in a browser',
  fits: ({ command }) => command.length === 2,
  alone: () => show,
  run: show,
};
