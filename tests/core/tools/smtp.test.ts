import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openConnected, type Connected } from './connected.ts';

const PASSWORD = 'app-password-1234';
let at: Connected;
const open: (() => Promise<void>)[] = [];
beforeAll(async () => { at = await openConnected(); });
afterEach(async () => { await at.clear(); for (const close of open.splice(0)) await close(); });
afterAll(() => at.close());

interface Taken { from: string; to: string[]; text: string; secure: boolean }
/** A real mail server on loopback, with the certificate that it brings along: nobody on this machine trusts it. */
async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; taken: Taken[] }> {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    logger: false, disableReverseLookup: true, authOptional: true, allowInsecureAuth: true, closeTimeout: 100,
    onAuth({ username, password }, _session, done) { if (username === 'ada' && password === PASSWORD) done(null, { user: 'ada' }); else done(new Error(`Wrong password ${String(password)}`)); },
    onRcptTo({ address }, _session, done) { done(address.startsWith('nobody') ? new Error('No such mailbox') : null); },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => { chunks.push(chunk); }).once('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString('utf8'), secure: session.secure });
        done(null);
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // A client that hangs up is what some of these tests are about.
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(); }); });
  open.push(() => new Promise((resolve) => { server.close(() => { resolve(); }); }));
  return { port: (server.server.address() as AddressInfo).port, taken };
}

const VALUES = { host: '127.0.0.1', security: 'none', from: 'ada@example.com' };
const give = (port: number, set: Record<string, string> = {}, secrets: Record<string, string> = {}) => at.add('smtp', 'Mail', { set: { ...VALUES, port, ...set }, secrets });
const send = (input: Record<string, unknown> = {}, signal?: AbortSignal) => at.use('builtin.email_send', { to: ['bob@example.org'], subject: 'Grüße', body: 'Hello\n.\nBob', ...input }, signal);

/** A certificate for `localhost`, made for this run; undefined where there is no openssl. */
function certificate(): { key: string; cert: string } | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'troupe-cert-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return undefined; // The tests that need it are skipped.
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const made = certificate();

describe('A9 e-mail', () => {
  it.skipIf(made === undefined).each([['starttls', {}], ['tls', { secure: true }]] as const)('goes encrypted by %s to a server whose certificate is trusted, password and all', async (security, options) => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, made?.cert ?? '']);
    try {
      const { port, taken } = await mailServer({ ...options, ...made, allowInsecureAuth: false, authOptional: false });
      await give(port, { host: 'localhost', security, user: 'ada' }, { password: PASSWORD });
      expect((await send()).output).toMatchObject({ sent: true });
      expect(taken).toMatchObject([{ secure: true }]);
    } finally {
      setDefaultCACertificates(before);
    }
  });

  it('asks, then sends what was asked about, and says who got it', async () => {
    const { port, taken } = await mailServer();
    const { id } = await give(port, { user: 'ada' }, { password: PASSWORD });
    expect((await send({ cc: ['carol@example.org'] })).output).toEqual({ sent: true, accepted: ['bob@example.org', 'carol@example.org'], refused: [] });
    expect(taken).toMatchObject([{ from: 'ada@example.com', to: ['bob@example.org', 'carol@example.org'], text: expect.stringMatching(/Subject: =\?UTF-8\?[\s\S]*Hello\r\n\.\r\nBob/) as string }]);
    expect(at.questions.map(({ toolId }) => toolId)).toEqual([`builtin.email_send@${id}`]);
    expect(await at.connections.test({ id }, new AbortController().signal)).toMatchObject({ ok: true, message: '127.0.0.1 takes messages from you. Nothing was sent.' });
    expect(taken).toHaveLength(1);
    expect(at.told.map(({ action, outcome }) => [action, outcome])).toContainEqual(['host_reached', 'done']);
  });

  it('writes to those alone whom the connection names', async () => {
    const { port, taken } = await mailServer();
    await give(port, { allowed: '@example.org, eve@example.net' });
    for (const to of ['bob@EXAMPLE.org', 'eve@example.net']) expect((await send({ to: [to] })).error).toBeNull();
    for (const to of ['eve@example.com', 'bob@notexample.org', 'bob@example.org.evil.example']) expect((await send({ to: [to] })).error).toMatchObject({ code: 'permission/denied' });
    expect((await send({ cc: ['mallory@example.com'] })).error).toMatchObject({ code: 'permission/denied' });
    expect(taken).toHaveLength(2);
  });

  it.each([{ to: ['Bob <bob@example.org>'] }, { to: ['bob@example.org\r\nBcc: eve@example.com'] }, { to: ['bob@example.org, eve@example.com'] }, { to: [] }, { subject: 'a\r\nBcc: eve@example.com' }, { bcc: ['eve@example.com'] }])('takes no %j', async (input) => {
    const { port, taken } = await mailServer();
    await give(port);
    expect((await send(input)).error).toMatchObject({ code: 'tools/bad-arguments' });
    expect(taken).toEqual([]);
  });

  it('tells a wrong password without it, and a refused recipient', async () => {
    const { port } = await mailServer();
    await give(port, { user: 'ada' }, { password: 'wrong-password-77' });
    const { error } = await send();
    expect(error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('did not take the user and password') as string });
    expect(error?.message).not.toContain('wrong-password-77');
    await at.clear();
    await give(port);
    expect((await send({ to: ['nobody@example.org'] })).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('No such mailbox') as string });
    expect((await send({ to: ['nobody@example.org', 'bob@example.org'] })).output).toMatchObject({ accepted: ['bob@example.org'], refused: ['nobody@example.org'] });
    expect(at.connections.circuits.list()).toEqual([]);
  });

  it.each([['starttls', {}], ['tls', { secure: true }], ['starttls', { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }]] as const)('sends nothing by %s when the server cannot be trusted or offers none (%j)', async (security, options) => {
    const { port, taken } = await mailServer({ ...options, disabledCommands: [...('disabledCommands' in options ? options.disabledCommands : [])] });
    await give(port, { security, user: 'ada' }, { password: PASSWORD });
    expect((await send()).error?.code).toMatch(/tools\/failed|core\/unreachable/);
    expect(taken).toEqual([]);
  });

  it('ends with the run when the server is silent, and counts a server that is not there', async () => {
    const silent: Server = createServer();
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    const { port } = silent.address() as AddressInfo;
    await give(port);
    const stop = new AbortController();
    silent.once('connection', (socket) => { open.push(() => { socket.destroy(); return Promise.resolve(); }); stop.abort(new Error('stopped')); });
    await expect(send({}, stop.signal)).rejects.toThrow('stopped');
    for (const close of open.splice(0)) await close();
    await new Promise((resolve) => { silent.close(resolve); });
    expect((await send()).error).toMatchObject({ code: 'core/unreachable' });
    expect(at.connections.circuits.list()).toMatchObject([{ host: `127.0.0.1:${port}`, failures: 1 }]);
  });

  it.each([{ host: 'https://mail.example.com' }, { from: 'Ada' }, { port: 0 }, { port: 1.5 }, { allowed: 'bob' }, { security: 'maybe' }, { host: 'a b' }])('refuses a connection with %j', async (set) => {
    await expect(at.add('smtp', 'Mail', { set: { ...VALUES, ...set } })).rejects.toMatchObject({ code: 'core/bad-input' });
  });
});
