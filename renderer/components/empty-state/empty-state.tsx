import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

/** An empty list or a missing thing: what this place is for and what to do next. */
export function EmptyState({ icon, title, line, action, level = 2 }: { icon?: ReactNode; title: ReactNode; line?: ReactNode; action?: ReactNode;
  /** 1 where it is the whole screen. */
  level?: 1 | 2 }) {
  return (
    <Stack align="center" gap={8} className={classes.root}>
      {icon && <div className={classes.icon} aria-hidden>{icon}</div>}
      <Title order={level} size="h3" ta="center">{title}</Title>
      {line && <Text c="dimmed" ta="center" maw={420}>{line}</Text>}
      {action && <div className={classes.action}>{action}</div>}
    </Stack>
  );
}
