import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { T } from '../../lib/text.tsx';

/** Says that something is gone and offers to take it back for ten seconds. */
export function showUndo(message: string, onUndo: () => void): void {
  const id = notifications.show({
    autoClose: 10_000,
    withCloseButton: true,
    closeButtonProps: { children: <span className="unseen"><T id="install.close" /></span> },
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <span style={{ overflowWrap: 'anywhere' }}>{message}</span>
        <Button size="compact-sm" variant="default" onClick={() => { notifications.hide(id); onUndo(); }}><T id="undo.undo" /></Button>
      </Group>
    ),
  });
}
