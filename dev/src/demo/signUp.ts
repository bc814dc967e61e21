/** From a phone number to a signed-in person with a profile: what every app does first. */
import { createHash, randomUUID } from 'node:crypto';
import type { AuthRegisterInput } from '../../../client/src/index.ts';
import type { Control } from '../phone/control.ts';
import type { Phone } from '../phone/phone.ts';
import type { Timeline } from './timeline.ts';

/** Somebody who comes in. */
export interface Newcomer {
  /** Names the steps, e.g. `caller`. */
  readonly part: string;
  readonly name: string;
  /** E.164. */
  readonly number: string;
  readonly phone: Phone;
  readonly profile: Omit<AuthRegisterInput, 'username' | 'requestId'>;
}

interface Entrance {
  readonly control: Control;
  readonly timeline: Timeline;
}

/** Signs in, registers, has pushes sent to this phone and is online. */
export async function signUp(entrance: Entrance, newcomer: Newcomer): Promise<void> {
  await signIn(entrance, newcomer);
  const { timeline } = entrance;
  const { part, name, phone, profile } = newcomer;
  await timeline.step(
    {
      name: `${part}Register`,
      who: name,
      what: ({ user }) => `registers and is ${user.alias} where names are masked (${user.roles.join(', ')})`,
    },
    async () => await phone.earshot.auth.register({ username: name, requestId: randomUUID(), ...profile }),
  );
  await timeline.step(
    { name: `${part}Device`, who: name, what: 'registers this phone for pushes' },
    async () =>
      await phone.earshot.notifications.registerDevice({ token: `demo-token-${part}`, platform: 'android' }),
  );
  await timeline.step(
    { name: `${part}Online`, who: name, what: 'is online' },
    async () => await phone.earshot.presence.heartbeat(),
  );
}

async function signIn({ control, timeline }: Entrance, { part, name, number, phone }: Newcomer) {
  await timeline.step(
    {
      name: `${part}Code`,
      who: name,
      what: ({ channel }) => `asks for a code: it goes out by ${channel === 'whatsapp' ? 'WhatsApp' : 'SMS'}`,
    },
    async () => await phone.earshot.auth.requestOtp({ phone: number }),
  );
  const code = await newestCode(control, number);
  await timeline.step(
    { name: `${part}SignIn`, who: name, what: 'types it in and is signed in' },
    async () => {
      const { customToken } = await phone.earshot.auth.verifyOtp({ phone: number, code });
      await phone.signIn(customToken);
    },
  );
}

/** What the phone shows; the local stack has kept it in place of a provider. */
async function newestCode(control: Control, number: string): Promise<string> {
  const path = `/messages?to=${encodeURIComponent(number)}`;
  const { items } = await control.request<{ items: { code?: string }[] }>('GET', path);
  const code = items[0]?.code;
  if (code === undefined) throw new Error(`no message with a code has reached ${unnamed(number)}`);
  return code;
}

/** A phone number is not printed, not even a made-up one: habits of a demo become habits of an app. */
function unnamed(number: string): string {
  return `the phone ${createHash('sha256').update(number).digest('hex').slice(0, 8)}`;
}

/** @returns the coins that somebody has, as the wallet says */
export async function coinsOf({ timeline }: Entrance, who: string, phone: Phone): Promise<number> {
  const { coins } = await timeline.step(
    {
      name: 'bonus',
      who,
      what: ({ coins: { available, bonus } }) => `has ${available} coins, ${bonus} of them the sign-up bonus`,
    },
    async () => await phone.earshot.wallet.balance(),
  );
  return coins.available;
}
