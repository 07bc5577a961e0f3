/** A real PostgreSQL server on loopback, with a fresh database that nobody else knows, for one file of tests. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { until } from './processes.ts';
import { selfSigned } from './self-signed.ts';

const ROOT = '/usr/lib/postgresql';
/** Where the newest server's programs are that this machine has; undefined when it has none. */
const programs = (() => {
  try {
    const [newest] = readdirSync(ROOT).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
    return newest === undefined ? undefined : path.join(ROOT, newest, 'bin');
  } catch { return undefined; } // not installed
})();

/** What to do where there is none; undefined where there is one. */
export const missingPostgres = programs === undefined ? 'needs PostgreSQL: apt-get install postgresql' : undefined;

/** The server refuses to run as root: then it runs as a user that owns nothing else. */
const asUser = ((): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
})();

export interface TestPostgres {
  readonly port: number;
  /** The superuser `boss` and its password. */
  readonly password: string;
  /** The certificate that it shows, for 127.0.0.1, trusted by nobody. */
  readonly certificate: string;
  /** As `boss`, for what the test itself has to arrange or to see. */
  readonly boss: pg.Client;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

export async function startPostgres(): Promise<TestPostgres> {
  if (programs === undefined) throw new Error(missingPostgres);
  const [folder, password, tls] = [mkdtempSync(path.join(tmpdir(), 'troupe-postgres-')), 'boss-password-1', selfSigned()];
  const [data, files] = [path.join(folder, 'data'), { password: path.join(folder, 'password'), key: path.join(folder, 'key.pem'), certificate: path.join(folder, 'certificate.pem') }];
  for (const [file, text] of [[files.password, password], [files.key, tls.key], [files.certificate, tls.cert]] as const) writeFileSync(file, text, { mode: 0o600 });
  if (asUser) for (const file of [folder, ...Object.values(files)]) chownSync(file, asUser.uid, asUser.gid);
  chmodSync(folder, 0o700);
  const owned = { cwd: folder, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' }, ...asUser };
  const made = spawnSync(path.join(programs, 'initdb'), ['-D', data, '-U', 'boss', '-A', 'scram-sha-256', '--pwfile', files.password, '-E', 'UTF8', '--no-locale', '--no-sync'], { ...owned, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  const port = await freePort();
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', ssl: 'on', ssl_key_file: files.key, ssl_cert_file: files.certificate, max_connections: 30, shared_buffers: '16MB', autovacuum: 'off' };
  const server = spawn(path.join(programs, 'postgres'), ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], { ...owned, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (piece: string) => { said = `${said}${piece}`.slice(-4000); });
  const gone = new Promise<void>((resolve) => { server.once('exit', () => { resolve(); }); });
  const stop = async (): Promise<void> => {
    // SIGQUIT: at once, whatever goes on; nothing of it is needed any more.
    if (server.exitCode === null && server.signalCode === null) server.kill('SIGQUIT');
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const boss = await until('PostgreSQL answers', async () => {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended: ${said}`);
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'boss', password, database: 'postgres', ssl: false });
      client.on('error', () => undefined); // the server is stopped under it
      return client.connect().then(() => client, () => undefined);
    }, 60_000);
    return { port, password, certificate: tls.cert, boss, stop: async () => { await boss.end(); await stop(); } };
  } catch (error) {
    await stop();
    throw error;
  }
}
