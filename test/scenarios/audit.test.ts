/** The audit of the books: silent in a sound world, and naming each kind of damage. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { Meter } from '../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import { auditBooks, type AuditReport } from '../../functions/src/system/auditBooks.ts';
import { adminOf } from './helpers.ts';
import { connectedCall, hangUp, startedCall, useStack, type ConnectedCall } from './support.ts';

const stack = useStack();
let db: Firestore;
beforeAll(() => {
  db = adminOf(stack);
});

async function audit(): Promise<AuditReport> {
  const now = await stack.control.now();
  return auditBooks({ store: new FirestoreStore(db, new Meter()), clock: { now: () => now } });
}

async function kindsFor(uids: readonly string[]): Promise<string[]> {
  const { findings } = await audit();
  return findings.filter(({ uid }) => uid !== undefined && uids.includes(uid)).map(({ kind }) => kind);
}

describe('the books of a world with calls', () => {
  it('are right after calls, during calls, and while people go on calling', async () => {
    const call = await connectedCall(stack);
    await stack.control.advance(90);
    await hangUp(call.caller, call.callId);
    await connectedCall(stack);
    await startedCall(stack);
    const report = await audit();
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ openCalls: 2, trialBalance: { coin: 0, earned: 0 } });
    expect(report.wallets).toBeGreaterThanOrEqual(4);

    const calling = (async () => {
      for (let round = 0; round < 4; round += 1) {
        const { callId } = await startedCall(stack, { pair: call });
        await call.caller.earshot.calls.cancel({ callId });
      }
    })();
    for (let round = 0; round < 6; round += 1) expect((await audit()).findings).toEqual([]);
    await calling;
  });
});

type Damage = (call: ConnectedCall) => Promise<unknown>;
const walletOf = ({ caller }: ConnectedCall) => db.doc(`wallets/${caller.uid}`);

const damages: readonly (readonly [string, Damage, readonly string[]])[] = [
  [
    'a balance that somebody wrote',
    async (call) => walletOf(call).update({ 'coins.available': 5000 }),
    ['wallet_differs_from_entries'],
  ],
  [
    'an entry that is lost',
    async (call) => walletOf(call).collection('entries').doc(`hold-${call.callId}-0`).delete(),
    ['wallet_differs_from_entries', 'wallet_differs_from_entries'],
  ],
  [
    'a wallet that is lost',
    async (call) => walletOf(call).delete(),
    ['entries_without_wallet', 'call_without_hold'],
  ],
  [
    'a hold that nobody made',
    async (call) => walletOf(call).update({ 'holds.ghost': { coins: 10, bonusCoins: 0 } }),
    ['held_differs_from_holds', 'hold_differs_from_call'],
  ],
  [
    'a call that vanished',
    async ({ callId }) => db.doc(`calls/${callId}`).delete(),
    ['hold_differs_from_call', 'occupied_by_no_open_call', 'occupied_by_no_open_call'],
  ],
  [
    'a call whose hold vanished',
    async (call) => walletOf(call).update({ holds: {} }),
    ['held_differs_from_holds', 'call_without_hold'],
  ],
  [
    'a call that runs six minutes past its grant',
    async ({ callId }) => {
      const at = (await stack.control.now()).getTime() - 360_000;
      return db.doc(`calls/${callId}`).update({ grantedUntil: Timestamp.fromMillis(at) });
    },
    ['call_past_grant'],
  ],
  [
    'an entry that makes coins',
    async (call) => {
      const entry = walletOf(call).collection('entries').doc(`hold-${call.callId}-0`);
      const { postings } = (await entry.get()).data() as { postings: { amount: number }[] };
      const [first, ...others] = postings;
      return entry.update({ postings: [{ ...first, amount: (first?.amount ?? 0) + 5 }, ...others] });
    },
    ['unbalanced_entry', 'wallet_differs_from_entries'],
  ],
  [
    'a payment credited to two people',
    async ({ caller, callee }) => {
      const entries = (uid: string) => db.collection(`wallets/${uid}/entries`);
      const bought = (await entries(caller.uid).where('type', '==', 'purchase').get()).docs[0];
      if (bought === undefined) throw new Error('the caller has bought nothing');
      return entries(callee.uid).doc(bought.id).set(bought.data());
    },
    ['payment_credited_twice', 'wallet_differs_from_entries'],
  ],
];

describe('the audit', () => {
  it('finds a payment whose coins were never credited', async () => {
    const { caller } = await stack.pair();
    const payment = {
      orderId: 'order',
      uid: caller.uid,
      gateway: 'razorpay',
      amountPaise: 15_000,
      currency: 'INR',
      coins: 300,
      transactionId: 'purchase-pay_lost',
      foundBy: 'webhook',
      acceptedAt: Timestamp.fromDate(await stack.control.now()),
    };
    await db.doc('payments/pay_lost').set(payment);
    expect((await audit()).findings).toContainEqual(
      expect.objectContaining({
        kind: 'payment_not_credited',
        uid: caller.uid,
        key: 'purchase-pay_lost',
      }),
    );
  });

  it.each(damages)('finds %s', async (_name, damage, expected) => {
    const call = await connectedCall(stack);
    const uids = [call.caller.uid, call.callee.uid];
    expect(await kindsFor(uids)).toEqual([]);
    await damage(call);
    expect((await kindsFor(uids)).toSorted()).toEqual([...expected].toSorted());
  });

  it('names a document that it cannot read, and goes on', async () => {
    const call = await connectedCall(stack);
    await walletOf(call).collection('entries').doc('strange').set({ type: 'gift' });
    const { findings } = await audit();
    const told = findings.filter(({ kind }) => kind === 'unreadable_document');
    expect(told).toEqual([expect.objectContaining({ detail: expect.stringContaining('entries/strange') })]);
  });
});
