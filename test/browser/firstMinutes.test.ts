/** What whoever opens the project sees first, and what it takes to see it. */
import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { expectAccessible } from './accessible.ts';
import { expectFocus, hears, picture, useBrowser } from './browser.ts';
import { PhonePage, two } from './phone.ts';

const browser = useBrowser();
const MOST_BYTES = 250_000;

describe('the first minutes in the browser', () => {
  it('lead to a call between two phones side by side by three presses', async () => {
    const page = await browser.open('/', { width: 1200, height: 980 });
    const [phoneA, phoneB] = ['a', 'b'].map((which) => page.frameLocator(`iframe[src*="/phone/${which}"]`));
    await phoneA?.getByRole('button', { name: 'Send me a code' }).waitFor();
    await picture(page, 'pair-begin');
    await page.getByRole('button', { name: 'Sign both in' }).click();
    await phoneB?.getByText('You are available. Calls ring here.').waitFor();
    await phoneA?.getByRole('button', { name: 'Call Asha, 10 coins/min' }).click();
    await phoneB?.getByRole('button', { name: 'Accept' }).click();
    const [caller, listener] = ['a', 'b'].map((which) => {
      const frame = page.frames().find((one) => new URL(one.url()).pathname === `/phone/${which}`);
      if (frame === undefined) throw new Error(`there is no phone ${which}`);
      return new PhonePage(page, frame);
    }) as [PhonePage, PhonePage];
    for (const { screen } of [caller, listener]) {
      await screen.getByRole('timer').waitFor();
      await hears(screen);
    }
    await caller.hasFact('Coins spent', '10');
    await picture(page, 'pair');
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'pair-dark');
    await caller.press('End');
    await listener.reads('Call ended');
    await caller.hasFact('Coins spent', '10');
    await listener.hasFact('Coins earned', '15');
    await picture(page, 'pair-ended-dark');
  });

  it(`load less than ${MOST_BYTES / 1000} kB, compressed, for the first screen`, async () => {
    const page = await browser.open('/phone');
    await page.getByRole('button', { name: 'Send me a code' }).waitFor();
    const addresses = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    );
    const loaded = [page.url(), ...addresses].filter((address) => !address.includes('/local/'));
    expect(loaded.filter((address) => address.endsWith('.js')).length).toBeGreaterThan(1);
    const sizes = await Promise.all(
      loaded.map(async (address) => gzipSync(await (await fetch(address)).bytes()).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
  });

  it('speak Hindi to whoever’s browser does, and English when asked to', async () => {
    const page = await browser.open('/phone', { language: 'hi-IN', dark: true });
    await page.getByRole('button', { name: 'रवि, जो कॉल करते हैं' }).waitFor();
    await picture(page, 'sign-in-hi-dark');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'रवि, जो कॉल करते हैं' }).click();
    await page.getByRole('heading', { name: 'Asha' }).waitFor();
    await picture(page, 'listeners-hi-dark');
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'वॉलेट' }).click();
    await page.getByText('खरीदे', { exact: true }).waitFor();
    await picture(page, 'wallet-hi-dark');
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'प्रोफ़ाइल' }).click();
    await page.getByLabel('ऐप की भाषा').selectOption('English');
    await page.getByRole('heading', { name: 'Profile' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    await page.reload();
    await page.getByRole('tab', { name: 'Wallet' }).waitFor();
  });

  it('can be walked through by keyboard', async () => {
    const page = await browser.open('/phone');
    const { keyboard } = page;
    const phone = new PhonePage(page);
    await page.getByRole('button', { name: 'Ravi, who calls' }).waitFor();
    await phone.tabTo(/^- button "Ravi, who calls"/u);
    await keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Listeners' }).waitFor();
    await phone.tabTo(/^- tab "Listeners"/u);
    await keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Calls' }).waitFor();
    await keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Wallet' }).waitFor();
    await phone.tabTo(/^- button "Buy coins"/u);
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Buy coins' }).waitFor();
    await page.getByRole('button', { name: /^Pay/u }).waitFor();
    await phone.tabTo(/^- button "Pay/u);
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectFocus(phone.button('Buy coins'));
  });

  it('end in a call that is made, taken and ended by keyboard', async () => {
    const { caller, listener, listenerName } = await two(browser, 100);
    await caller.button(new RegExp(`^Call ${listenerName},`, 'u')).waitFor();
    await caller.tabTo(new RegExp(`^- button "Call ${listenerName},`, 'u'));
    await caller.page.keyboard.press('Enter');
    await listener.button('Accept').waitFor();
    await listener.page.keyboard.press('Escape');
    await listener.tabTo(/^- button "Accept"/u);
    await listener.page.keyboard.press('Enter');
    await listener.screen.getByRole('timer').waitFor();
    await caller.screen.getByRole('timer').waitFor();
    await caller.tabTo(/^- button "End"/u);
    await caller.page.keyboard.press('Enter');
    await listener.reads(/hung up\./u);
    // Whoever called is back where they began, once that can be pressed again; whoever was called, at the open tab.
    await caller.screen
      .locator('main button:enabled', { hasText: `Call ${listenerName},` })
      .waitFor({ state: 'attached' });
    for (const phone of [caller, listener]) {
      await phone.tabTo(/^- button "Done"/u);
      await phone.page.keyboard.press('Enter');
    }
    await expectFocus(caller.button(new RegExp(`^Call ${listenerName},`, 'u')));
    await expectFocus(listener.screen.getByRole('tab', { name: 'Home' }));
  });
});
