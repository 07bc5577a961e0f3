import type { FoundServer } from '../../../../contract/model/model-ref.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { FoundServers, newServers } from '../../../components/found-servers/found-servers.tsx';
import { SettingGroup } from '../../../components/setting/setting.tsx';
import { T } from '../../../lib/text.tsx';

/** What runs on this machine and is not added yet; nothing while there is none. `onKeyNeeded`: one that a press alone cannot add. */
export function FoundHere({ onKeyNeeded }: { onKeyNeeded: (server: FoundServer) => void }) {
  const servers = newServers(useCall('models', 'discover', {}).data?.servers);
  const add = useChange('models', 'add');
  if (servers.length === 0) return null;
  return (
    <SettingGroup title={<T id="found.title" />} line={<T id="found.line" />}>
      <FoundServers servers={servers} adding={add.isPending ? add.variables.baseUrl : null}
        onAdd={(server) => { if (server.needsKey) onKeyNeeded(server); else add.mutate({ baseUrl: server.baseUrl, ...(server.preset !== null && { preset: server.preset }) }); }} />
      {add.error ? <Failure error={add.error} compact /> : null}
    </SettingGroup>
  );
}
