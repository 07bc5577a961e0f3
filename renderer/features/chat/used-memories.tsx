import { UnstyledButton } from '@mantine/core';
import { Brain, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { UsedMemory } from '../../../contract/model/memory.ts';
import { T } from '../../lib/text.tsx';
import classes from './message.module.css';

/** What the agent remembered for this answer, in the words that it had then. */
export function UsedMemories({ memories }: { memories: readonly UsedMemory[] }) {
  const [opened, setOpened] = useState(false);
  return (
    <div>
      <UnstyledButton className={classes.fold} aria-expanded={opened} onClick={() => { setOpened((before) => !before); }}>
        <ChevronRight size={14} aria-hidden data-opened={opened || undefined} /> <Brain size={14} aria-hidden /> <T id="chat.remembered" values={{ count: memories.length }} />
      </UnstyledButton>
      {opened ? (
        <div className={classes.usedBox}>
          <ul>{memories.map(({ id, text }) => <li key={id}>{text}</li>)}</ul>
          <Link to="/memory"><T id="chat.openMemory" /></Link>
        </div>
      ) : null}
    </div>
  );
}
