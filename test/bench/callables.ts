/** The same steps as an app asks for them: the web SDK over HTTP through the functions emulator. For information only. */
import { randomUUID } from 'node:crypto';
import type { Control } from '../../dev/src/phone/control.ts';
import { openPhone, type Phone } from '../../dev/src/phone/phone.ts';
import { median, timedMs, told, type Figure } from './figures.ts';

const STEPS = ['start', 'accept', 'joined', 'end'] as const;
type Samples = Record<(typeof STEPS)[number], number[]>;

/** @param calls how many, one after the other */
export async function measureCallables(control: Control, calls: number): Promise<Figure[]> {
  const info = await control.ready();
  const people = await control.seed({ listeners: 1, callers: 1, coins: 10_000 });
  const phones = await Promise.all(people.map(async ({ customToken }) => openPhone(info, customToken)));
  const [callee, caller] = phones;
  if (callee === undefined || caller === undefined) throw new Error('the seed made nobody');
  const samples: Samples = { start: [], accept: [], joined: [], end: [] };
  // The first call starts the workers.
  for (let call = 0; call <= calls; call += 1) {
    if (call === 1) for (const step of STEPS) samples[step].length = 0;
    await playOne(caller, callee, samples);
  }
  await Promise.all(phones.map(async (phone) => phone.close()));
  return STEPS.map((step) =>
    told({ name: `calls/${step} over HTTP`, value: median(samples[step]), unit: 'ms p50' }),
  );
}

async function playOne(caller: Phone, callee: Phone, samples: Samples): Promise<void> {
  let callId = '';
  const timed = async (step: keyof Samples, work: () => Promise<unknown>): Promise<void> => {
    samples[step].push(await timedMs(work));
  };
  await timed('start', async () => {
    const input = { calleeId: callee.uid, type: 'audio', requestId: randomUUID() };
    ({ callId } = await caller.call<{ callId: string }>('calls/start', input));
  });
  await timed('accept', () => callee.call('calls/accept', { callId, requestId: randomUUID() }));
  await timed('joined', () => caller.call('calls/joined', { callId }));
  await callee.call('calls/joined', { callId });
  await timed('end', () => caller.call('calls/end', { callId }));
}
