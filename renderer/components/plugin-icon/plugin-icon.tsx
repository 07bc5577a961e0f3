import classes from './plugin-icon.module.css';

const HUES = [232, 262, 200, 168, 24, 340, 290, 96] as const;

/** A plugin's icon, or its first letter on a colour that stays the same for its id. */
export function PluginIcon({ id, name, source, size = 40 }: { id: string; name: string; source: string | undefined; size?: number }) {
  if (source !== undefined) return <img src={source} alt="" width={size} height={size} className={classes.image} />;
  const hue = HUES[[...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7) % HUES.length] ?? 232;
  const letters = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('').toUpperCase();
  return <span aria-hidden className={classes.letters} style={{ width: size, height: size, fontSize: Math.round(size * 0.38), ['--hue' as string]: hue }}>{letters}</span>;
}
