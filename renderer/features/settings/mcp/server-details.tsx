import { Badge, Button, Select, Skeleton } from '@mantine/core';
import { useIntl } from 'react-intl';
import type { McpDefinition, McpServer, McpTool } from '../../../../contract/model/mcp.ts';
import { useCall, useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { PlainBox } from '../../../components/tool-call/plain-box.tsx';
import { visibleLine } from '../../../components/tool-call/visible-text.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './mcp.module.css';

const EFFECTS = ['read', 'write', 'destructive'] as const;

/** What a server offers and what it wrote lately. */
export function ServerDetails({ server }: { server: McpServer }) {
  const t = useText();
  const intl = useIntl();
  const tools = useCall('mcp', 'tools', { id: server.id });
  const log = useCall('mcp', 'log', { id: server.id });
  const lines = log.data?.lines ?? [];
  return (
    <>
      <h3 className={classes.heading}><T id="settings.mcp.tools" /></h3>
      {tools.isPending && <Skeleton height={36} />}
      {tools.error && <Failure error={tools.error} compact onRetry={() => { void tools.refetch(); }} />}
      {tools.data && tools.data.tools.length === 0 && <p className={classes.quiet}><T id="settings.mcp.noTools" /></p>}
      {tools.data && tools.data.tools.length > 0 && <p className={classes.quiet}><T id="settings.mcp.readWarning" /></p>}
      <ul className={classes.tools}>{(tools.data?.tools ?? []).map((tool, index) => <ToolRow key={`${tool.state} ${tool.name} ${index}`} serverId={server.id} tool={tool} />)}</ul>
      <h3 className={classes.heading}><T id="settings.mcp.log" /></h3>
      {log.error && <Failure error={log.error} compact onRetry={() => { void log.refetch(); }} />}
      {log.data && lines.length === 0 && <p className={classes.quiet}><T id="settings.mcp.noLog" /></p>}
      {lines.length > 0 && <PlainBox label={t('settings.mcp.logOf', { name: server.name })} text={lines.map(({ at, source, text }) => `${intl.formatTime(at, { timeStyle: 'medium' })} ${source} ${text}`).join('\n')} />}
    </>
  );
}

/** One tool: the words are its server's, so they stand as plain text; the choice and the button are the app's. */
function ToolRow({ serverId, tool }: { serverId: string; tool: McpTool }) {
  const t = useText();
  const setEffect = useChange('mcp', 'setEffect');
  const accept = useChange('mcp', 'acceptTool');
  const name = visibleLine(tool.name, 60);
  const shown = tool.pinned ?? tool.seen;
  return (
    <li className={classes.tool}>
      <div className={classes.toolHead}>
        <div className={classes.toolWords}>
          <span className={classes.toolName}>{name}</span>{' '}
          {tool.state !== 'ready' && <Badge color="gray" variant="default" radius="sm" tt="none" fw={500}><T id={`settings.mcp.tool.${tool.state}`} /></Badge>}
          {tool.state !== 'changed' && <p className={classes.quiet}>{tool.problem ?? visibleLine(shown?.description ?? '', 300)}</p>}
        </div>
        {tool.state !== 'refused' && <Select size="xs" w={190} allowDeselect={false} aria-label={t('settings.mcp.effectOf', { tool: name })} value={tool.effect} disabled={setEffect.isPending}
          data={EFFECTS.map((effect) => ({ value: effect, label: t(`approval.effect.${effect}`) }))} onChange={(effect) => { if (effect !== null) setEffect.mutate({ id: serverId, tool: tool.name, effect }); }} />}
      </div>
      {tool.state === 'changed' && tool.pinned && <PlainBox label={t('settings.mcp.before', { tool: name })} text={words(tool.pinned)} />}
      {tool.seen && <PlainBox label={t('settings.mcp.now', { tool: name })} text={words(tool.seen)} />}
      {tool.seen && <Button size="xs" mt={8} variant="default" loading={accept.isPending} aria-label={t('settings.mcp.acceptNamed', { tool: name })} onClick={() => { accept.mutate({ id: serverId, tool: tool.name, hash: tool.hash }); }}><T id="settings.mcp.accept" /></Button>}
      {(accept.error ?? setEffect.error) && <Failure error={accept.error ?? setEffect.error} compact />}
    </li>
  );
}

const words = ({ title, description, input, output }: McpDefinition): string => [title, description, JSON.stringify(input, null, 2), ...(output === null ? [] : [JSON.stringify(output, null, 2)])].join('\n\n');
