import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Hireable } from '../../../../contract/model/team.ts';
import { useUnsigned } from '../../../bridge/use-unsigned.ts';
import { AgentAvatar } from '../../../components/agent-avatar/agent-avatar.tsx';
import { UnsignedMark } from '../../../components/unsigned-mark/unsigned-mark.tsx';
import { useText } from '../../../lib/text.tsx';
import { nameProblem } from '../../../lib/suggest-name.ts';
import classes from '../team.module.css';

/** The name of the agent on the team, suggested, checked when the field is left. */
export function NameStep({ agent, name, taken, refused, onChange }: { agent: Hireable; name: string; taken: readonly string[]; refused: boolean; onChange: (name: string) => void }) {
  const t = useText();
  const isUnsigned = useUnsigned();
  const [left, setLeft] = useState(false);
  const problem = refused ? 'team.nameTaken' : left ? nameProblem(name, taken) : null;
  return (
    <>
      <div className={classes.preview}>
        <AgentAvatar name={name.trim() || '?'} size={48} />
        <div className={classes.who}><div className={classes.name}>{name.trim() || '…'}</div><div className={classes.sub}><span className={classes.cut}>{agent.role || agent.name}</span><span className={classes.from}>{agent.pluginName}</span>{isUnsigned(agent.pluginId) ? <UnsignedMark /> : null}</div></div>
      </div>
      <TextInput data-autofocus label={t('team.name')} description={t('team.nameHelp')} placeholder={agent.name} required withAsterisk={false} maxLength={80} autoComplete="off" value={name} error={problem === null ? null : t(problem)}
        onChange={(event) => { onChange(event.currentTarget.value); }} onBlur={() => { setLeft(true); }} />
    </>
  );
}
