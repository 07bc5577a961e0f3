/** Where a blob lies below a registry's address, with `/` separators: `blobs/sha512/ab/cd/abcd…`. */
export const blobPath = (sha512: string): string => `blobs/sha512/${sha512.slice(0, 2)}/${sha512.slice(2, 4)}/${sha512}`;
