import { useParams } from 'react-router';
import { useCall } from '../../bridge/use-call.ts';
import { HireDialog } from './hire/hire-dialog.tsx';
import { SetupDialog } from './setup-dialog.tsx';
import { TeamList } from './team-list.tsx';

/** `/team`; over it `/team/hire?plugin=&agent=` and `/team/<hire>/setup`. */
export function TeamScreen() {
  const { '*': rest = '' } = useParams();
  const team = useCall('team', 'list', {});
  const [id, what] = rest.split('/');
  const hire = what === 'setup' ? team.data?.hires.find((candidate) => candidate.id === id) : undefined;
  return (
    <>
      <TeamList team={team} />
      {rest === 'hire' && team.data ? <HireDialog hires={team.data.hires} /> : null}
      {hire ? <SetupDialog hire={hire} /> : null}
    </>
  );
}
