import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { PluginCheck } from '../../../contract/model/configuration.ts';
import { useText } from '../../lib/text.tsx';
import classes from './configuration-form.module.css';

const ICONS = { ok: CircleCheck, failed: CircleAlert, none: Info };

/** What the plugin's own checks said. Their text is the plugin's and shown as text. */
export function CheckResultView({ check }: { check: PluginCheck }) {
  const t = useText();
  const none = check.credentials.state === 'none' && check.health.state === 'none';
  const lines = none ? [{ name: 'any', ...check.credentials }] : [{ name: 'credentials', ...check.credentials }, { name: 'health', ...check.health }].filter(({ state }) => state !== 'none');
  return (
    <div role="status"><ul className={classes.results}>
      {lines.map(({ name, state, message }) => {
        const Icon = ICONS[state];
        return <li key={name} data-state={state}><Icon size={16} aria-hidden /><span>{t(`configuration.check.${name}.${state}`)}{message !== null && <span className={classes.said}>{message}</span>}</span></li>;
      })}
    </ul></div>
  );
}
