import * as z from 'zod/mini';
import { pluginIdSchema } from '../model/ids.ts';

/** One other thing that a plugin names. `foreign`: no plugin id, so it is kept and shown as not used here, never resolved. */
export interface Dependency { id: string; range: string; foreign: boolean }

const ENTRY = /^([A-Za-z0-9@][A-Za-z0-9@/._-]*)(?:\[[A-Za-z0-9,_-]*\])?\s*(?:([<>=~^!*].*)|\s(\S.*))?$/;

/**
 * Reads `com.example.http-tools>=1.0.0 <2`, `com.example.http-tools ^1.2` or a bare id (any version).
 * @returns undefined when the text names nothing
 */
export function parseDependency(text: string): Dependency | undefined {
  const match = ENTRY.exec(text.trim());
  if (!match) return undefined;
  const [, id = '', operators, spaced] = match;
  return { id, range: (operators ?? spaced ?? '*').trim(), foreign: !z.safeParse(pluginIdSchema, id).success };
}

export const dependencyTextSchema = z.string().check(z.maxLength(256), z.refine((text) => parseDependency(text) !== undefined, { error: 'is not a dependency such as com.example.http-tools>=1.0.0 <2' }));
