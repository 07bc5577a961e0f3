import { NONE_OFF, refuse, type Off, type Rule } from './bad-archive.ts';

const FILES = new Set(['plugin.yaml', 'README.md', 'CHANGELOG.md', 'LICENSE']);
const FOLDERS = new Set(['dist', 'agents', 'crews', 'flows', 'blueprints', 'assets']);
export const CODE_FILE = 'dist/plugin.js';

/** Names that Windows gives to devices, with any extension; the superscript digits count as digits there. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** Two names that one file system or another would take for the same. */
export const foldName = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');

function complaintOf(part: string): string | undefined {
  if (part === '' || part === '.' || part === '..') return 'has an empty part, `.` or `..`';
  if (new TextEncoder().encode(part).length > 100) return 'has a part of more than 100 bytes';
  if (/[\\:*?"<>|]/.test(part)) return 'has one of \\ : * ? " < > |';
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(part)) return 'has a control, invisible or bidirectional character';
  if (/[. ]$/.test(part)) return 'has a part that ends with a dot or a space';
  return DEVICE.test(part) ? 'has the name of a Windows device' : undefined;
}

/**
 * Holds one entry's name against the rules.
 * @returns the name without the trailing slash of a folder
 * @throws AppError `plugins/bad-archive`
 */
export function checkName(name: string, folder: boolean, off: Off = NONE_OFF): string {
  const shown = JSON.stringify(name.length > 120 ? `${name.slice(0, 119)}…` : name);
  const complain = (rule: Rule, why: string): void => { refuse(off, rule, `The archive holds the entry ${shown}, whose name ${why}.`, { name: name.slice(0, 256) }); };
  const bare = folder && name.endsWith('/') ? name.slice(0, -1) : name;
  if (bare.startsWith('/')) complain('name', 'is absolute; names are relative');
  const parts = bare.split('/');
  if (parts.length > 16) complain('name', 'is more than 16 parts deep');
  for (const part of parts) {
    const complaint = complaintOf(part);
    if (complaint !== undefined) complain('name', complaint);
  }
  if (bare !== bare.normalize('NFC')) complain('name', 'is not in Unicode normal form C');
  const [top = ''] = parts;
  const allowed = parts.length === 1 && !folder ? FILES.has(top) : FOLDERS.has(top);
  if (!allowed) complain('top-level', `is not among those an archive may hold at its top: ${[...FILES].join(', ')} and the folders ${[...FOLDERS].join(', ')}`);
  if (top === 'dist' && !(folder ? bare === 'dist' : bare === CODE_FILE)) complain('top-level', `is in dist, which holds ${CODE_FILE} alone`);
  return bare;
}

/** Remembers names and refuses one that some file system would take for an earlier one, or a file that is also a folder. */
export class NameRegister {
  readonly #off: Off;
  readonly #kinds = new Map<string, { spelling: string; folder: boolean; listed: boolean }>();

  constructor(off: Off = NONE_OFF) { this.#off = off; }

  /** @throws AppError `plugins/bad-archive` */
  add(name: string, folder: boolean): void {
    const parts = name.split('/');
    parts.forEach((_, index) => {
      const last = index === parts.length - 1;
      this.#note(parts.slice(0, index + 1).join('/'), last ? folder : true, last);
    });
  }

  #note(spelling: string, folder: boolean, listed: boolean): void {
    const folded = foldName(spelling);
    const earlier = this.#kinds.get(folded);
    if (!earlier) { this.#kinds.set(folded, { spelling, folder, listed }); return; }
    const same = earlier.spelling === spelling && earlier.folder === folder && !(listed && earlier.listed);
    if (!same) refuse(this.#off, 'duplicate', `The archive holds ${JSON.stringify(spelling)} and ${JSON.stringify(earlier.spelling)}, which are one name on some systems.`, { name: spelling });
    earlier.listed ||= listed;
  }
}
