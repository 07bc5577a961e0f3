/** Who may open this home, and the secrets it keeps. */
export type { Rewrite } from './rekey.ts';
export { openKeys, type Keys, type OpenKeysOptions } from './keys.ts';
export { systemKeychain, type Keychain } from './keychain.ts';
export { openCredentials, type Credentials, type CredentialsOptions } from './secrets.ts';
