/** An id of random bytes. People give ids to commands, so none begins with a hyphen: it would be taken for an option. */
export const idFrom = (bytes: Buffer): string => bytes.toString('base64url').replace(/^-/, '_');
