import { Button, Code, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { adviceFor } from '../../lib/advice.ts';
import { T, useText } from '../../lib/text.tsx';
import classes from './failure.module.css';

export interface FailureProps {
  error: unknown;
  /** Message id of a sentence that says what was kept. */
  kept?: string;
  onRetry?: () => void;
  /** In a card of a screen instead of the whole screen. */
  compact?: boolean;
  /** 1 where it stands instead of a whole screen with its heading. */
  level?: 1 | 2;
}

/** An error for people: what happened, what was kept, what to do, and the details to copy. */
export function Failure({ error, kept, onRetry, compact = false, level = 2 }: FailureProps) {
  const t = useText();
  const { code, message, words } = describe(error);
  const details = `${code}\n${message}`;
  return (
    <Stack role="alert" gap={8} className={compact ? classes.compact : classes.root}>
      <Group gap={8} wrap="nowrap" align="center">
        <TriangleAlert size={18} className={classes.icon} aria-hidden />
        <Title order={level} size="h3">{t(`${words}.title`)}</Title>
      </Group>
      <Text>{message}</Text>
      <Text c="dimmed">{t(`${words}.advice`)}</Text>
      {kept && <Text c="dimmed">{t(kept)}</Text>}
      <Group gap={8} mt={4}>
        {onRetry && <Button onClick={onRetry}><T id="failure.retry" /></Button>}
        <CopyButton value={details}>{({ copied, copy }) => <Button variant="default" onClick={copy}>{copied ? t('failure.copied') : t('failure.copy')}</Button>}</CopyButton>
      </Group>
      <Code className={classes.code}>{code}</Code>
    </Stack>
  );
}

/** The code, sentence and advice of anything thrown. */
export function describe(error: unknown): { code: string; message: string; words: string } {
  const given = typeof error === 'object' && error !== null ? (error as { code?: unknown; message?: unknown }) : {};
  const code = typeof given.code === 'string' ? given.code : 'core/internal';
  return { code, message: typeof given.message === 'string' ? given.message : String(error), words: adviceFor(code) };
}
