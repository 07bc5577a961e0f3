import * as z from 'zod/mini';

/** Reverse DNS, lower case: `dev.troupe.text-toolkit`. */
export const pluginIdSchema = z.string().check(z.regex(/^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$/), z.maxLength(128));
/** Stands for a plugin's id where an agent is the person's own. No plugin can be called so: every plugin's id has a dot. */
export const OWN = 'own';
/** Where an agent comes from: a plugin, or the person's own. */
export const sourceIdSchema = z.union([pluginIdSchema, z.literal(OWN)]);
/** An id that the core made (hire, conversation, run, operation). */
export const idSchema = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/));
/** Made by the caller of a write, stored with its effect, so that a repeat does nothing twice. */
export const requestIdSchema = z.string().check(z.regex(/^[A-Za-z0-9_-]{8,64}$/));
/** Milliseconds since 1970, UTC. */
export const instantSchema = z.number().check(z.int());
/** A lower-case hex SHA-512 digest. */
export const sha512Schema = z.string().check(z.regex(/^[0-9a-f]{128}$/));
