/** Coins that come during a call: the call goes on, wherever they come from. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { confirm, order, paidOrder, pay } from './paying.ts';
import {
  books,
  connectedCall,
  hangUp,
  plusSec,
  readDocument,
  useStack,
  type ConnectedCall,
} from './support.ts';

const stack = useStack();
let operator: Phone;
beforeAll(async () => {
  operator = await stack.operator();
});

interface SeenCall {
  readonly state: string;
  readonly final: boolean;
  readonly slice: number;
  readonly grantedUntil: { toDate(): Date };
  readonly deadlineAt: { toDate(): Date } | null;
}

async function callOf({ caller, callId }: ConnectedCall): Promise<SeenCall> {
  await stack.control.idle();
  return readDocument<SeenCall>(caller, `calls/${callId}`);
}

/** Each adds 300 coins to the caller. */
const SOURCES: readonly (readonly [string, (call: ConnectedCall) => Promise<void>])[] = [
  [
    'a confirmation',
    async ({ caller }) => {
      const { orderId, paid } = await paidOrder(stack, caller);
      expect(await confirm(caller, orderId, paid)).toMatchObject({ status: 'paid', coinsAdded: 300 });
    },
  ],
  [
    'a webhook',
    async ({ caller }) => {
      const { orderId } = await order(caller);
      await pay(stack, orderId, { webhook: 'twice' });
      await stack.control.idle();
    },
  ],
  ['an adjustment', async ({ caller }) => give(caller.uid, 'adjust')],
  ['a bonus', async ({ caller }) => give(caller.uid, 'bonus')],
];

/** By an operator. */
async function give(userId: string, source: 'adjust' | 'bonus'): Promise<void> {
  const input = { userId, coins: 300, source, note: 'for the wait', requestId: randomUUID() };
  await operator.earshot.wallet.adjust(input);
}

/** A call of which 40 coins pay four minutes, and then nothing. */
async function shortCall(): Promise<ConnectedCall> {
  const call = await connectedCall(stack, { coins: 40 });
  expect(call.grantedUntil).toEqual(plusSec(call.connectedAt, 240));
  return call;
}

describe.each(SOURCES)('coins from %s', (_name, topUp) => {
  it('early in the last slice take its end back; the deadline before it extends the call', async () => {
    const call = await shortCall();
    // The deadline a minute before the end has not come, so nothing was announced.
    await stack.control.advance(60);
    expect(await callOf(call)).toMatchObject({ final: true });
    await topUp(call);
    const after = await callOf(call);
    expect(after.final).toBe(false);
    expect(after.grantedUntil.toDate()).toEqual(call.grantedUntil);
    expect(after.deadlineAt?.toDate()).toEqual(plusSec(call.grantedUntil, -60));
    await stack.control.advance(125);
    const extended = await callOf(call);
    expect(extended.grantedUntil.toDate()).toEqual(plusSec(call.grantedUntil, 600));
    await settled(call, 340);
  });

  it('in the last minute extend the call at once', async () => {
    const call = await shortCall();
    await stack.control.advance(200);
    expect(await callOf(call)).toMatchObject({ state: 'ongoing', final: true });
    await topUp(call);
    const after = await callOf(call);
    expect(after).toMatchObject({ state: 'ongoing', final: false });
    expect(after.grantedUntil.toDate()).toEqual(plusSec(call.grantedUntil, 600));
    await stack.control.advance(60);
    expect(await callOf(call)).toMatchObject({ state: 'ongoing' });
    await settled(call, 340);
  });
});

describe('a minute that a bonus pays for', () => {
  it('brings the listener promotional coins, and one that was bought payable ones', async () => {
    const call = await shortCall();
    await stack.control.advance(200);
    await give(call.caller.uid, 'bonus');
    await stack.control.advance(100);
    // Five minutes and a second: what was given is spent before the 40 coins that were bought.
    await stack.control.advance(1);
    const { receipt } = await hangUp(call.caller, call.callId);
    expect(receipt).toMatchObject({ billedMinutes: 6, coinsSpent: 60 });
    expect((await books(call.caller)).coins).toMatchObject({ available: 280, bonus: 240, purchased: 40 });
    expect(await call.callee.earshot.wallet.balance()).toMatchObject({
      earnings: { available: 0, promotional: 90, total: 90 },
    });

    const bought = await shortCall();
    await stack.control.advance(200);
    const { orderId, paid } = await paidOrder(stack, bought.caller);
    await confirm(bought.caller, orderId, paid);
    await stack.control.advance(101);
    await hangUp(bought.caller, bought.callId);
    expect(await bought.callee.earshot.wallet.balance()).toMatchObject({
      earnings: { available: 90, promotional: 0, total: 90 },
    });
  });
});

/** Hangs up, and checks the books of both. @param coins of the caller, all told */
async function settled(call: ConnectedCall, coins: number): Promise<void> {
  const { receipt } = await hangUp(call.caller, call.callId);
  expect(receipt.endReason).toBe('completed');
  const { coins: left, holds } = await books(call.caller);
  expect(left).toMatchObject({ available: coins - (receipt.coinsSpent ?? 0), held: 0 });
  expect(receipt.coinsSpent).toBe(receipt.billedMinutes * 10);
  expect(holds).toEqual({});
  await books(call.callee);
}
