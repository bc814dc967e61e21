/** The whole paid call between two pages, heard on both sides. */
import { describe, expect, it } from '@jest/globals';
import { expectAccessible } from './accessible.ts';
import { expectFocus, hears, picture, received, eventually, useBrowser } from './browser.ts';
import { PhonePage, rings, two } from './phone.ts';

const browser = useBrowser();

describe('a paid call in the browser', () => {
  it('runs from the code to the receipt, and both hear each other', async () => {
    const both = await two(browser, 500);
    const { caller, listener } = both;
    await caller.button(new RegExp(`^Call ${both.listenerName},`, 'u')).waitFor();
    await picture(caller.page, 'listeners');
    await picture(listener.page, 'home');
    await expectAccessible(caller.page);
    await expectAccessible(listener.page);

    await rings(both);
    await caller.reads('Ringing…');
    // The name is that of the card, before the backend tells it.
    await caller.screen.getByRole('heading', { name: both.listenerName }).waitFor();
    await picture(caller.page, 'ringing-out');
    await picture(listener.page, 'ringing-in');
    await expectAccessible(listener.page);
    const ring = listener.screen.getByRole('dialog');
    // Nothing that a key would press.
    await expectFocus(ring);
    expect(await ring.getAttribute('aria-describedby')).toBe(
      await listener.screen.getByText('Incoming call').getAttribute('id'),
    );
    await listener.press('Accept');
    await caller.screen.getByRole('timer').waitFor();
    await listener.screen.getByRole('timer').waitFor();
    expect(await hears(caller.page)).toMatchObject({ videoFrames: 0 });
    await hears(listener.page);
    await picture(caller.page, 'call');
    await picture(listener.page, 'call-listener');
    await expectAccessible(caller.page);

    await caller.hasFact('Coins spent', '10');
    await listener.hasFact('Coins earned', '15');
    expect(await caller.fact('Paid for')).toMatch(/^9:\d\d$/u);
    expect(await caller.fact('Next slice in')).toMatch(/^8:\d\d$/u);

    await caller.press('Mute');
    const muted = async () => (await received(listener.page)).audioEnergy;
    await eventually(
      async () => {
        const before = await muted();
        await caller.page.waitForTimeout(1000);
        return (await muted()) - before;
      },
      (heard) => heard < 1e-6,
    );
    await caller.press('Mute');
    await hears(listener.page);

    await listener.press('End');
    await caller.reads(`${both.listenerName} hung up.`);
    await caller.hasFact('Coins spent', '10');
    await caller.hasFact('Coins given back', '90');
    await caller.screen.getByText('What happened, in order').click();
    await caller.reads('accepted');
    await listener.hasFact('Coins earned', '15');
    await listener.reads('You hung up.');
    await picture(caller.page, 'receipt');
    await expectAccessible(caller.page);
    await caller.press('Done');
    await listener.press('Done');

    await caller.goTo('Wallet');
    await caller.reads('490');
    await caller.reads('490 after');
    await picture(caller.page, 'wallet');
    await expectAccessible(caller.page);
    await caller.goTo('Calls');
    await caller.reads(/Completed/u);
    await picture(caller.page, 'history');
    await expectAccessible(caller.page);
    await caller.press(new RegExp(both.listenerName, 'u'));
    await caller.hasFact('Coins spent', '10');
    await expectAccessible(caller.page);
    await caller.page.keyboard.press('Escape');
    await expectFocus(caller.button(new RegExp(both.listenerName, 'u')));
    await caller.goTo('Profile');
    await picture(caller.page, 'profile');
    await expectAccessible(caller.page);
    await listener.goTo('Wallet');
    await listener.reads(/^Earned$/u);
  });

  it('begins with somebody who has never been there', async () => {
    const newcomer = new PhonePage(await browser.open('/phone'));
    await newcomer.button('Send me a code').waitFor();
    await picture(newcomer.page, 'sign-in');
    await expectAccessible(newcomer.page);
    await newcomer.screen.getByLabel('Your phone number').fill('+91 98765 43210');
    await newcomer.press('Send me a code');
    await newcomer.button(/^Use \d{6}$/u).waitFor();
    await picture(newcomer.page, 'code');
    await expectAccessible(newcomer.page);
    const code = /\d{6}/u.exec((await newcomer.button(/^Use \d{6}$/u).textContent()) ?? '')?.[0] ?? '';
    await newcomer.screen.getByLabel('The 6-digit code').fill(code === '000000' ? '111111' : '000000');
    await newcomer.press('Sign in');
    await newcomer.reads('Wrong code. 4 tries left.');
    await newcomer.press(/^Use \d{6}$/u);
    await newcomer.press('Sign in');
    await newcomer.screen.getByLabel('Username').fill('newcomer');
    expect(await newcomer.screen.getByLabel('Date of birth').inputValue()).toBe('');
    await newcomer.screen.getByLabel('Date of birth').fill('1995-04-12');
    await newcomer.screen.getByLabel('Gender').selectOption('Other');
    await picture(newcomer.page, 'register');
    await expectAccessible(newcomer.page);
    await newcomer.press('Begin');
    await newcomer.goTo('Wallet');
    await newcomer.reads('50');
    await newcomer.goTo('Profile');
    await newcomer.press('Sign out');
    await newcomer.button('Send me a code').waitFor();
  });
});
