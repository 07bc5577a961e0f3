import type { BuiltinTool } from '../../../../contract/model/tool.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './tools.module.css';

/** What an agent can do with a connection, and whether it asks first. */
export function ToolOffers({ tools }: { tools: readonly BuiltinTool[] }) {
  const t = useText();
  return <ul className={classes.offers}>{tools.map(({ id, title, effect }) => <li key={id}><T id="settings.tools.offer" values={{ tool: title, effect: t(`settings.tools.effect.${effect}`) }} /></li>)}</ul>;
}
