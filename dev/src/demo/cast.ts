/** The people of the demo: three phones, each with the official web SDK and a session of its own. */
import type { z } from 'zod';
import type { Contract } from '../../../functions/src/platform/contract.ts';
import { openPhone, type Phone } from '../phone/phone.ts';
import type { Control, ReadyInfo, SeededPerson } from '../phone/control.ts';
import { CALLER, CALLER_COINS, LISTENER, OPERATOR } from './plan.ts';
import type { Live } from './live.ts';
import type { Timeline } from './timeline.ts';

/** What every scene needs. */
export interface Stage {
  readonly control: Control;
  readonly timeline: Timeline;
  readonly caller: Phone;
  readonly listener: Phone;
  readonly operator: Phone;
  /** Keeps a live query open until the demo is over. */
  readonly watch: (live: Live) => Live;
  close(): Promise<void>;
}

/** Makes the people and opens their phones. */
export async function openStage(control: Control, info: ReadyInfo, timeline: Timeline): Promise<Stage> {
  const seed = {
    listeners: 1,
    callers: 2,
    coins: CALLER_COINS,
    limits: 'default',
    profiles: [LISTENER, CALLER, OPERATOR].map((username) => ({ username })),
  };
  const { items } = await control.request<{ items: SeededPerson[] }>('POST', '/seed', seed);
  const [listener, caller, operator] = await Promise.all(
    items.map(async ({ customToken }) => await openPhone(info, customToken)),
  );
  if (listener === undefined || caller === undefined || operator === undefined)
    throw new Error('the seed made too few people');
  await control.grant(operator.uid, 'admin');
  // The claim is part of the ID token, so the operator needs a new one.
  await operator.idToken(true);
  const lives: Live[] = [];
  return {
    control,
    timeline,
    caller,
    listener,
    operator,
    watch: (live) => {
      lives.push(live);
      return live;
    },
    async close() {
      for (const live of lives) live.close();
      await Promise.all([caller, listener, operator].map(async (phone) => await phone.close()));
    },
  };
}

/**
 * Calls an operation as an app would and checks that the answer is what the contract promises.
 * @throws FirebaseError as the SDK makes it; ZodError when the answer is not of the contract
 */
export async function ask<I extends z.ZodType, O extends z.ZodType>(
  phone: Phone,
  contract: Contract<I, O>,
  input: z.input<I>,
): Promise<z.output<O>> {
  return contract.output.parse(await phone.call<unknown>(contract.name, input));
}
