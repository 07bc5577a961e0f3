import { AppError } from '../../../contract/errors/app-error.ts';
import type { Command, LoneContext } from '../command.ts';
import { publishHere, makeKeys, signHere } from './registry-signer.ts';

/** Those that work on files alone, without a core. */
const LONE: Readonly<Record<string, (context: LoneContext) => Promise<number | void>>> = { keys: makeKeys, 'publish-static': publishHere, sign: signHere };

export const registry: Command = {
  usage: 'troupe registry keys | publish-static | sign …',
  about: 'publish a registry as a folder of signed files',
  fits: ({ command }) => Object.hasOwn(LONE, command[1] ?? ''),
  alone: ({ command }) => (Object.hasOwn(LONE, command[1] ?? '') ? LONE[command[1] ?? ''] : undefined),
  run() { return Promise.reject(new AppError('core/bad-input', `Usage: ${registry.usage}`)); },
};
