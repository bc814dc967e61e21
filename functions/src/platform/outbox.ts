/**
 * The outbox. No outside effect happens inside a transaction: what must follow a change (a task, a push, a kick from
 * a channel) is written to `outbox/{key}` in the same commit, delivered by the same handler right after it, and
 * deleted on success. The sweep delivers what a crash or a refusing provider left behind. Every effect may therefore
 * happen twice, so every effect is idempotent by its own key.
 */
import { z } from 'zod';
import { addSec, type Clock } from './clock.ts';
import { describeFault, type Log } from './log.ts';
import { defineCollection, defineQuery } from './store/collection.ts';
import type { Store, Transaction, Writer } from './store/port.ts';

/** What lies in the outbox: JSON-like data with a kind; the capability that delivers it parses it. */
export interface Effect {
  readonly kind: string;
}

export const outboxSchema = z.looseObject({
  effects: z.array(z.looseObject({ kind: z.string() })),
  createdAt: z.date(),
  /** The sweep leaves it alone until then: the handler that wrote it is still at work, or a retry waits. */
  notBefore: z.date(),
  attempts: z.number().int(),
  postedBy: z.string().default(''),
});
export type OutboxEntry = z.infer<typeof outboxSchema>;
export const outbox = defineCollection('outbox/{}', outboxSchema);

export const dueOutbox = defineQuery({
  name: 'dueOutbox',
  collection: outbox,
  scope: 'collection',
  filters: [{ field: 'notBefore', op: '<=' }],
  orderBy: [{ field: 'notBefore', direction: 'asc' }],
});

/** The handler that wrote an entry has this long before the sweep takes it over. */
export const OUTBOX_LEASE_SEC = 30;
/** Longest wait between two tries. */
const MAX_BACKOFF_SEC = 3600;
const SWEEP_BATCH = 100;
/** After about a day of tries an entry is parked for a person to look at, so that it cannot crowd out the others. */
const MAX_ATTEMPTS = 30;
const PARKED_SEC = 10 * 365 * 86_400;

export interface Posted {
  readonly key: string;
  readonly effects: readonly Effect[];
  readonly attempts: number;
  /** Which invocation wrote it: tells our entry from a rival's of the same key. */
  readonly postedBy: string;
}

/** Delivers one effect; throws when it has to be tried again. */
export type Deliver = (effect: Effect) => Promise<void>;

/**
 * Writes the effects with the change that causes them.
 * @param key unique for the change (e.g. call id and slice), so that a re-run of the transaction writes the same one
 * @param when.notBefore the sweep leaves it alone until then; for what is not delivered after the commit but later
 * @returns what `commitAndDeliver` delivers after the commit; undefined when there is nothing to do
 */
export function post(
  writer: Writer,
  key: string,
  effects: readonly Effect[],
  when: { readonly now: Date; readonly postedBy?: string; readonly notBefore?: Date },
): Posted | undefined {
  if (effects.length === 0) return undefined;
  const { now, postedBy = '', notBefore = addSec(now, OUTBOX_LEASE_SEC) } = when;
  const copies = effects.map((effect) => ({ ...effect }));
  writer.set(outbox.doc(key), { effects: copies, createdAt: now, notBefore, attempts: 0, postedBy });
  return { key, effects, attempts: 0, postedBy };
}

/** How long an effect may take before it counts as failed, though it may still happen: then it happens twice. */
export interface Patience {
  /** For whoever has posted it and wants to answer. */
  readonly answerMs: number;
  /** For the sweep, which has other work to do. */
  readonly sweepMs: number;
}

interface OutboxPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Without it effects take as long as they like. */
  readonly patience?: Patience;
}

/** Posts in the transaction that `commitAndDeliver` runs, under the name of this invocation. */
export type Post = (key: string, effects: readonly Effect[], now: Date) => Posted | undefined;

interface DeliveringPorts extends OutboxPorts {
  readonly ids: { random128(): string };
  readonly deliver: Deliver;
}

/**
 * Runs a transaction and delivers what it has posted.
 * @param work posts through the function it is given, and returns what that gave back as `posted`
 */
