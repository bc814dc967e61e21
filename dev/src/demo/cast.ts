/** The people of the demo: three phones, each with the client, Firebase's web SDK and a session of its own. */
import { openPhone } from '../phone/phone.ts';
import type { Control, ReadyInfo, SeededPerson } from '../phone/control.ts';
import { becomeListener } from './approval.ts';
import type { Stage } from './stage.ts';
import { CALLER, CALLER_PHONE, LISTENER, LISTENER_PHONE, OPERATOR, OPERATOR_COINS } from './plan.ts';
import { coinsOf, signUp } from './signUp.ts';
import type { Timeline } from './timeline.ts';

/** Opens three phones. The operator is signed in; the phones of the other two have seen nobody yet. */
export async function openStage(control: Control, info: ReadyInfo, timeline: Timeline): Promise<Stage> {
  const [meera] = await seed(control, { callers: 1, coins: OPERATOR_COINS, names: [OPERATOR] });
  if (meera === undefined) throw new Error('the seed made nobody');
  const operator = await openPhone(info, meera.customToken);
  await control.grant(operator.uid, 'admin');
  // The claim is part of the ID token, so the operator needs a new one.
  await operator.idToken(true);
  const [caller, listener] = [await openPhone(info), await openPhone(info)];
  const lives: { close(): void }[] = [];
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

interface Cast {
  readonly listeners?: number;
  readonly callers?: number;
  readonly coins?: number;
  readonly names: readonly string[];
}

async function seed(control: Control, { names, ...people }: Cast): Promise<SeededPerson[]> {
  const input = { ...people, limits: 'default', profiles: names.map((username) => ({ username })) };
  return (await control.request<{ items: SeededPerson[] }>('POST', '/seed', input)).items;
}

/** Two phone numbers become a caller with coins and a listener who can be called. */
export async function peopleComeIn(stage: Stage): Promise<void> {
  const { timeline, caller, listener } = stage;
  timeline.chapter('Two people come in with a phone number (first requests: processes start)');
  await signUp(stage, {
    part: 'caller',
    name: CALLER,
    number: CALLER_PHONE,
    phone: caller,
    profile: { gender: 'male', dateOfBirth: '1995-04-12', languages: ['hi', 'en'] },
  });
  await coinsOf(stage, CALLER, caller);
  if (listener.storage === undefined) {
    timeline.note(
      LISTENER,
      'is a listener whom the seed has approved: without Storage there is no sample to hear',
    );
    const [asha] = await seed(stage.control, { listeners: 1, names: [LISTENER] });
    await listener.signIn(asha?.customToken ?? '');
    return;
  }
  await signUp(stage, {
    part: 'listener',
    name: LISTENER,
    number: LISTENER_PHONE,
    phone: listener,
    profile: {
      gender: 'female',
      dateOfBirth: '1990-11-03',
      languages: ['hi', 'en'],
      bio: 'I listen.',
      interests: ['music'],
      role: 'listener',
    },
  });
  timeline.chapter('One of them becomes a listener');
  await becomeListener(stage, listener.storage);
}
