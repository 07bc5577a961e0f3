/** How hard a passphrase is to guess, roughly: length and variety, since nothing more is known about how it was chosen. */
export type Strength = 'weak' | 'fair' | 'strong';

export function strengthOf(passphrase: string): Strength {
  const different = new Set(passphrase.toLowerCase()).size;
  const words = new Set(passphrase.trim().toLowerCase().split(/\s+/)).size;
  if (different >= 8 && passphrase.length >= 16 && (words >= 4 || passphrase.length >= 20 || /[^a-z ]/i.test(passphrase))) return 'strong';
  return different >= 6 && passphrase.length >= 12 ? 'fair' : 'weak';
}
