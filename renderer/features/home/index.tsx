/** Shown until the screen stands here. */
export function HomeScreen() {
  return null;
}
