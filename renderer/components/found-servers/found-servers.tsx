import { Button } from '@mantine/core';
import { Cpu } from 'lucide-react';
import type { FoundServer } from '../../../contract/model/model-ref.ts';
import { T, useText } from '../../lib/text.tsx';
import { Setting } from '../setting/setting.tsx';

interface Props {
  servers: readonly FoundServer[];
  /** The address of the one that is being added; null when none is. */
  adding: string | null;
  onAdd(server: FoundServer): void;
}

/** Those that are not added yet. */
export const newServers = (servers: readonly FoundServer[] | undefined): FoundServer[] => (servers ?? []).filter(({ providerId }) => providerId === null);

/** Servers of models that run on this machine, each with a button that adds it. */
export function FoundServers({ servers, adding, onAdd }: Props) {
  const t = useText();
  return servers.map((server) => (
    <Setting key={server.baseUrl} icon={<Cpu size={18} strokeWidth={1.75} aria-hidden />} title={server.name}
      line={<>{new URL(server.baseUrl).host}{' · '}{server.needsKey ? t('found.needsKey') : t('found.models', { count: server.models.length, first: server.models[0] ?? '' })}</>}
      control={<Button size="xs" variant="default" loading={adding === server.baseUrl} disabled={adding !== null} aria-label={t('found.addNamed', { name: server.name })} onClick={() => { onAdd(server); }}><T id="found.add" /></Button>} />
  ));
}
