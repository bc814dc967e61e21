/** Coins and pictures in the middle of a call. */
import { describe, expect, it } from '@jest/globals';
import { expectAccessible } from './accessible.ts';
import { eventually, hears, picture, received, remember, useBrowser } from './browser.ts';
import { PhonePage, rings, talk, two } from './phone.ts';

const browser = useBrowser();
/** A call costs nothing before. */
const FREE_SEC = 10;

describe('a call in the browser', () => {
  it('is extended by coins that are bought in it', async () => {
    const both = await two(browser, 10);
    const { caller, listener } = both;
    await talk(both);
    await caller.reads('Your coins run out');
    await picture(caller.page, 'low');
    await expectAccessible(caller.page);
    await caller.screen.locator('.low').getByRole('button', { name: 'Top up' }).click();
    await caller.reads('₹150');
    await picture(caller.page, 'buy');
    await expectAccessible(caller.page);
    await caller.press('Pay ₹150');
    await caller.button('Let the payment succeed').waitFor();
    await picture(caller.page, 'checkout');
    await expectAccessible(caller.page);
    await caller.press('Let it fail');
    await caller.reads('The payment failed. Nothing was charged.');
    // The payment is made and cannot be told: it must be told again, and not be made again.
    await caller.page.route('**/payments/confirm', async (route) => await route.fulfill({ status: 400 }));
    await caller.press('Let the payment succeed');
    await caller.reads('That did not work. Please try again.');
    expect(await caller.button('Let the payment succeed').count()).toBe(0);
    await caller.page.unroute('**/payments/confirm');
    await caller.press('Check the payment');
    await caller.reads('300 coins added');
    await caller.screen.getByRole('status').getByText('300 coins added').waitFor();
    await caller.screen.getByText('Your coins run out').waitFor({ state: 'detached' });
    await eventually(
      async () => await caller.fact('Paid for'),
      (left) => /^\d\d?:\d\d$/u.test(left) && !left.startsWith('0:'),
    );
    await hears(caller.page);
    await hears(listener.page);
    await browser.stack.control.advance(FREE_SEC);
    await caller.press('End');
    await caller.hasFact('Coins spent', '10');
  });

  it('is taken by somebody who is buying coins, and what they have paid is not lost', async () => {
    const both = await two(browser, 500);
    const { caller, listener } = both;
    await listener.goTo('Wallet');
    await listener.press('Buy coins');
    await listener.press('Pay ₹150');
    await listener.page.route('**/payments/confirm', async (route) => await route.fulfill({ status: 400 }));
    await listener.press('Let the payment succeed');
    await listener.button('Check the payment').waitFor();
    await rings(both);
    await picture(listener.page, 'ringing-while-buying');
    await listener.press('Accept');
    await listener.screen.getByRole('timer').waitFor();
    await caller.press('End');
    await listener.press('Done');
    await listener.press('Buy coins');
    await listener.page.unroute('**/payments/confirm');
    await listener.press('Check the payment');
    await listener.reads('300 coins added');
  });

  it('goes on in another tab of the same person, who chooses where', async () => {
    const both = await two(browser, 500);
    const { caller, listener, callerNumber, listenerName } = both;
    await talk(both);
    // No second code comes within a minute of the first.
    await browser.stack.control.advance(61);
    const second = new PhonePage(await browser.open('/phone', { width: 360 }));
    await second.signIn(callerNumber);
    await second.reads(`Your call with ${listenerName} is on another device or tab.`);
    await picture(second.page, 'elsewhere');
    await expectAccessible(second.page);
    const told = await remember(second.page, '[role=dialog] .call-kind');
    await second.press('Continue here');
    await caller.reads(`Your call with ${listenerName} is on another device or tab.`);
    await second.screen.getByRole('timer').waitFor();
    expect(await told()).toContain('Connecting…');
    expect(await told()).not.toContain('Ringing…');
    await hears(second.page);
    await hears(listener.page);
    await second.press('End');
    await second.hasFact('Coins spent', '20');
    await caller.button('Continue here').waitFor({ state: 'detached' });
  });

  it('carries pictures, and the camera can be turned off', async () => {
    const both = await two(browser, 500);
    const { caller, listener } = both;
    await talk(both, 'video');
    for (const { page } of [caller, listener])
      await eventually(
        async () => await received(page),
        ({ videoFrames }) => videoFrames > 10,
      );
    await hears(caller.page);
    await hears(listener.page);
    await picture(caller.page, 'video');
    await expectAccessible(caller.page);
    await caller.press('Camera off');
    await caller.screen.getByLabel('Your picture').waitFor({ state: 'detached' });
    expect(await caller.button('Camera off').getAttribute('aria-pressed')).toBe('true');
    await picture(caller.page, 'video-camera-off');
    await browser.stack.control.advance(FREE_SEC);
    await caller.press('End');
    await caller.hasFact('Coins spent', '50');
  });
});
