/** Shown until the screen stands here. */
export function ChatScreen() {
  return null;
}
