/** axe-core, put into a page once and asked as often as needed. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

// Asked through the Playwright binding, axe opens a further page for each question, which takes four times as long.
const source = readFileSync(createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'), 'utf8');

interface Check { message: string }
interface Violation { id: string; impact: string | null; nodes: { target: unknown[]; any: Check[]; all: Check[]; none: Check[] }[] }
interface Axe { run(context: object, options: object): Promise<{ violations: Violation[] }> }

/**
 * What axe objects to, of any impact, one line each.
 * @param rules only these; default all, the best practices too
 */
export async function axeFinds(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(source);
  const violations = await page.evaluate(async (only) => {
    const { axe } = window as unknown as { axe: Axe };
    return (await axe.run(document, { resultTypes: ['violations'], ...(only && { runOnly: [...only] }) })).violations;
  }, rules);
  return violations.map(({ id, impact, nodes }) => `${id} (${impact ?? ''}) ${nodes.slice(0, 3).map(({ target, any, all, none }) => `${target.join(' ')} ${[...any, ...all, ...none][0]?.message ?? ''}`).join(' | ')}`);
}
