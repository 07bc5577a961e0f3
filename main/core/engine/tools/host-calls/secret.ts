import * as z from 'zod/mini';
import { secretToken } from '../../../../../sandbox/host/index.ts';
import { granted } from '../installed-code.ts';
import { denied, parse, type HostCall } from './scope.ts';

const argumentsSchema = z.strictObject({ key: z.string().check(z.maxLength(128), z.regex(/^[A-Za-z0-9_.-]+$/)) });

/** `ctx.secret`: a placeholder, except with the permission to read the raw value. */
export const secretCall: HostCall = async (scope, args) => {
  const { key } = parse(argumentsSchema, args, 'secret');
  if (scope.code.grants.has(`secret_read:${key}`)) return scope.parts.secrets.withSecret(scope.code, key, (value) => value);
  if (granted(scope.code, `secret:${key}@`).length === 0) throw denied(`secret:${key}`, `The secret "${key}" was not granted to this plugin.`);
  return secretToken(key);
};
