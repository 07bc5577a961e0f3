/** Going about a page by the keyboard alone. */
import type { Locator, Page } from 'playwright-core';

/** More stops than any screen has; further means that the way does not end. */
const MOST_STOPS = 120;

/** Presses Tab until the focus is there, and holds that it can be seen. Fails when Tab never gets there. */
export async function reach(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stops = 0; stops <= MOST_STOPS; stops += 1) {
    const at = await target.evaluate((element) => (element === document.activeElement ? (element.matches(':focus-visible') ? 'here' : 'unseen') : 'elsewhere'));
    if (at === 'unseen') throw new Error('The focus is there and cannot be seen.');
    if (at === 'here') return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${String(target)} within ${MOST_STOPS} stops.`);
}

/** Goes there and presses Enter. */
export async function press(page: Page, target: Locator): Promise<void> {
  await reach(page, target);
  await page.keyboard.press('Enter');
}
