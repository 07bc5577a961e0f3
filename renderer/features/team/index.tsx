/** Shown until the screen stands here. */
export function TeamScreen() {
  return null;
}