export async function commitAndDeliver<T extends object>(
  ports: DeliveringPorts,
  work: (tx: Transaction, postInto: Post) => Promise<T & { readonly posted?: Posted | undefined }>,
): Promise<T & { readonly posted?: Posted | undefined }> {
  const postedBy = ports.ids.random128();
  let lastPosted: Posted | undefined;
  const result = await ports.store.transaction(async (tx) => {
    const outcome = await work(tx, (key, effects, now) => post(tx, key, effects, { now, postedBy }));
    lastPosted = outcome.posted ?? lastPosted;
    return outcome;
  });
  const posted = result.posted ?? (await ownEntry(ports.store, lastPosted));
  await deliverPosted(ports, posted, impatient(ports.deliver, ports.patience?.answerMs));
  return result;
}

/**
 * A commit whose acknowledgement was lost runs again and finds its work done. What its first run posted is still ours
 * to deliver now: a phone must not wait for the sweep to ring.
 */
async function ownEntry(store: Store, posted: Posted | undefined): Promise<Posted | undefined> {
  if (posted === undefined) return undefined;
  const [stored] = await store.getAll(outbox.doc(posted.key));
  return stored?.postedBy === posted.postedBy ? posted : undefined;
}

/** @returns the same, which fails after so long; what it has begun goes on */
function impatient(deliver: Deliver, limitMs: number | undefined): Deliver {
  if (limitMs === undefined) return deliver;
  return async (effect) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no end after ${limitMs} ms`)), limitMs);
    });
    try {
      await Promise.race([deliver(effect), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/**
 * Delivers what was posted, after the commit. Never throws: what fails stays for the sweep, with growing waits.
 * All effects of an entry are tried, also when one fails; only the failed ones are kept.
 */
export async function deliverPosted(
  ports: OutboxPorts,
  posted: Posted | undefined,
  deliver: Deliver,
): Promise<void> {
  if (posted === undefined) return;
  const failed = await tryAll(ports, posted, deliver);
  try {
    await ports.store.commit((writer) => {
      if (failed.length === 0) writer.delete(outbox.doc(posted.key));
      else writer.update(outbox.doc(posted.key), retryLater(posted, failed, ports.clock.now()));
    });
    const parked = failed.length > 0 && posted.attempts + 1 >= MAX_ATTEMPTS;
    if (parked) ports.log.write('ERROR', 'outbox entry given up after many tries', { key: posted.key });
  } catch (fault) {
    ports.log.write('WARNING', 'outbox entry could not be closed', {
      key: posted.key,
      fault: describeFault(fault),
    });
  }
}

async function tryAll(ports: OutboxPorts, posted: Posted, deliver: Deliver): Promise<Effect[]> {
  const outcomes = await Promise.allSettled(posted.effects.map(async (effect) => await deliver(effect)));
  return posted.effects.filter((effect, index) => {
    const outcome = outcomes[index];
    if (outcome?.status !== 'rejected') return false;
    const fault = describeFault(outcome.reason);
    ports.log.write('WARNING', 'effect not delivered, it will be tried again', {
      key: posted.key,
      effect: effect.kind,
      fault,
    });
    return true;
  });
}

function retryLater(posted: Posted, failed: readonly Effect[], now: Date) {
  const attempts = posted.attempts + 1;
  const backoffSec = Math.min(MAX_BACKOFF_SEC, OUTBOX_LEASE_SEC * 2 ** Math.min(attempts, 8));
  const waitSec = attempts >= MAX_ATTEMPTS ? PARKED_SEC : backoffSec;
  return { effects: failed.map((effect) => ({ ...effect })), attempts, notBefore: addSec(now, waitSec) };
}

/**
 * Delivers what was left behind.
 * @returns how many entries were taken up
 */
export async function sweepOutbox(ports: OutboxPorts, deliver: Deliver): Promise<number> {
  const due = await ports.store.query({
    query: dueOutbox,
    parentIds: [],
    values: [ports.clock.now()],
    limit: SWEEP_BATCH,
    onUnreadable: (fault) => {
      ports.log.write('ERROR', 'an outbox entry cannot be read', { fault: describeFault(fault) });
    },
  });
  const patient = impatient(deliver, ports.patience?.sweepMs);
  await Promise.all(
    due.map(async ({ id, data }) => {
      const { effects, attempts, postedBy } = data;
      await deliverPosted(ports, { key: id, effects, attempts, postedBy }, patient);
    }),
  );
  return due.length;
}
