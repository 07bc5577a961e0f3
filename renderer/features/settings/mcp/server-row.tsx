import { ActionIcon, Button, Switch, Tooltip } from '@mantine/core';
import { CircleAlert, CircleCheck, CircleDashed, CircleOff, CirclePause, KeyRound, Loader, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { McpServer, McpTest } from '../../../../contract/model/mcp.ts';
import { useChange } from '../../../bridge/use-call.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import { Setting } from '../../../components/setting/setting.tsx';
import { showUndo } from '../../../components/undo-toast/undo-toast.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './mcp.module.css';
import { ServerDetails } from './server-details.tsx';

const MARKS = { off: CircleOff, idle: CircleDashed, starting: Loader, ready: CircleCheck, failing: CircleAlert, waiting: CirclePause, values: KeyRound, signIn: KeyRound } as const;
const TONES = { off: 'quietMark', idle: 'quietMark', starting: 'quietMark', ready: 'ready', failing: 'bad', waiting: 'waits', values: 'waits', signIn: 'waits' } as const;

/** One server: how it is reached and stands, a test, and what can be done with it. */
export function ServerRow({ server, onChange }: { server: McpServer; onChange: () => void }) {
  const t = useText();
  const { name, state, transport } = server;
  const [opened, setOpened] = useState(false);
  const test = useChange('mcp', 'test', { onDone: ({ ok }) => { if (ok) setOpened(true); } });
  const signIn = useChange('mcp', 'signIn', { onDone({ signInAt }) { if (signInAt !== null) window.open(signInAt, '_blank', 'noopener'); } });
  const signOut = useChange('mcp', 'signOut');
  const enable = useChange('mcp', 'setEnabled');
  const restore = useChange('mcp', 'restore');
  const remove = useChange('mcp', 'remove', { onDone: () => { showUndo(t('settings.mcp.removed', { name }), () => { restore.mutate({ id: server.id }); }); } });
  const Mark = MARKS[state];
  const failed = enable.error ?? signIn.error ?? signOut.error ?? remove.error ?? test.error;
  return (
    <div>
      <Setting icon={<Mark size={18} strokeWidth={1.75} className={classes[TONES[state]]} role="img" aria-label={t(`settings.mcp.state.${state}`)} />} title={name}
        line={<>
          {t('settings.mcp.summary', { state: t(`settings.mcp.state.${state}`), tools: server.tools })}
          <span className={classes.reached}>{transport.kind === 'http' ? transport.url : t('settings.mcp.commandLine', { command: transport.command, arguments: transport.args.join(' ') })}</span>
          {state === 'values' && <span className={classes.look}>{t('settings.mcp.missing', { names: server.missing.join(', ') })}</span>}
          {(state === 'failing' || state === 'waiting') && server.message !== null && <span className={classes.problem}>{server.message}</span>}
          {server.paused > 0 && <span className={classes.look}>{t('settings.mcp.paused', { count: server.paused })}</span>}
        </>}
        control={<>
          <Switch aria-label={t('settings.mcp.on', { name })} checked={server.enabled} onChange={(event) => { enable.mutate({ id: server.id, enabled: event.currentTarget.checked }); }} />
          <Button size="xs" variant="default" disabled={!server.enabled} loading={test.isPending} aria-label={t('settings.mcp.testNamed', { name })} onClick={() => { test.mutate({ id: server.id }); }}><T id="settings.mcp.test" /></Button>
          <Tooltip label={t('settings.mcp.changeNamed', { name })}><ActionIcon aria-label={t('settings.mcp.changeNamed', { name })} onClick={onChange}><Pencil size={16} strokeWidth={1.75} /></ActionIcon></Tooltip>
          <Tooltip label={t('settings.mcp.removeNamed', { name })}><ActionIcon aria-label={t('settings.mcp.removeNamed', { name })} loading={remove.isPending} onClick={() => { remove.mutate({ id: server.id }); }}><Trash2 size={16} strokeWidth={1.75} /></ActionIcon></Tooltip>
        </>} />
      <div className={classes.more}>
        {failed && <Failure error={failed} compact />}
        {state === 'signIn' && <Button size="xs" mb={8} loading={signIn.isPending} aria-label={t('settings.mcp.signInNamed', { name })} onClick={() => { signIn.mutate({ id: server.id }); }}><T id="settings.mcp.signIn" /></Button>}
        {signIn.data && signIn.data.signInAt !== null && state === 'signIn' && <p role="status" className={classes.quiet}><T id="settings.mcp.signInElsewhere" /></p>}
        {server.signedIn === true && <p className={classes.quiet}><T id="settings.mcp.signedIn" />{' '}<Button size="compact-xs" variant="subtle" aria-label={t('settings.mcp.signOutNamed', { name })} onClick={() => { signOut.mutate({ id: server.id }); }}><T id="settings.mcp.signOut" /></Button></p>}
        {test.data && <TestResult test={test.data} />}
        <details open={opened} onToggle={(event) => { setOpened(event.currentTarget.open); }}>
          <summary>{t('settings.mcp.more')}<span className="unseen">{t('settings.mcp.moreOf', { name })}</span></summary>
          {opened && <ServerDetails server={server} />}
        </details>
      </div>
    </div>
  );
}

function TestResult({ test }: { test: McpTest }) {
  const t = useText();
  return test.ok
    ? <p role="status" className={classes.quiet}>{t('settings.mcp.tested', { server: test.server ?? '–', ms: test.milliseconds, count: test.tools.length })}</p>
    : <p role="alert" className={classes.problem}>{test.message}</p>;
}
