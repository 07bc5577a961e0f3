import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { ArrowRightLeft, Brain, Check, Copy, Download, Ellipsis } from 'lucide-react';
import { Link } from 'react-router';
import type { ExportFormat } from '../../../contract/model/chat.ts';
import type { CallError } from '../../bridge/procedures.ts';
import { callProcedure } from '../../bridge/procedures.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { saveText } from '../../lib/save-text.ts';
import { T, useText } from '../../lib/text.tsx';

interface Props { id: string; onHandOver: (() => void) | null; onError: (error: CallError | null) => void }

/** Takes the whole conversation out of the app: to the clipboard, or to a file. */
export function ConversationMenu({ id, onHandOver, onError }: Props) {
  const t = useText();
  const { client } = useBridge();
  const clipboard = useClipboard({ timeout: 1500 });
  const take = (format: ExportFormat, use: (file: { name: string; mediaType: string; text: string }) => void) => (): void => {
    onError(null);
    callProcedure(client, 'chat', 'export', { id, format }).then(use, (error: unknown) => { onError(error as CallError); });
  };
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
      <Menu.Target><Tooltip label={t('chat.take')}><ActionIcon aria-label={t(clipboard.copied ? 'chat.copied' : 'chat.take')}>{clipboard.copied ? <Check size={17} aria-hidden /> : <Ellipsis size={17} aria-hidden />}</ActionIcon></Tooltip></Menu.Target>
      <Menu.Dropdown>
        {onHandOver ? <Menu.Item leftSection={<ArrowRightLeft size={14} aria-hidden />} onClick={onHandOver}><T id="chat.handOver" /></Menu.Item> : null}
        <Menu.Item component={Link} to={`/memory?of=conversation:${id}`} leftSection={<Brain size={14} aria-hidden />}><T id="chat.memory" /></Menu.Item>
        <Menu.Item leftSection={<Copy size={14} aria-hidden />} onClick={take('markdown', ({ text }) => { clipboard.copy(text); })}><T id="chat.copyAll" /></Menu.Item>
        <Menu.Item leftSection={<Download size={14} aria-hidden />} onClick={take('markdown', saveText)}><T id="chat.saveMarkdown" /></Menu.Item>
        <Menu.Item leftSection={<Download size={14} aria-hidden />} onClick={take('html', saveText)}><T id="chat.saveHtml" /></Menu.Item>
        <Menu.Item leftSection={<Download size={14} aria-hidden />} onClick={take('json', saveText)}><T id="chat.saveJson" /></Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
