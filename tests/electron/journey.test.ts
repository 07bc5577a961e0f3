import { expect, it } from 'vitest';
import { enterNewHome, everythingIsThere, journey } from '../support/journey.ts';
import { describeDesktop } from './desktop.ts';

describeDesktop('the main job in the desktop app', (desk) => {
  it('goes from a fresh home to an answer that used a tool, and is still there after a new start', async () => {
    const home = await desk.folder();
    const first = await desk.open({ home });
    const { agent } = await journey(first.page);
    expect(first.problems).toEqual([]);
    await desk.close(first);

    const second = await desk.open({ home });
    await everythingIsThere(second.page, agent);
    expect(second.problems).toEqual([]);
  });

  it('protects a new home by a passphrase, and asks for it at the next start', async () => {
    const home = await desk.folder();
    const first = await desk.open({ home });
    await first.page.getByLabel('Choose a passphrase', { exact: true }).fill('four words are enough');
    await first.page.getByLabel('The passphrase again', { exact: true }).fill('four words are enough');
    await first.page.getByRole('button', { name: 'Encrypt with this passphrase' }).click();
    await enterNewHome(first.page);
    await desk.close(first);

    const second = await desk.open({ home });
    await second.page.getByRole('heading', { name: 'Enter your passphrase' }).waitFor();
    await second.page.getByLabel('Passphrase', { exact: true }).fill('not the words');
    await second.page.getByRole('button', { name: 'Unlock' }).click();
    await second.page.getByText('That is not the passphrase').or(second.page.getByText(/passphrase.*(wrong|not)/i)).first().waitFor();
    await second.page.getByLabel('Passphrase', { exact: true }).fill('four words are enough');
    await second.page.getByRole('button', { name: 'Unlock' }).click();
    await second.page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    expect([...first.problems, ...second.problems]).toEqual([]);
  });
});
