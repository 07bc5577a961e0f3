import { Button, Group, Radio } from '@mantine/core';
import { Clock, Cpu, FlaskConical, Plug } from 'lucide-react';
import { useState } from 'react';
import { T, useText } from '../../lib/text.tsx';
import { ConnectForm } from './connect-form.tsx';
import classes from './onboarding.module.css';

const WAYS = [['practice', FlaskConical], ['connect', Plug], ['computer', Cpu], ['later', Clock]] as const;

/** What agents think with: the practice model at once, a model of the person's own, or to be decided later. */
export function ModelStep({ onDone }: { onDone: () => void }) {
  const t = useText();
  const [way, setWay] = useState('practice');
  return (
    <>
      <h1 className={classes.title}><T id="onboarding.modelTitle" /></h1>
      <p className={classes.line}><T id="onboarding.modelLine" /></p>
      <Radio.Group value={way} onChange={setWay} aria-label={t('onboarding.modelTitle')}>
        <div className={classes.ways}>
          {WAYS.map(([name, Icon]) => (
            <Radio.Card key={name} value={name} className={classes.way ?? ''}>
              <Icon size={20} aria-hidden />
              <span className={classes.wayWords}><span className={classes.wayName}><T id={`onboarding.way.${name}`} /></span><span className={classes.wayLine}><T id={`onboarding.wayLine.${name}`} /></span></span>
              <Radio.Indicator />
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      {way === 'connect' ? <ConnectForm onDone={onDone} /> : <Group justify="flex-end" mt="lg"><Button onClick={onDone}><T id="onboarding.next" /></Button></Group>}
    </>
  );
}
