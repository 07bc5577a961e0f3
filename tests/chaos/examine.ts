/** Whether a home is sound: store and disk agree, nothing is half done, nothing is left over, nothing was done twice. */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { isPartFile } from '../../packaging/index.ts';

/** Relative path → SHA-512, for every file below a folder. */
export async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(await Promise.all(files.map(async (file) => [path.relative(folder, file), createHash('sha512').update(await readFile(file)).digest('hex')] as const)));
}

interface Row { [column: string]: unknown }

/**
 * What is wrong with a home, as sentences; empty when it is sound.
 * @param plugins what unpacked plugins hold when nothing went wrong
 * @param resting whether all work is done; a core that has just taken over carries runs on
 */
export async function faultsOf(home: string, plugins: Record<string, string>, resting: boolean): Promise<string[]> {
  const faults: string[] = [];
  const db = new Sqlite(path.join(home, 'troupe.db'), { readonly: true });
  const rows = (query: string): Row[] => db.prepare(query).all() as Row[];
  const none = (what: string, query: string): void => { const found = rows(query); if (found.length > 0) faults.push(`${what}: ${JSON.stringify(found.slice(0, 3))}`); };
  let installed: string[];
  try {
    if (db.pragma('integrity_check', { simple: true }) !== 'ok') faults.push('the database is damaged');
    if ((db.pragma('foreign_key_check') as Row[]).length > 0) faults.push('rows name others that are not there');
    installed = rows('SELECT sha512 FROM installations UNION SELECT sha512 FROM previous_installations ORDER BY sha512').map(({ sha512 }) => String(sha512));
    none('operations that never ended', "SELECT id, state FROM operations WHERE state IN ('running', 'waiting_for_consent')");
    none('operations with no or several ends', "SELECT operation_id, count(*) AS ends FROM operations LEFT JOIN operation_events ON operation_id = operations.id AND type IN ('operation_finished', 'operation_failed', 'operation_cancelled') GROUP BY operations.id HAVING ends <> 1");
    if (resting) none('runs that never ended', "SELECT id, status FROM runs WHERE status NOT IN ('completed', 'failed', 'cancelled', 'interrupted')");
    none('runs with no or several ends', `SELECT runs.id, count(seq) AS ends FROM runs LEFT JOIN run_events ON run_id = runs.id AND type IN ('run_finished', 'run_failed', 'run_cancelled', 'run_interrupted') GROUP BY runs.id HAVING ends > 1 ${resting ? 'OR ends = 0' : ''}`);
    none('gaps in the log of a run', 'SELECT run_id, max(seq) AS last, count(*) AS events FROM run_events GROUP BY run_id HAVING last <> events OR min(seq) <> 1');
    none('gaps in the log of an operation', 'SELECT operation_id, max(seq) AS last, count(*) AS events FROM operation_events GROUP BY operation_id HAVING last <> events OR min(seq) <> 1');
    none('tool calls that ended twice', "SELECT run_id, json_extract(data, '$.callId') AS call, count(*) AS ends FROM run_events WHERE type = 'tool_usage_finished' GROUP BY run_id, call HAVING ends > 1");
    none('messages said twice', 'SELECT conversation_id, run_id, role, count(*) AS times FROM messages GROUP BY conversation_id, run_id, role HAVING times > 1');
    none('agents hired twice', 'SELECT plugin_id, agent_id, count(*) AS times FROM hires GROUP BY plugin_id, agent_id HAVING times > 1');
    none('plugins without what they need', 'SELECT plugin_id, depends_on FROM installation_dependencies WHERE depends_on NOT IN (SELECT plugin_id FROM installations)');
    for (const table of ['grants', 'folder_grants', 'plugin_storage', 'kept_plugin_storage', 'kept_folder_grants', 'kept_configurations', 'previous_installations', 'installation_dependencies']) none(`${table} of plugins that are not installed`, `SELECT plugin_id FROM ${table} WHERE plugin_id NOT IN (SELECT plugin_id FROM installations)`);
  } finally { db.close(); }

  const unpacked = (await readdir(path.join(home, 'plugins'))).sort();
  if (unpacked.join() !== installed.join()) faults.push(`plugins on the disk (${unpacked.map(short).join()}) are not those of the store (${installed.map(short).join()})`);
  const files = await contentsOf(path.join(home, 'plugins'));
  for (const file of Object.keys(files)) if (plugins[file] !== files[file]) faults.push(`plugins/${file} is not what was packed`);
  for (const file of Object.keys(plugins)) if (unpacked.includes(file.split(path.sep)[0] ?? '') && !(file in files)) faults.push(`plugins/${file} is missing`);
  for (const [file, digest] of Object.entries(await contentsOf(path.join(home, 'blobs')))) {
    // A download that was cut off is kept to be gone on with, until the work is done.
    if (isPartFile(file) ? resting : path.basename(file) !== digest) faults.push(`blobs/${file} is not what its name says, or was left`);
  }
  return faults;
}

const short = (digest: string): string => digest.slice(0, 8);

/** Everything that a change of plugins is about, without the moments at which it happened. */
export function stateOf(home: string): unknown {
  const db = new Sqlite(path.join(home, 'troupe.db'), { readonly: true });
  try {
    const grants = (text: unknown): unknown => (JSON.parse(String(text)) as { permission: string }[]).map(({ permission }) => permission);
    return {
      installed: db.prepare('SELECT plugin_id, version, sha512, registry, side_loaded, folder, manifest, config, status, disabled_by, pinned, reason FROM installations ORDER BY plugin_id').all(),
      needs: db.prepare('SELECT plugin_id, depends_on, range FROM installation_dependencies ORDER BY 1, 2').all(),
      granted: db.prepare('SELECT plugin_id, publisher_id, permission FROM grants ORDER BY 1, 2, 3').all(),
      before: (db.prepare('SELECT plugin_id, version, sha512, config, grants FROM previous_installations ORDER BY plugin_id').all() as Row[]).map((row) => ({ ...row, grants: grants(row['grants']) })),
    };
  } finally { db.close(); }
}

/** How each operation ended, in their order. */
export function endsOf(home: string): string[] {
  const db = new Sqlite(path.join(home, 'troupe.db'), { readonly: true });
  try {
    return (db.prepare('SELECT state FROM operations ORDER BY rowid').all() as { state: string }[]).map(({ state }) => state);
  } finally { db.close(); }
}
