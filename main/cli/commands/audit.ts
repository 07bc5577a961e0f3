/** The audit list and the permissions of plugins. */
import { open } from 'node:fs/promises';
import { AppError } from '../../../contract/errors/app-error.ts';
import { AUDIT_ACTIONS, outcomeSchema, type AuditFilter, type AuditRow } from '../../../contract/model/audit.ts';
import type { PluginPermission } from '../../../contract/model/permission.ts';
import type { Command, CommandContext } from '../command.ts';
import { table } from '../output.ts';
import type { Words } from '../words.ts';

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `24h`, `7d` back from now, or a date as `2026-11-20` or `2026-11-20T09:00Z`. @throws AppError `core/bad-input` */
export function instantOf(text: string, now: number): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const at = unit === '' ? Date.parse(text) : now - Number(count) * (UNITS[unit] ?? 0);
  if (Number.isNaN(at)) throw new AppError('core/bad-input', `--since takes a time back from now (30m, 24h, 7d) or a date (2026-11-20), not "${text}".`);
  return at;
}

function filterOf({ command, since, action, actor, outcome }: Words): AuditFilter {
  if (action !== undefined && !(AUDIT_ACTIONS as readonly string[]).includes(action)) throw new AppError('core/bad-input', `There is no action "${action}". Actions: ${AUDIT_ACTIONS.join(', ')}.`);
  const known = outcomeSchema.options.find((one) => one === outcome);
  if (outcome !== undefined && known === undefined) throw new AppError('core/bad-input', `--outcome takes ${outcomeSchema.options.join(', ')}, not "${outcome}".`);
  return {
    ...(command[1] !== undefined && { pluginId: command[1] }), ...(action !== undefined && { action }), ...(actor !== undefined && { actor }), ...(known && { outcome: known }),
    ...(since !== undefined && { since: instantOf(since, Date.now()) }),
  };
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const lineOf = ({ seq, at, actor, action, subject, pluginId, outcome, details }: AuditRow): string[] => {
  const count = typeof details['count'] === 'number' && details['count'] > 1 ? ` × ${details['count']}` : '';
  return [`${seq}`, timeOf(at), `${actor.kind} ${actor.id}`, action, outcome === 'done' ? '' : outcome, `${subject}${count}${pluginId === null || pluginId === subject || actor.id === pluginId ? '' : `  (${pluginId})`}`];
};

async function exportTo({ client, words, out }: CommandContext, file: string): Promise<void> {
  const format = file.endsWith('.csv') ? 'csv' : 'jsonl';
  // Of the person alone: it tells what they did.
  const handle = await open(file, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('core/bad-input', cause.code === 'EEXIST' ? `${file} exists already. Name another file.` : `${file} cannot be written. Name a file in a folder that exists.`, { cause });
  });
  let rows = 0;
  try {
    for (let from: number | null = 0; from !== null;) {
      const piece = await client.call.audit.export({ filter: filterOf(words), format, from });
      await handle.writeFile(piece.text);
      rows += piece.rows;
      from = piece.next;
    }
  } finally {
    await handle.close();
  }
  out.result({ file, format, rows }, () => `Wrote ${rows} rows to ${file}.\n`);
}

export const audit: Command = {
  usage: 'troupe audit [<plugin id>] [--since 7d] [--action A] [--actor A] [--outcome O] [--limit N] [--export FILE | --verify]',
  about: 'list who did what, newest last; --export writes .jsonl or .csv; --verify compares the whole list, 1 when it was changed',
  fits: ({ command }) => command.length <= 2,
  async run(context) {
    const { client, words, out } = context;
    if (words.verify) {
      const verdict = await client.call.audit.verify({});
      out.result(verdict, () => (verdict.problem ? `${verdict.problem.message}\n` : `${verdict.rows} rows are as they were written. Newest: ${verdict.head.seq} ${verdict.head.hash}\n`));
      return verdict.problem ? 1 : 0;
    }
    if (words.exportTo !== undefined) return exportTo(context, words.exportTo);
    const { rows, total } = await client.call.audit.list({ filter: filterOf(words), limit: words.limit });
    if (total === 0) out.say('Nothing in the audit list fits.');
    else if (total > rows.length) out.say(`The newest ${rows.length} of ${total} rows; --limit shows more, --export writes all.`);
    out.result({ rows, total }, () => table(rows.toReversed().map(lineOf)));
  },
};

const permissionLine = ({ pluginId, permission, granted, lastUsedAt }: PluginPermission): string[] =>
  [pluginId, permission.key, granted ? 'granted' : 'not granted', lastUsedAt === null ? 'never used' : `used ${timeOf(lastUsedAt)}`, permission.danger === 'high' ? 'dangerous' : ''];

export const permissions: Command = {
  usage: 'troupe permissions [<id>] | revoke <id> <permission> | grant <id> <permission>',
  about: 'list what plugins may do and used last; take a permission back, or grant it again',
  fits: ({ command }) => (command[1] === 'revoke' || command[1] === 'grant' ? command.length === 4 : command.length <= 2),
  async run({ client, words, out }) {
    const [, first, id = '', key = ''] = words.command;
    if (first === 'revoke' || first === 'grant') {
      const changed = await (first === 'revoke' ? client.call.plugins.revokePermission({ id, key }) : client.call.plugins.grantPermission({ id, key }));
      out.result(changed, () => (changed.granted ? `${id} may use ${key}.\n` : `${id} may no longer use ${key}. Give it back with: troupe permissions grant ${id} ${key}\n`));
      return;
    }
    const { permissions: list } = await client.call.plugins.permissions(first === undefined ? {} : { id: first });
    const approvals = first === undefined ? (await client.call.runs.approvals({})).approvals : [];
    if (list.length === 0) out.say('Nothing that is installed asks for a permission.');
    out.result({ permissions: list, approvals }, () => table([...list.map(permissionLine), ...approvals.map((one) => [one.hireName, one.toolId, one.decision === 'allow' ? 'allowed' : 'not allowed', one.scope === 'always' ? 'always' : 'in one conversation', ''])]));
  },
};
