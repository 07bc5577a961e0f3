import { Modal, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { pathOf, readDeepLink } from '../../../contract/model/deep-link.ts';
import { OWN } from '../../../contract/model/ids.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { useArchiveWaits, useOpenings, type Opening } from '../../bridge/openings.ts';
import { callProcedure } from '../../bridge/procedures.ts';
import { T, useText } from '../../lib/text.tsx';

/** Goes where a link from outside leads, and to the plugins with an archive, which are side-loaded there. It does nothing else with them. */
export function Opener() {
  const t = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { client } = useBridge();
  const [problem, setProblem] = useState<string | null>(null);
  const archive = useArchiveWaits();
  useEffect(() => { if (archive && pathname !== '/plugins') void navigate('/plugins'); }, [archive, pathname, navigate]);

  const openRun = (id: string): void => {
    callProcedure(client, 'runs', 'get', { id }).then(({ conversationId, pluginId }) => {
      if (conversationId !== null) void navigate(`/chat/${conversationId}`);
      else void navigate(pluginId === null || pluginId === OWN ? '/builder' : `/marketplace/${pluginId}?tab=activity`);
    }, (error: Error) => { setProblem(error.message); });
  };
  const open = (opening: Opening): void => {
    setProblem(null);
    if (opening.kind === 'unreadable') setProblem(t(opening.reason === 'missing' ? 'opening.missing' : 'opening.tooLarge', { name: opening.name }));
    if (opening.kind !== 'link') return;
    const read = readDeepLink(opening.text);
    if ('problem' in read) setProblem(read.problem);
    else if (read.link.to === 'run') openRun(read.link.id);
    else void navigate(pathOf(read.link));
  };
  useOpenings(({ kind }) => kind !== 'archive', open);
  return (
    <Modal opened={problem !== null} onClose={() => { setProblem(null); }} title={t('opening.failed')} closeButtonProps={{ 'aria-label': t('install.close') }}>
      <Stack gap={12}><Text role="alert">{problem}</Text><Text size="sm" c="dimmed"><T id="opening.kept" /></Text></Stack>
    </Modal>
  );
}
