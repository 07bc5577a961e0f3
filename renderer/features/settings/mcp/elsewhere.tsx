import { Button, Group, Stack, Text } from '@mantine/core';
import { T } from '../../../lib/text.tsx';

/** Says that the person confirms it on a page of the core's own, which a script of this page cannot reach. */
export function Elsewhere({ address, onClose }: { address: string; onClose: () => void }) {
  return (
    <Stack gap={16}>
      <Text role="status"><T id="settings.mcp.elsewhere" /></Text>
      <Group gap={8} justify="flex-end">
        <Button variant="default" onClick={() => { window.open(address, '_blank', 'noopener'); }}><T id="settings.mcp.open" /></Button>
        <Button onClick={onClose}><T id="settings.mcp.close" /></Button>
      </Group>
    </Stack>
  );
}
