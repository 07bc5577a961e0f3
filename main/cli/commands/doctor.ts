import type { Command } from '../command.ts';

const MARKS = { ok: '✓', warning: '!', failed: '✗' } as const;

export const doctor: Command = {
  usage: 'troupe doctor',
  about: 'look whether everything that Troupe needs is there and sound',
  fits: ({ command }) => command.length === 1,
  async run({ client, out }) {
    const { checks } = await client.call.observe.doctor({});
    out.result({ checks }, () => checks.map((check) => `${MARKS[check.status]} ${check.message}${check.advice === null ? '' : `\n  ${check.advice}`}\n`).join(''));
    return checks.some((check) => check.status === 'failed') ? 1 : 0;
  },
};
