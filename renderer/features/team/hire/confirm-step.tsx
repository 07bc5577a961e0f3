import { formatModelRef } from '../../../../contract/model/model-ref.ts';
import type { FolderGrant } from '../../../../contract/model/plugin.ts';
import type { Hireable } from '../../../../contract/model/team.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { useUnsigned } from '../../../bridge/use-unsigned.ts';
import { AgentAvatar } from '../../../components/agent-avatar/agent-avatar.tsx';
import { UnsignedMark } from '../../../components/unsigned-mark/unsigned-mark.tsx';
import { T } from '../../../lib/text.tsx';
import classes from '../team.module.css';

/** All that was chosen, once more, before the agent joins. */
export function ConfirmStep({ agent, name, model, folders }: { agent: Hireable; name: string; model: string | null; folders: readonly FolderGrant[] }) {
  const isUnsigned = useUnsigned();
  const list = useCall('models', 'list', {});
  const ref = model ?? list.data?.default;
  const info = list.data?.models.find((candidate) => formatModelRef(candidate) === ref);
  return (
    <>
      <div className={classes.preview}>
        <AgentAvatar name={name} size={48} />
        <div className={classes.who}><div className={classes.name}>{name.trim()}</div><div className={classes.sub}><span className={classes.cut}>{agent.role || agent.name}</span><span className={classes.from}>{agent.pluginName}</span>{isUnsigned(agent.pluginId) ? <UnsignedMark /> : null}</div></div>
      </div>
      <dl className={classes.facts}>
        {agent.goal === '' ? null : <><dt><T id="team.goal" /></dt><dd>{agent.goal}</dd></>}
        <dt><T id="team.model" /></dt><dd>{info?.label ?? ref ?? '…'} {info?.practice ? <T id="team.practiceMark" /> : null}</dd>
        <dt><T id="team.tools" /></dt><dd>{agent.tools.length === 0 ? <T id="team.noTools" /> : agent.tools.join(', ')}</dd>
        {folders.map((folder) => <FolderFact key={folder.key} folder={folder} />)}
      </dl>
      <p className={classes.help}><T id="team.asksFirst" /></p>
    </>
  );
}

function FolderFact({ folder }: { folder: FolderGrant }) {
  return <><dt><T id="team.folder" values={{ key: folder.key }} /></dt><dd className={classes.path}>{folder.path ?? <T id="team.noFolder" />}</dd></>;
}
