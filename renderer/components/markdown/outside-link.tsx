import { Button, CopyButton, Group, Popover, Text } from '@mantine/core';
import { ExternalLink, Mail } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { T } from '../../lib/text.tsx';
import classes from './markdown.module.css';
import { misleads, safeAddress } from './safe-address.ts';

/**
 * A link out of somebody else's text. It is a button and not an anchor, so that no click, middle click or drag leads
 * anywhere before the person has seen the host. An address that may not be opened is shown as text.
 */
export function OutsideLink({ href, words, children }: { href: string; words: string; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const address = safeAddress(href);
  if (!address) return <span>{children}{href !== '' && !words.includes(href) ? <span className={classes.address}> ({shorten(href)})</span> : null}</span>;
  const open = (): void => { window.open(address.href, '_blank', 'noopener,noreferrer'); setOpened(false); };
  return (
    <>
      <Popover opened={opened} onChange={setOpened} width={320} position="bottom-start" withArrow trapFocus returnFocus withinPortal>
        <Popover.Target>
          <button type="button" className={classes.link} onClick={() => { setOpened((before) => !before); }}>{children}</button>
        </Popover.Target>
        <Popover.Dropdown>
          <Text size="sm" c="dimmed"><T id={address.kind === 'mail' ? 'markdown.writesTo' : 'markdown.leadsTo'} /></Text>
          <Text fw={600} className={classes.host}>{address.shown}</Text>
          {address.kind === 'web' ? <Text size="xs" c="dimmed" className={classes.host} lineClamp={4}>{address.href}</Text> : null}
          <Group mt="sm" gap="xs">
            <Button size="xs" leftSection={address.kind === 'mail' ? <Mail size={14} aria-hidden /> : <ExternalLink size={14} aria-hidden />} onClick={open}>
              <T id={address.kind === 'mail' ? 'markdown.write' : 'markdown.open'} />
            </Button>
            <CopyButton value={address.kind === 'mail' ? address.shown : address.href}>
              {({ copied, copy }) => <Button size="xs" variant="default" onClick={copy}><T id={copied ? 'markdown.copied' : 'markdown.copyAddress'} /></Button>}
            </CopyButton>
          </Group>
        </Popover.Dropdown>
      </Popover>
      {misleads(words, address) ? <span className={classes.address}> ({address.shown})</span> : null}
    </>
  );
}

const shorten = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
