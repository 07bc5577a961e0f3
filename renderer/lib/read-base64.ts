/** The bytes of a file as base64. Rejects when it cannot be read any more. */
export async function readBase64(bytes: Blob): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reader = new FileReader();
  reader.onload = () => { resolve(String(reader.result).split(',')[1] ?? ''); };
  reader.onerror = () => { reject(reader.error ?? new Error('The file could not be read.')); };
  reader.readAsDataURL(bytes);
  return promise;
}
