import { Button, Modal, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Hire } from '../../../contract/model/team.ts';
import { useChange } from '../../bridge/use-call.ts';
import { AgentAvatar } from '../../components/agent-avatar/agent-avatar.tsx';
import { Failure } from '../../components/failure/failure.tsx';
import { T, useText } from '../../lib/text.tsx';

/** Gives the conversation to somebody else of the team, who goes on with what was said. */
export function HandOver({ opened, id, hireId, hires, onClose }: { opened: boolean; id: string; hireId: string; hires: readonly Hire[]; onClose: () => void }) {
  const t = useText();
  const handOver = useChange('chat', 'handOver', { onDone: onClose });
  const others = hires.filter((hire) => hire.id !== hireId && hire.status !== 'paused');
  return (
    <Modal opened={opened} onClose={onClose} title={t('chat.handOver.title')} closeButtonProps={{ 'aria-label': t('install.close') }}>
      <Stack gap={12}>
        <Text size="sm" c="dimmed"><T id={others.length === 0 ? 'chat.handOver.nobody' : 'chat.handOver.line'} /></Text>
        {others.length === 0 ? <Button component={Link} to="/team"><T id="chat.handOver.toTeam" /></Button> : null}
        {others.map((hire) => (
          <Button key={hire.id} variant="default" justify="flex-start" fullWidth leftSection={<AgentAvatar name={hire.name} size={24} {...hire.avatar} />} loading={handOver.isPending && handOver.variables.hireId === hire.id} onClick={() => { handOver.mutate({ id, hireId: hire.id }); }}>{hire.name}</Button>
        ))}
        {handOver.error ? <Failure compact error={handOver.error} /> : null}
      </Stack>
    </Modal>
  );
}
