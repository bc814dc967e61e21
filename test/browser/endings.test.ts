/** The ways in which a call does not come about, or ends against somebody's will. */
import { describe, expect, it } from '@jest/globals';
import { expectAccessible } from './accessible.ts';
import { hears, picture, remember, useBrowser } from './browser.ts';
import { rings, talk, two, type PhonePage } from './phone.ts';

const browser = useBrowser();
/** A ring lasts a minute. */
const RING_SEC = 61;
/** Silence is noticed by a sweep: a minute of silence, and up to a minute until the sweep. */
const LOST_SEC = 130;
/** Settings are read anew after it. */
const SETTINGS_SEC = 31;

describe('a call that rings in the browser', () => {
  it('can be declined, taken back, and missed', async () => {
    const both = await two(browser, 500);
    const { caller, listener } = both;
    const toasts = await remember(listener.page, '.toast:not(.gone)');
    await rings(both);
    await listener.press('Decline');
    await caller.reads('Declined.');
    await picture(caller.page, 'declined');
    await caller.press('Done');

    await rings(both);
    // Of the one that was declined nothing was said.
    expect(await toasts()).toEqual([]);
    await caller.press('Cancel');
    await listener.reads('Missed call');
    await caller.reads('Taken back.');
    await caller.press('Done');

    await rings(both);
    await browser.stack.control.advance(RING_SEC);
    await caller.reads('Nobody answered.');
    await listener.button('Accept').waitFor({ state: 'detached' });
    await caller.press('Done');

    await caller.goTo('Wallet');
    await caller.reads('500');
    await caller.goTo('Calls');
    for (const status of [/Declined/u, /Taken back/u, /Missed/u]) await caller.reads(status);
    await listener.goTo('Calls');
    await listener.reads(/Missed/u);
  });

  it('is not begun without coins, and says what it takes', async () => {
    const { caller, listenerName } = await two(browser, 0);
    await caller.press(new RegExp(`^Call ${listenerName},`, 'u'));
    await caller.reads('This call needs 10 coins; you have 0.');
    await expectAccessible(caller.page);
    await caller.press('Buy coins');
    await caller.reads('₹150');
  });
});

const NO_MICROPHONE = 'The microphone is blocked or missing. Allow it in the browser and try again.';
const NO_CAMERA = 'The microphone or camera is blocked or missing. Allow both in the browser and try again.';

/** As when a person says no to the browser's question; a reload asks anew. */
async function refuseMicrophone({ page }: PhonePage): Promise<void> {
  await page.evaluate(() => {
    const refused = async (): Promise<never> =>
      await Promise.reject(new DOMException('no', 'NotAllowedError'));
    Object.defineProperty(navigator.mediaDevices, 'getUserMedia', { value: refused });
  });
}

describe('a call without a microphone in the browser', () => {
  it('is neither begun nor taken, and says why', async () => {
    const both = await two(browser, 500);
    const { caller, listener, listenerName } = both;
    await refuseMicrophone(caller);
    await caller.press(new RegExp(`^Call ${listenerName},`, 'u'));
    await caller.reads(NO_MICROPHONE);
    await caller.press('Done');
    await caller.press(new RegExp(`^Video ${listenerName},`, 'u'));
    await caller.reads(NO_CAMERA);
    await picture(caller.page, 'no-camera');
    await caller.press('Done');
    await caller.goTo('Calls');
    await caller.reads('No calls yet.');

    await caller.page.reload();
    await refuseMicrophone(listener);
    await rings(both);
    await listener.press('Accept');
    await listener.reads(NO_MICROPHONE);
    await picture(listener.page, 'no-microphone');
    await expectAccessible(listener.page);
    await listener.press('Decline');
    await caller.reads('Declined.');
  });
});

describe('a call that goes on in the browser', () => {
  it('ends with the last coin', async () => {
    const both = await two(browser, 10);
    const { caller, listener } = both;
    await talk(both);
    await hears(caller.page);
    await browser.stack.control.advance(60);
    await caller.reads('The coins ran out.');
    await caller.hasFact('Duration', '1:00');
    await caller.hasFact('Coins spent', '10');
    await listener.hasFact('Coins earned', '15');
    await picture(caller.page, 'coins-ran-out');
  });

  it('ends when it is as long as a call may be, and sells no coins for that', async () => {
    const both = await two(browser, 500);
    const { caller, listener } = both;
    const one = { integerValue: '1' };
    await browser.stack.writeAsAdmin('config/limits', { maxCallMinutes: one, sliceMinutes: one });
    await browser.stack.control.advance(SETTINGS_SEC);
    await talk(both);
    await caller.reads('No call lasts longer than 1 minute.');
    await caller.reads(/^The call ends in \d+ seconds\.$/u);
    await caller.hasFact('After that', 'It ends');
    expect(await caller.button('Top up').count()).toBe(0);
    await picture(caller.page, 'longest');
    await expectAccessible(caller.page);
    await browser.stack.control.advance(60);
    await caller.hasFact('Coins spent', '10');
    await listener.hasFact('Coins earned', '15');
  });

  it('ends for the other one when a page is closed, and nobody pays for the silence', async () => {
    const both = await two(browser, 500);
    const { caller, listener } = both;
    await talk(both);
    await hears(caller.page);
    await listener.page.close();
    await browser.stack.control.advance(LOST_SEC, [both.listenerUid]);
    await caller.reads('The connection was lost.');
    expect(await caller.fact('Duration')).toMatch(/^0:\d\d$/u);
    expect(['0', '10']).toContain(await caller.fact('Coins spent'));
  });

  it('goes on when a page is loaded anew', async () => {
    const both = await two(browser, 500);
    const { caller, listener } = both;
    const titles = await Promise.all(
      [caller, listener].map(async ({ page }) => await remember(page, '[role=dialog] h2')),
    );
    await rings(both);
    // Neither of them is told that it rings at the other side while nothing is known of the call yet.
    const ofListener = await remember(listener.page, '[role=dialog] .call-kind');
    await listener.page.reload();
    await listener.press('Accept');
    for (const { screen } of [caller, listener]) await screen.getByRole('timer').waitFor();
    const ofCaller = await remember(caller.page, '[role=dialog] .call-kind');
    await caller.page.reload();
    await caller.screen.getByRole('timer').waitFor();
    expect(await ofCaller()).toContain('Connecting…');
    for (const told of [ofCaller, ofListener]) expect(await told()).not.toContain('Ringing…');
    for (const told of titles) expect(await told()).not.toContain('');
    await hears(caller.page);
    await hears(listener.page);
    await caller.press('End');
    await listener.reads('Call ended');
  });
});
