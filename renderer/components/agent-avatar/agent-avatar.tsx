import classes from './agent-avatar.module.css';

/** Each holds 4.5:1 against white in both themes. */
export const COLOURS = ['#4452c4', '#0b6b7d', '#2d6a27', '#8f4100', '#a61e4d', '#6741a6', '#46586a', '#755600'] as const;

/** The same name has the same colour on every screen and after every start. */
export function colourOf(name: string): string {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return COLOURS[sum % COLOURS.length] ?? COLOURS[0];
}

/** The first letters of the first and last word; whole characters, so that an emoji stays one. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => word !== '');
  const first = [...new Intl.Segmenter().segment(words[0] ?? '?')][0]?.segment ?? '?';
  const last = words.length > 1 ? ([...new Intl.Segmenter().segment(words.at(-1) ?? '')][0]?.segment ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

/** A picture made of the name, or of the character and colour it was given. It stands beside the name, so it says nothing to a screen reader. */
export function AgentAvatar({ name, size = 32, emoji = null, colour = null }: { name: string; size?: number; emoji?: string | null; colour?: string | null }) {
  return <span className={classes.avatar} aria-hidden style={{ width: size, height: size, fontSize: Math.round(size * (emoji ? 0.55 : 0.4)), background: colour ?? colourOf(name) }}>{emoji ? firstOf(emoji) : initialsOf(name)}</span>;
}

/** One whole character, however many were typed. */
const firstOf = (text: string): string => [...new Intl.Segmenter().segment(text)][0]?.segment ?? '';
