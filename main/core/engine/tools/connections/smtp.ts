/** E-mail through the person's own mail server. */
import { isIP } from 'node:net';
import type { Transporter } from 'nodemailer';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { field, hostProblem, textOf, type Kind, type Reach } from './kind.ts';

const MAX_BODY = 100_000;
const MOST_RECIPIENTS = 50;
const STEP_MS = 15_000;
/** One address, bare; no name around it, so that what is asked about is what is sent to. */
const ADDRESS = /^[^\s@<>"',;:()[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

const listOf = (text: string): string[] => text.split(/[\s,;]+/).filter((one) => one !== '').map((one) => one.toLowerCase());
const recipientsOf = (input: Readonly<Record<string, unknown>>, key: string): string[] => (Array.isArray(input[key]) ? input[key].map(String) : []);
/** `@example.com` in the list stands for everybody there. */
const isAllowed = (allowed: readonly string[], address: string): boolean => allowed.length === 0 || allowed.some((one) => (one.startsWith('@') ? address.toLowerCase().endsWith(one) : address.toLowerCase() === one));
const portOf = (reach: Reach): number => (typeof reach.values['port'] === 'number' ? reach.values['port'] : 587);

/** Speaks with the server; TLS is never given up where the connection asks for it. */
async function through<T>(reach: Reach, work: (transport: Transporter) => Promise<T>): Promise<T> {
  // Loaded with the first message: most homes never send one.
  const { createTransport } = await import('nodemailer');
  const [host, port, security, user] = [textOf(reach.values, 'host'), portOf(reach), textOf(reach.values, 'security'), textOf(reach.values, 'user')];
  return reach.withSecret('password', (password) => reach.speak(host, port, async (address) => {
    const transport = createTransport({
      host: address, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none', name: 'localhost',
      ...(isIP(host) === 0 && { tls: { servername: host } }), ...(user !== '' && { auth: { user, pass: password ?? '' } }),
      connectionTimeout: STEP_MS, greetingTimeout: STEP_MS, socketTimeout: STEP_MS, disableFileAccess: true, disableUrlAccess: true,
    });
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => { reject(reach.signal.reason as Error); transport.close(); };
    reach.signal.addEventListener('abort', abort, { once: true });
    try {
      reach.signal.throwIfAborted();
      return await Promise.race([work(transport).catch((error: unknown) => { throw smtpError(error, `${host}:${port}`); }), aborted]);
    } finally {
      reach.signal.removeEventListener('abort', abort);
      transport.close();
    }
  }));
}

/** What went wrong, told so that a host that is down counts as one, and a refusal does not. */
function smtpError(error: unknown, where: string): AppError {
  const { code, response } = error as { code?: unknown; response?: unknown };
  const said = typeof response === 'string' ? ` It said: ${response.slice(0, 300)}` : '';
  if (code === 'EAUTH') return new AppError('tools/failed', `${where} did not take the user and password.${said} Check them in Settings › Tools.`, { cause: error });
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return new AppError('tools/failed', `${where} refused the message.${said}`, { cause: error });
  if (code === 'ETLS') return new AppError('tools/failed', `${where} did not agree on an encrypted connection, so nothing was sent. Check the encryption in Settings › Tools.`, { cause: error });
  if (code === 'ETIMEDOUT') return new AppError('core/timeout', `${where} did not answer in time. Try again later.`, { cause: error });
  return new AppError('core/unreachable', `${where} could not be reached, or broke off. Check the address, the port and the encryption.`, { cause: error });
}

export const smtp: Kind = {
  kind: 'smtp', picks: false, place: (values) => textOf(values, 'from'), goesTo: (values) => `${textOf(values, 'host')}${textOf(values, 'security') === 'none' ? ' without encryption' : ''}`,
  fields: [
    field('host', 'string', 'Mail server', 'The name of the server that sends your mail (SMTP).', { example: 'smtp.example.com' }),
    field('port', 'number', 'Port', '587 for STARTTLS, 465 for TLS.', { default: 587, required: false }),
    field('security', 'enum', 'Encryption', 'starttls and tls send nothing unencrypted; none is for a server on this machine.', { options: ['starttls', 'tls', 'none'], default: 'starttls', required: false }),
    field('user', 'string', 'User', 'Often your e-mail address; empty when the server asks for none.', { required: false }),
    field('password', 'secret', 'Password', 'Many services want one that is made for an app.', { required: false }),
    field('from', 'string', 'From', 'The e-mail address that the messages come from.', { example: 'ada@example.com' }),
    field('allowed', 'string', 'Only to', 'Addresses that agents may write to, with commas between them; @example.com stands for everybody there. Empty: anybody, and you are asked each time.', { required: false, example: '@example.com, bob@example.org' }),
  ],
  problem(values) {
    const where = hostProblem(values, 'The mail server', 'smtp.example.com');
    if (where !== undefined) return where;
    if (!ADDRESS.test(textOf(values, 'from'))) return 'What messages come from is an e-mail address, such as ada@example.com.';
    const wrong = listOf(textOf(values, 'allowed')).find((one) => !ADDRESS.test(one.startsWith('@') ? `x${one}` : one));
    return wrong === undefined ? undefined : `"${wrong.slice(0, 80)}" is no e-mail address. Write ada@example.com, or @example.com for everybody there.`;
  },
  tools: [{
    id: 'builtin.email_send', title: 'E-mail', effect: 'write', description: 'Sends an e-mail as plain text.',
    input: {
      type: 'object', additionalProperties: false, required: ['to', 'subject', 'body'],
      properties: {
        to: { type: 'array', minItems: 1, maxItems: MOST_RECIPIENTS, items: { type: 'string', maxLength: 320 }, description: 'E-mail addresses, bare.', examples: [['ada@example.com']] },
        cc: { type: 'array', maxItems: MOST_RECIPIENTS, items: { type: 'string', maxLength: 320 }, description: 'Who gets a copy, for all to see.' },
        subject: { type: 'string', minLength: 1, maxLength: 300, pattern: '^[^\\r\\n]*$', description: 'One line.' }, body: { type: 'string', maxLength: MAX_BODY, description: 'The message as plain text.' },
      },
    },
    output: { type: 'object', required: ['sent', 'accepted', 'refused'], properties: { sent: { type: 'boolean' }, accepted: { type: 'array', items: { type: 'string' } }, refused: { type: 'array', items: { type: 'string' } } } },
    async run(input, reach) {
      const [to, cc] = [recipientsOf(input, 'to'), recipientsOf(input, 'cc')];
      const wrong = [...to, ...cc].find((one) => !ADDRESS.test(one));
      if (wrong !== undefined) throw new AppError('tools/bad-arguments', `"${wrong.slice(0, 80)}" is no e-mail address. Write each alone, such as ada@example.com.`);
      const allowed = listOf(textOf(reach.values, 'allowed'));
      const stranger = [...to, ...cc].find((one) => !isAllowed(allowed, one));
      if (stranger !== undefined) throw new AppError('permission/denied', `${stranger} is not among those that "${reach.name}" may write to. Ask the person to add the address in Settings › Tools.`, { details: { permission: 'recipient' } });
      const from = textOf(reach.values, 'from');
      // A repeat of the call has another id: what was sent twice can be told apart.
      const { accepted, rejected } = await through(reach, (transport) => transport.sendMail({
        from, to, cc, subject: String(input.subject), text: String(input.body), messageId: `<${reach.ids.next()}@${from.slice(from.lastIndexOf('@') + 1)}>`, date: new Date(reach.clock.now()),
      }));
      const names = (list: readonly unknown[] | undefined): string[] => (list ?? []).map((one) => (typeof one === 'string' ? one : String((one as { address?: unknown }).address)));
      return { sent: true, accepted: names(accepted), refused: names(rejected) };
    },
  }],
  async test(reach) {
    await through(reach, (transport) => transport.verify());
    return `${textOf(reach.values, 'host')} takes messages from you. Nothing was sent.`;
  },
};
