import { Button, UnstyledButton } from '@mantine/core';
import { ChevronRight, Users } from 'lucide-react';
import { Link } from 'react-router';
import type { Hireable } from '../../../../contract/model/team.ts';
import { useUnsigned } from '../../../bridge/use-unsigned.ts';
import { AgentAvatar } from '../../../components/agent-avatar/agent-avatar.tsx';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { UnsignedMark } from '../../../components/unsigned-mark/unsigned-mark.tsx';
import { T } from '../../../lib/text.tsx';
import classes from '../team.module.css';

/** The agents that installed plugins offer, under their plugin. `missing`: the plugin that was asked for offers none. */
export function ChooseAgent({ agents, missing, onChoose }: { agents: readonly Hireable[]; missing: boolean; onChoose: (agent: Hireable) => void }) {
  const isUnsigned = useUnsigned();
  if (agents.length === 0) {
    return <EmptyState icon={<Users size={22} />} title={<T id="team.noneToHire" />} line={<T id="team.noneToHireLine" />} action={<Button component={Link} to="/marketplace?kind=agent"><T id="team.toMarket" /></Button>} />;
  }
  const plugins = [...new Set(agents.map(({ pluginId }) => pluginId))];
  return (
    <>
      {missing ? <p className={classes.help} role="status"><T id="team.pluginMissing" /></p> : null}
      {plugins.map((pluginId) => {
        const own = agents.filter((agent) => agent.pluginId === pluginId);
        return (
          <section key={pluginId}>
            <h3 className={classes.group}>{own[0]?.pluginName ?? pluginId}{isUnsigned(pluginId) ? <UnsignedMark /> : null}</h3>
            <ul className={classes.choices}>
              {own.map((agent, at) => (
                <li key={agent.agentId}>
                  <UnstyledButton className={classes.choice} data-autofocus={(pluginId === plugins[0] && at === 0) || undefined} onClick={() => { onChoose(agent); }}>
                    <AgentAvatar name={agent.name} size={36} />
                    <span className={classes.choiceWords}><span className={classes.name}>{agent.name}</span><span className={classes.help}>{agent.description || agent.role}</span></span>
                    <ChevronRight size={16} aria-hidden />
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <Link to="/marketplace?kind=agent" className={classes.textLink}><T id="team.findMore" /></Link>
    </>
  );
}
