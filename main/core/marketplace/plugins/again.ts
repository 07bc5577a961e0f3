/** An operation that ended is begun once more, by what the store has of it: the page that asked for it may be gone. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { OperationKind } from '../../../../contract/model/plugin.ts';
import type { WriteRequest } from '../../base/store/index.ts';
import type { Plugins } from './plugins.ts';

/** What `startOperation` stored, by the kind of the operation. Written by this room alone. */
type Asked = { lockfile?: string; sideLoad?: true; id: string; range?: string | null; registry?: string; grantAll?: boolean; keepData?: boolean };

export const noOperation = (operationId: string): AppError =>
  new AppError('plugins/no-operation', `There is no operation ${operationId}. It may have ended long ago; open the list of what is installed.`, { details: { operationId } });

/** @throws AppError `core/bad-input` for what was picked from this machine, and those of what is begun */
export async function again(plugins: Plugins, { kind, input }: { kind: OperationKind; input: string }, request: WriteRequest | undefined): Promise<{ operationId: string }> {
  const { lockfile, sideLoad, id, range, registry, grantAll = false, keepData = true } = JSON.parse(input) as Asked;
  if (sideLoad) throw new AppError('core/bad-input', `${id} came from this machine, and what was picked then is not kept. Pick its file or folder again.`, { details: { id } });
  if (lockfile !== undefined) return plugins.installSet({ lockfile, grantAll }, request);
  switch (kind) {
    case 'install': return plugins.install({ id, range: range ?? undefined, registry, grantAll }, request);
    case 'update': return plugins.update({ id, range: range ?? undefined, grantAll }, request);
    case 'rollback': return plugins.rollback({ id }, request);
    case 'uninstall': return plugins.uninstall({ id, keepData }, request);
  }
}
