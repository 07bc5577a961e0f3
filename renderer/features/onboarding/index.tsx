import { Button } from '@mantine/core';
import { useNavigate } from 'react-router';
import { useSettings } from '../../bridge/use-settings.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { T, useText } from '../../lib/text.tsx';
import { AgentStep } from './agent-step.tsx';
import { MessageStep } from './message-step.tsx';
import { ModelStep } from './model-step.tsx';
import classes from './onboarding.module.css';
import { beginAnew, goTo, STEPS, useProgress } from './progress.ts';

/** Three steps to the first answer. Each can be skipped, and all of it. */
export function OnboardingScreen() {
  const t = useText();
  usePageTitle(t('onboarding.title'));
  const navigate = useNavigate();
  const { change } = useSettings();
  const step = useProgress((progress) => progress.step);
  const at = STEPS.indexOf(step);
  const leave = (to: string): void => {
    change({ onboardingDone: true });
    beginAnew();
    void navigate(to, { replace: true });
  };
  return (
    <main id="content" className={classes.screen}>
      <div className={classes.top}>
        <ol className={classes.steps} aria-label={t('onboarding.steps')}>
          {STEPS.map((name, index) => <li key={name} aria-current={name === step ? 'step' : undefined} data-done={index < at || undefined}><span className={classes.number} aria-hidden>{index + 1}</span><T id={`onboarding.step.${name}`} /></li>)}
        </ol>
        <Button variant="subtle" color="gray" size="xs" onClick={() => { leave('/'); }}><T id="onboarding.skipAll" /></Button>
      </div>
      <div className={classes.card}>
        {step === 'model' ? <ModelStep onDone={() => { goTo('agent'); }} /> : null}
        {step === 'agent' ? <AgentStep onBack={() => { goTo('model'); }} onHired={(hireId) => { useProgress.setState({ hireId, step: 'message' }); }} onSkip={() => { leave('/'); }} /> : null}
        {step === 'message' ? <MessageStep onBack={() => { goTo('agent'); }} onSent={(conversationId) => { leave(`/chat/${conversationId}`); }} /> : null}
      </div>
    </main>
  );
}
