import type { ConfigurationKey } from '../../../../../contract/model/catalog.ts';
import type { ConfigurationValue } from '../../../../../contract/model/configuration.ts';
import type { AuditAction } from '../../../../../contract/model/audit.ts';
import type { ConnectionKind } from '../../../../../contract/model/tool.ts';
import type { GuardedRequest, GuardedResponse } from '../../../base/http/index.ts';
import type { Clock, Ids } from '../../runs/index.ts';
import type { Tool } from '../tool.ts';

export type Values = Readonly<Record<string, ConfigurationValue>>;

/** What a call may reach through one connection, and nothing besides. Everything that comes back is free of its secrets. */
export interface Reach {
  readonly values: Values;
  /** The folder that the person picked for it, as an absolute path; null for kinds without one. */
  readonly folder: string | null;
  readonly name: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Fires when the run ends or the call takes too long. */
  readonly signal: AbortSignal;
  /** Lends a secret; undefined when none was entered. */
  withSecret<T>(key: string, use: (value: string | undefined) => Promise<T> | T): Promise<T>;
  /** Asks the one host that `origin` names, which the person wrote into the connection: also one on this machine. Held by its circuit. */
  request(origin: URL, request: GuardedRequest, readOnly: boolean): Promise<GuardedResponse>;
  /** Speaks something else than HTTP with a host of the connection; `work` gets the address to connect to. Held by its circuit. */
  speak<T>(host: string, port: number, work: (address: string) => Promise<T>): Promise<T>;
  /** Tells the audit list of one effect. */
  told(action: AuditAction, subject: string): void;
}

/** A tool that a connection gives to an agent. Its id is that of the tool, `@` and the connection. */
export type ConnectedTool = Pick<Tool, 'id' | 'title' | 'description' | 'input' | 'output' | 'effect'> & {
  /** Whether a connection with these values has it; always when left out. */
  readonly offered?: (values: Values) => boolean;
  /** Web addresses that its host answered, comparable: they may be read without a question. */
  readonly found?: (output: unknown) => readonly string[];
  run(input: Readonly<Record<string, unknown>>, reach: Reach): Promise<unknown>;
};

/** One kind of connection: its form, its tools, and how it is tried. */
export interface Kind {
  readonly kind: ConnectionKind;
  readonly fields: readonly ConfigurationKey[];
  /** The person picks a folder for it. */
  readonly picks: boolean;
  readonly tools: readonly ConnectedTool[];
  /** What it leads to, in a few words; never a secret. */
  place(values: Values, folder: string | null): string;
  /** Where its secrets are sent, for kinds that send them. A secret is for what it was entered for, and nothing else ever gets it. */
  goesTo?(values: Values): string;
  /** What is wrong with the values together, in a sentence; undefined when they fit. Each alone fits its field. */
  problem?(values: Values): string | undefined;
  /** Asks what is there and changes nothing that lasts. @returns a sentence; throws AppError when it does not work */
  test(reach: Reach): Promise<string>;
}

/** A field of a connection's form; `default` makes it one that need not be filled in. */
export const field = (key: string, type: ConfigurationKey['type'], label: string, description: string, more: Partial<Pick<ConfigurationKey, 'required' | 'default' | 'options' | 'example'>> = {}): ConfigurationKey =>
  ({ key, type, label, description, required: true, default: null, options: [], example: null, ...more });

export const textOf = (values: Values, key: string): string => { const value = values[key]; return typeof value === 'string' ? value.trim() : ''; };

/** What is wrong with the entries `host` and `port`; undefined when a server can be looked for there. @param server how the sentence calls it */
export function hostProblem(values: Values, server: string, example: string): string | undefined {
  const port = values['port'];
  if (!/^(?:[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45})$/.test(textOf(values, 'host'))) return `${server} is a name or an address alone, such as ${example}.`;
  return port === undefined || (Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65_535) ? undefined : 'The port is a whole number from 1 to 65535.';
}
