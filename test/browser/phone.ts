/** What a person does with a phone of the browser, told in their words. */
import { expect } from '@jest/globals';
import type { Frame, Locator, Page } from 'playwright-core';
import type { SeededPerson } from '../../dev/src/phone/control.ts';
import { eventually, type Look, type TestBrowser } from './browser.ts';

/** No screen has so many controls. */
const MOST_TABS = 20;

/** A phone that somebody holds. */
export class PhonePage {
  readonly page: Page;
  /** Where the phone is: the page, or a frame of it. */
  readonly screen: Page | Frame;

  constructor(page: Page, screen: Page | Frame = page) {
    this.page = page;
    this.screen = screen;
  }

  button(name: string | RegExp): Locator {
    return this.screen.getByRole('button', { name, exact: typeof name === 'string' });
  }

  async press(name: string | RegExp): Promise<void> {
    await this.button(name).click();
  }

  /** Waits until something can be read. */
  async reads(text: string | RegExp): Promise<void> {
    await this.screen.getByText(text).first().waitFor();
  }

  async goTo(tab: 'Home' | 'Listeners' | 'Calls' | 'Wallet' | 'Profile'): Promise<void> {
    await this.screen.getByRole('tab', { name: tab }).click();
  }

  /** The way of a person: number, message, code. */
  async signIn(number: string): Promise<void> {
    await this.screen.getByLabel('Your phone number').fill(number);
    await this.press('Send me a code');
    await this.press(/^Use \d{6}$/u);
    await this.press('Sign in');
  }

  /** Presses Tab until a control has the focus. @param control as ARIA tells it, e.g. `- button "End"` */
  async tabTo(control: RegExp): Promise<void> {
    for (let presses = 0; presses < MOST_TABS; presses += 1) {
      const focused = this.page.locator(':focus');
      const told = (await focused.count()) === 0 ? '' : await focused.ariaSnapshot();
      if (control.test(told)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${control.source}`);
  }

  /** The value beside a name in a list of facts. */
  async fact(name: string): Promise<string> {
    const value = this.screen.locator('dt', { hasText: new RegExp(`^${name}$`, 'u') }).locator('xpath=../dd');
    return (await value.first().textContent())?.trim() ?? '';
  }

  /** Waits until a fact has a value. */
  async hasFact(name: string, value: string): Promise<void> {
    await eventually(
      async () => await this.fact(name),
      (now) => now === value,
    );
  }

  /** Buys the first package in the sandbox's checkout; the sheet must be open. */
  async buyCoins(): Promise<void> {
    await this.press(/^Pay /u);
    await this.press('Let the payment succeed');
  }
}

export interface Two {
  readonly caller: PhonePage;
  readonly listener: PhonePage;
  readonly callerUid: string;
  /** E.164. */
  readonly callerNumber: string;
  readonly listenerUid: string;
  /** As the listener's card says. */
  readonly listenerName: string;
}

/** A caller with coins and a listener who is online, each with a phone, signed in. */
export async function two(
  browser: TestBrowser,
  coins: number,
  looks: readonly [Look, Look] = [{}, {}],
): Promise<Two> {
  const people = await browser.stack.control.seed({ listeners: 1, callers: 1, coins });
  const [listener, caller] = people;
  if (listener === undefined || caller === undefined) throw new Error('the seed made nobody');
  const open = async ({ phone }: SeededPerson, look: Look): Promise<PhonePage> => {
    const opened = new PhonePage(await browser.open('/phone', look));
    await opened.signIn(phone);
    return opened;
  };
  const [callers, listeners] = await Promise.all([open(caller, looks[0]), open(listener, looks[1])]);
  await listeners.reads('You are available. Calls ring here.');
  const heading = (await listeners.screen.getByRole('heading', { level: 1 }).textContent()) ?? '';
  const listenerName = heading.replace('Hello, ', '');
  expect(listenerName).not.toBe('');
  return {
    caller: callers,
    listener: listeners,
    callerUid: caller.uid,
    callerNumber: caller.phone,
    listenerUid: listener.uid,
    listenerName,
  };
}

/** The caller rings the listener, from the list. */
export async function rings(
  { caller, listener, listenerName }: Two,
  type: 'audio' | 'video' = 'audio',
): Promise<void> {
  await caller.press(new RegExp(`^${type === 'audio' ? 'Call' : 'Video'} ${listenerName},`, 'u'));
  await listener.button('Accept').waitFor();
}

/** … and they talk. */
export async function talk(both: Two, type: 'audio' | 'video' = 'audio'): Promise<void> {
  await rings(both, type);
  await both.listener.press('Accept');
  for (const { screen } of [both.caller, both.listener]) await screen.getByRole('timer').waitFor();
}
