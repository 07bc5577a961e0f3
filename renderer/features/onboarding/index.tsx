/** Shown until the screen stands here. */
export function OnboardingScreen() {
  return null;
}
