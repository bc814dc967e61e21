/** Whether the backend works. A stranger's question reaches nobody but the store; an operator's the gateways too. */
import type { z } from 'zod';
import { overdueCallCount, SWEEP_GRACE_SEC } from '../calls/systemStatus.ts';
import { sessions } from '../platform/actor.ts';
import { addSec } from '../platform/clock.ts';
import { describeFault } from '../platform/log.ts';
import type { Visitor } from '../platform/operation.ts';
import { dueOutbox } from '../platform/outbox.ts';
import type { AppPorts } from '../ports.ts';
import type { healthContract } from './contract.ts';
import { isOperator } from './operator.ts';

type Answer = z.input<typeof healthContract.output>;

/** A store that is slower than this is of no use to whoever waits for a call. */
const PATIENCE_MS = 2000;

/** Whoever has no token reads a document that nobody has: an answer is an answer. */
const NOBODY = 'nobody';

/** One read shows that the store answers, and whether the one who asks is an operator. Never throws for the store. */
export async function readHealth(
  ports: AppPorts,
  _input: z.output<typeof healthContract.input>,
  { token }: Visitor,
): Promise<Answer> {
  const startedMs = performance.now();
  const read = await inTime(ports, ports.store.getAll(sessions.doc(token?.uid ?? NOBODY)));
  if (read === undefined) return { status: 'degraded' };
  const storeMs = Math.round(performance.now() - startedMs);
  if (!isOperator(token, read[0], ports.clock)) return { status: 'ok' };
  const [details, razorpay] = await Promise.all([
    inTime(ports, detailsOf(ports, storeMs)),
    ports.payments.razorpay.state(),
  ]);
  if (details === undefined) return { status: 'degraded' };
  // People can call without it, so a gateway that is away degrades nothing.
  return { status: 'ok', details: { ...details, payments: { razorpay } } };
}

type Details = NonNullable<Answer['details']>;

async function detailsOf(ports: AppPorts, storeMs: number): Promise<Omit<Details, 'payments'>> {
  const { store, clock } = ports;
  const values = [addSec(clock.now(), -SWEEP_GRACE_SEC)];
  const [overdueEffects, overdueCalls, media] = await Promise.all([
    store.count({ query: dueOutbox, parentIds: [], values }),
    overdueCallCount(ports),
    mediaState(ports),
  ]);
  return { storeMs, overdueEffects, overdueCalls, media };
}

/**
 * Tries to make what an app needs, of each provider in use and for a channel that nobody uses: that asks nobody, and
 * fails where a parameter is missing.
 */
async function mediaState(ports: AppPorts): Promise<'configured' | 'not_configured'> {
  const { media, peers, clock } = ports;
  const { features } = await ports.settings();
  const { mediaProviders, masking } = features;
  const now = clock.now();
  const times = { now, expiresAt: addSec(now, 60) };
  const make = {
    agora: async () => await media.credentials({ channel: 'health', uid: 1, ...times }),
    webrtc: async () =>
      await Promise.resolve(
        peers.credentials({ name: 'health', relayOnly: masking || features.relayOnly, ...times }),
      ),
  };
  const used = [...new Set(Object.values(mediaProviders))];
  const made = await Promise.all(used.map(async (provider) => await make[provider]()));
  return made.includes(undefined) ? 'not_configured' : 'configured';
}

/** @returns undefined when it failed or took too long */
async function inTime<T>({ log }: AppPorts, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the store did not answer in time')), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (fault) {
    log.write('ERROR', 'not healthy', { fault: describeFault(fault) });
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
