/** How long the browser may take to begin reading what it was given. */
const READ_MS = 60_000;

/** Offers a text as a file to save, under the given name. The text never leaves the page on its way. */
export function saveText({ name, mediaType, text }: { name: string; mediaType: string; text: string }): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: `${mediaType};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => { URL.revokeObjectURL(link.href); }, READ_MS);
}
