import * as z from 'zod/mini';

/** How far the writing under another key is. `percent` of the step; null: it cannot be told. */
export const rekeyProgressSchema = z.object({ step: z.enum(['copying', 'encrypting', 'checking']), percent: z.nullable(z.number()) });
export type RekeyProgress = z.infer<typeof rekeyProgressSchema>;

/**
 * How this home's data key is held. `open*` states serve everything; in the others only the credentials procedures answer.
 * `plain`: an unencrypted home without stored secrets.
 */
export const keyStateSchema = z.object({
  state: z.enum(['open', 'plain', 'locked-keyring', 'no-service', 'key-missing', 'key-changed', 'passphrase-needed']),
  protectedBy: z.enum(['keychain', 'passphrase', 'none']),
  /** True until the recovery code, made at set-up or anew, was shown and confirmed. */
  recoveryCodePending: z.boolean(),
  encrypted: z.boolean(),
  /** While everything is written anew under another key. */
  rekeying: z.optional(rekeyProgressSchema),
});
export type KeyState = z.infer<typeof keyStateSchema>;
