/** `npm run audit` as an operator runs it: what it prints, and how it exits. */
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import { wallets } from '../../functions/src/ledger/documents.ts';
import { changeWallet, placeHold } from '../../functions/src/ledger/domain/wallet.ts';
import { saveWallet } from '../../functions/src/ledger/saveWallet.ts';
import { Meter } from '../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import { adminOf } from './helpers.ts';
import { buyerWith, confirm, paidOrder } from './paying.ts';
import { connectedCall, hangUp, startedCall, useStack } from './support.ts';

const stack = useStack();
let db: Firestore;
let store: FirestoreStore;
beforeAll(() => {
  db = adminOf(stack);
  store = new FirestoreStore(db, new Meter());
});

const root = process.env['EARSHOT_ROOT'] ?? process.cwd();

async function audit(...args: string[]): Promise<{ code: number; lines: string[]; complaint: string }> {
  const command = ['dev/run.mjs', 'audit', ...args];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
  const [code, out, complaint] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, lines: out.trim().split('\n'), complaint };
}

const auditStack = async () => audit('--base', new URL(process.env['EARSHOT_CONTROL_URL'] ?? '').port);

describe('npm run audit', () => {
  it('says that the books are right, and exits 0', async () => {
    const call = await connectedCall(stack, { coins: 100 });
    await stack.control.advance(90);
    await hangUp(call.caller, call.callId);
    await startedCall(stack);
    const buyer = await buyerWith(stack, 0);
    const { orderId, paid } = await paidOrder(stack, buyer);
    await confirm(buyer, orderId, paid);
    await stack.control.idle();
    const { code, lines } = await auditStack();
    expect(lines).toEqual([
      expect.stringMatching(/^5 wallets, \d+ entries, 3 payments, 1 open calls$/u),
      'sum of all postings: 0 coins, 0 earned coins',
      'the books are right',
    ]);
    expect(code).toBe(0);
  });

  it('prints a line for each kind of damage, and exits 1', async () => {
    const people = await stack.people({ listeners: 0, callers: 4, coins: 500 });
    const [changed, robbed, doubled, haunted] = people.map(({ uid }) => uid);
    if (!changed || !robbed || !doubled || !haunted) throw new Error('the seed made too few people');
    const call = await connectedCall(stack);
    const now = await stack.control.now();
    const past = new Date(now.getTime() - 360_000);

    await db.doc(`wallets/${changed}`).update({ 'coins.available': 5000 });
    await db.doc(`wallets/${robbed}/entries/purchase-seed-${robbed}`).delete();
    const ref = { kind: 'payment', id: `seed-${doubled}` } as const;
    const again = { key: `purchase-seed-${doubled}-2`, source: 'purchase', coins: 500, ref } as const;
    await creditCoins(store, doubled, { ...again, description: 'the same again' }, now);
    await store.transaction(async (tx) => {
      const [wallet] = await tx.getAll(wallets.doc(haunted));
      const hold = { callId: 'ghost', slice: 0, coins: 10 };
      saveWallet(tx, placeHold(changeWallet(haunted, wallet), hold, now));
    });
    await db.doc(`calls/${call.callId}`).update({ grantedUntil: Timestamp.fromDate(past) });
    const payment = (await db.doc(`payments/seed-${changed}`).get()).data();
    await db.doc('payments/pay_lost').set({ ...payment, transactionId: 'purchase-pay_lost' });

    const { code, lines } = await auditStack();
    const off = [
      `wallet_differs_from_entries · user ${changed} · coins.available is 5000, its entries say 500`,
      `wallet_differs_from_entries · user ${robbed} · coins.available is 500, its entries say 0`,
      `payment_not_credited · user ${robbed} · purchase-seed-${robbed} · 500 coins were paid for, there is no such entry`,
      `credit_without_payment · user ${doubled} · ${again.key} · 500 coins were credited, nobody has paid for them`,
      `hold_differs_from_call · user ${haunted} · call ghost · the wallet holds 10, the call says 0`,
      `call_past_grant · user ${call.caller.uid} · call ${call.callId} · granted until ${past.toISOString()}, still ongoing`,
      `payment_not_credited · user ${changed} · purchase-pay_lost · 500 coins were paid for, there is no such entry`,
    ];
    expect(lines.slice(2, -1).toSorted()).toEqual(off.toSorted());
    expect(lines.at(-1)).toBe(`the books are off: ${off.length} findings`);
    expect(code).toBe(1);
  });

  it('exits 2 when it does not know where to look', async () => {
    const { code, complaint } = await audit('--everywhere');
    expect(complaint).toContain('usage: npm run audit');
    expect(code).toBe(2);
  });
});
