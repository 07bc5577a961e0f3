/** The main job in a browser, against the built core: from a home that does not exist yet to an answer, and back after a restart. */
import type { Page } from 'playwright-core';
import { describe, it } from 'vitest';
import { useBrowser } from '../support/browser-app.ts';
import { ANALYST, ask, enterNewHome, everythingIsThere, goTo, hireFromSheet, installPlugin, QUESTION, seeAnswer } from '../support/journey.ts';
import { press, reach } from '../support/keyboard.ts';

const PASSPHRASE = 'four words are enough';
const { home, serve, open } = useBrowser();

/** Goes on without encryption, as a person does who has no keychain. */
async function choosePlain(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Go on without encryption…' }).click();
  await page.getByRole('button', { name: 'Go on without encryption', exact: true }).click();
}

/** The first of the three that the tour offers: it asks for nothing, so that nothing is to be decided. */
const TOOLKIT = { name: 'Text Toolkit', agent: 'Text editor' };

describe('X1 X12 the main job in a browser', () => {
  it('leads a new person through the tour to an answer, then through the marketplace, and keeps it all', async () => {
    const folder = await home();
    const core = await serve(folder);
    const { page, close } = await open(core.address);
    await choosePlain(page);
    await page.getByRole('heading', { name: 'How should your agents think?' }).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('radio', { name: new RegExp(TOOLKIT.name) }).click();
    await page.getByRole('button', { name: `Hire ${TOOLKIT.name}` }).click();
    await page.getByRole('heading', { name: `Say something to ${TOOLKIT.agent}` }).waitFor();
    await page.getByRole('textbox', { name: 'Your first message' }).fill(QUESTION);
    await page.getByRole('button', { name: 'Send' }).click();
    await seeAnswer(page, QUESTION);

    await installPlugin(page, ANALYST.name);
    const analyst = await hireFromSheet(page, ANALYST.agent);
    await ask(page, analyst, QUESTION);
    await close();
    await core.stop();

    const again = await open((await serve(folder)).address);
    await everythingIsThere(again.page, analyst);
    await goTo(again.page, 'Team');
    await again.page.getByRole('heading', { name: TOOLKIT.agent, exact: true }).waitFor();
  });

  it('encrypts with a passphrase, shows the recovery code once, and asks for the passphrase at the next start', async () => {
    const folder = await home();
    const core = await serve(folder);
    const { page, close } = await open(core.address);
    await page.getByLabel('Choose a passphrase').fill(PASSPHRASE);
    await page.getByLabel('The passphrase again').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Encrypt with this passphrase' }).click();
    await enterNewHome(page);
    await installPlugin(page, ANALYST.name);
    const agent = await hireFromSheet(page, ANALYST.agent);
    await ask(page, agent, QUESTION);
    await page.goto(`${core.origin}/settings/keys`);
    await page.getByText('Encrypted with your passphrase').waitFor();
    await page.getByRole('button', { name: 'Show the code' }).click();
    await page.getByText(/^([A-Z0-9]{4}-){6}[A-Z0-9]{4}$/).waitFor();
    await close();
    await core.stop();

    const again = await open((await serve(folder)).address);
    await again.page.getByRole('heading', { name: 'Enter your passphrase' }).waitFor();
    const field = again.page.getByRole('textbox', { name: 'Passphrase' });
    await field.fill('something else');
    await again.page.getByRole('button', { name: 'Unlock' }).click();
    await again.page.getByText(/not the passphrase of this home/).waitFor();
    await field.fill(PASSPHRASE);
    await again.page.getByRole('button', { name: 'Unlock' }).click();
    await everythingIsThere(again.page, agent);
  });

  it('X3 is done by the keyboard alone', async () => {
    const { page } = await open((await serve(await home())).address);
    await page.getByRole('button', { name: 'Go on without encryption…' }).waitFor();
    await press(page, page.getByRole('button', { name: 'Go on without encryption…' }));
    await press(page, page.getByRole('button', { name: 'Go on without encryption', exact: true }));
    await press(page, page.getByRole('button', { name: 'Skip the tour' }));
    await press(page, page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Marketplace' }));
    await press(page, page.getByRole('button', { name: `Install ${ANALYST.name}` }));
    const sheet = page.getByRole('dialog');
    await press(page, sheet.getByRole('button', { name: /^Install with/ }));
    await press(page, sheet.getByRole('button', { name: 'Hire its agents' }));
    const dialog = page.getByRole('dialog', { name: 'Hire an agent' });
    await reach(page, dialog.getByRole('textbox', { name: 'Name' }));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('Nora');
    await page.keyboard.press('Enter');
    await reach(page, dialog.getByRole('combobox', { name: 'Model' }));
    await press(page, dialog.getByRole('button', { name: 'Next' }));
    await press(page, dialog.getByRole('button', { name: 'Choose later' }));
    await press(page, dialog.getByRole('button', { name: 'Hire Nora' }));
    await reach(page, page.getByRole('textbox', { name: 'Message Nora' }));
    await page.keyboard.type(QUESTION);
    await page.keyboard.press('Enter');
    await seeAnswer(page, QUESTION);
    await press(page, page.getByRole('button', { name: /Count words.*Done/ }));
    await page.getByRole('region', { name: 'Result' }).waitFor();
    await page.keyboard.press('Control+k');
    await reach(page, page.getByRole('textbox', { name: 'Search or run a command' }));
    await page.keyboard.type('Settings');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  });
});
