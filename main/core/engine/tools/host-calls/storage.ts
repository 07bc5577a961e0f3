import * as z from 'zod/mini';
import { grantedNumber } from '../installed-code.ts';
import { denied, mustWrite, parse, type HostCall, type HostCallScope } from './scope.ts';

const keySchema = z.string().check(z.minLength(1), z.maxLength(512));
const keyOnly = z.strictObject({ key: keySchema });
const keyAndValue = z.strictObject({ key: keySchema, value: z.unknown() });
const prefixOnly = z.strictObject({ prefix: z._default(z.string().check(z.maxLength(512)), '') });

/** @returns the bytes that the plugin may keep */
function quotaOf(scope: HostCallScope): number {
  const quota = grantedNumber(scope.code, 'storage:');
  if (quota === undefined) throw denied('storage', 'Storage was not granted to this plugin.');
  return quota;
}

export const storageGet: HostCall = async (scope, args) => {
  quotaOf(scope);
  const json = await scope.parts.store.read('pluginStorageGet', { pluginId: scope.code.pluginId, ...parse(keyOnly, args, 'storage.get') });
  return json === undefined ? null : JSON.parse(json);
};

export const storageList: HostCall = async (scope, args) => {
  quotaOf(scope);
  return scope.parts.store.read('pluginStorageKeys', { pluginId: scope.code.pluginId, ...parse(prefixOnly, args, 'storage.list') });
};

export const storageSet: HostCall = async (scope, args) => {
  const quota = quotaOf(scope);
  mustWrite(scope, 'store values');
  const { key, value } = parse(keyAndValue, args, 'storage.set');
  await scope.begin({ durable: false });
  await scope.parts.store.write('setPluginStorage', { pluginId: scope.code.pluginId, key, value: JSON.stringify(scope.mask.value(value ?? null)), quota });
  return null;
};

export const storageDelete: HostCall = async (scope, args) => {
  quotaOf(scope);
  mustWrite(scope, 'delete stored values');
  const { key } = parse(keyOnly, args, 'storage.delete');
  await scope.begin({ durable: false });
  await scope.parts.store.write('deletePluginStorage', { pluginId: scope.code.pluginId, key });
  return null;
};
