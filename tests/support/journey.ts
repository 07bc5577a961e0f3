/**
 * The main job, end to end, as a person does it: the steps find what they use by role and label, so that they hold in the
 * desktop shell and in a browser alike. Each step waits for what it caused; none sleeps.
 */
import type { Page } from 'playwright-core';

/** A plugin of the embedded catalog that brings an agent, and needs another plugin. */
export const ANALYST = { id: 'dev.troupe.csv-analyst', name: 'CSV Analyst', agent: 'Data analyst' };
export const QUESTION = "Count the words in 'hello big world'";

const SLOW_MS = 30_000;

/** Passes what stands before a new home: where no keychain is, the choice to go without; then the tour. */
export async function enterNewHome(page: Page): Promise<void> {
  const choice = page.getByRole('heading', { name: 'Protect what you keep here' });
  const skip = page.getByRole('button', { name: 'Skip the tour' });
  await choice.or(skip).first().waitFor({ timeout: SLOW_MS });
  if (await choice.isVisible()) {
    await page.getByRole('button', { name: 'Go on without encryption…' }).click();
    await page.getByRole('button', { name: 'Go on without encryption', exact: true }).click();
  }
  await skip.click({ timeout: SLOW_MS });
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor();
}

/** Goes to a room of the app by the rail. */
export async function goTo(page: Page, room: 'Home' | 'Marketplace' | 'Plugins' | 'Team' | 'Chat' | 'Settings'): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: room, exact: true }).click();
}

/** Waits until the marketplace shows rows of the catalog. */
export async function seeMarketplace(page: Page): Promise<void> {
  await goTo(page, 'Marketplace');
  await page.getByRole('button', { name: `Install ${ANALYST.name}` }).or(page.getByRole('article').filter({ hasText: ANALYST.name })).first().waitFor({ timeout: SLOW_MS });
}

/** Installs from its card, consents to what is ticked, and waits for the end. */
export async function installPlugin(page: Page, name: string): Promise<void> {
  await seeMarketplace(page);
  await page.getByRole('button', { name: `Install ${name}` }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('heading', { name: 'Decide what it may do' }).waitFor({ timeout: SLOW_MS });
  await sheet.getByRole('button', { name: /^Install/ }).click();
  await sheet.getByText(`${name} is ready to use.`).waitFor({ timeout: SLOW_MS });
}

/** From the end of an installation to an agent on the team, under the name that is suggested. Answers that name. */
export async function hireFromSheet(page: Page, agent: string): Promise<string> {
  await page.getByRole('dialog').getByRole('button', { name: 'Hire its agents' }).click();
  const dialog = page.getByRole('dialog', { name: 'Hire an agent' });
  const field = dialog.getByRole('textbox', { name: 'Name' });
  const choice = dialog.getByRole('button', { name: agent });
  await field.or(choice).first().waitFor({ timeout: SLOW_MS });
  if (!await field.isVisible()) await choice.click();
  const name = await field.inputValue();
  const hire = dialog.getByRole('button', { name: `Hire ${name}` });
  const next = dialog.getByRole('button', { name: /^(Next|Choose later)$/ });
  for (let step = 0; step < 4 && !await hire.isVisible(); step += 1) {
    const progress = await dialog.getByRole('progressbar').getAttribute('aria-valuenow');
    await next.click();
    await page.waitForFunction((before) => document.querySelector('[role=dialog] [role=progressbar]')?.getAttribute('aria-valuenow') !== before, progress);
  }
  await hire.click();
  await messageField(page, name).waitFor({ timeout: SLOW_MS });
  return name;
}

export const messageField = (page: Page, agent: string) => page.getByRole('textbox', { name: `Message ${agent}` });

/** Writes to the agent and waits for the whole answer, in which the tool was used. */
export async function ask(page: Page, agent: string, text: string): Promise<void> {
  await messageField(page, agent).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await seeAnswer(page, text);
}

/** The question and its answer stand in the conversation, with the tool call. */
export async function seeAnswer(page: Page, text: string): Promise<void> {
  const answer = page.getByRole('article').last();
  await page.getByRole('article').filter({ hasText: text }).first().waitFor({ timeout: SLOW_MS });
  await answer.getByRole('button', { name: /Count words.*Done/ }).waitFor({ timeout: SLOW_MS });
  await answer.getByText('words: 3').waitFor({ timeout: SLOW_MS });
  await answer.getByRole('button', { name: 'Answer again' }).waitFor({ timeout: SLOW_MS });
}

/** From a fresh home to a first answer that used a tool. Answers the name of the hired agent. */
export async function journey(page: Page): Promise<{ agent: string }> {
  await enterNewHome(page);
  await installPlugin(page, ANALYST.name);
  const agent = await hireFromSheet(page, ANALYST.agent);
  await ask(page, agent, QUESTION);
  return { agent };
}

/** After another start: plugin, agent and conversation are as they were. */
export async function everythingIsThere(page: Page, agent: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor({ timeout: SLOW_MS });
  await goTo(page, 'Plugins');
  await page.getByText(ANALYST.name, { exact: true }).first().waitFor({ timeout: SLOW_MS });
  await goTo(page, 'Team');
  await page.getByRole('heading', { name: agent, exact: true }).waitFor({ timeout: SLOW_MS });
  await page.getByRole('link', { name: `Chat with ${agent}` }).click();
  await seeAnswer(page, QUESTION);
}
