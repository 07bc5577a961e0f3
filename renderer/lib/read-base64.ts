/** The bytes of a file as base64. Rejects when it cannot be read any more. */
export function readBase64(bytes: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => { resolve(String(reader.result).split(',')[1] ?? ''); };
    reader.onerror = () => { reject(reader.error ?? new Error('The file could not be read.')); };
    reader.readAsDataURL(bytes);
  });
}
