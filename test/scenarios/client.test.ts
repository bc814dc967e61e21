/** The typed client as apps use it, against the whole stack. */
import { describe, expect, it, jest } from '@jest/globals';
import { createEarshot, isRefusal, type Call, type CallState } from '../../client/src/index.ts';
import { getAuth } from 'firebase/auth';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { plusSec, useStack, type Pair } from './support.ts';

const stack = useStack();
// The first request to each service starts a process.
jest.setTimeout(60_000);

/** The next call that rings for a person. */
async function nextCallOf({ earshot }: Phone): Promise<Call> {
  return await new Promise((resolve, reject) => {
    const stop = earshot.watchIncoming(([call]) => {
      if (call === undefined) return;
      resolve(call);
      queueMicrotask(() => stop());
    }, reject);
  });
}

/** Both talk: the caller called, the listener took it. */
async function talk({ caller, callee }: Pair) {
  const incoming = nextCallOf(callee);
  const made = caller.earshot.call({ calleeId: callee.uid, type: 'audio' });
  const taken = callee.earshot.call((await incoming).callId);
  await taken.accept();
  const [{ call }] = await Promise.all([made.until('ongoing'), taken.until('ongoing')]);
  if (call === undefined) throw new Error('an ongoing call is not known');
  return { made, taken, call };
}

async function stateWith(
  call: { onChange(listener: (state: CallState) => void): () => void },
  matches: (state: CallState) => boolean,
): Promise<CallState> {
  return await new Promise((resolve) => {
    const stop = call.onChange((state) => {
      if (!matches(state)) return;
      resolve(state);
      queueMicrotask(() => stop());
    });
  });
}

describe('a call with the client', () => {
  it('goes from the ring to the receipt, on both sides', async () => {
    const pair = await stack.pair(500);
    const { made, taken, call } = await talk(pair);
    expect(call).toMatchObject({ role: 'caller', state: 'ongoing', coinsPerMinute: 10 });
    expect(made.timeLeft()?.secondsLeft).toBeGreaterThan(590);
    await stack.control.advance(90);
    await made.end();
    expect(made.state).toMatchObject({ phase: 'ended', endReason: 'completed' });
    expect(made.state.receipt).toMatchObject({ billedMinutes: 2, coinsSpent: 20, endedBy: 'caller' });
    const other = await stateWith(taken, ({ receipt }) => receipt !== undefined);
    expect(other).toMatchObject({ phase: 'ended', endReason: 'completed' });
    expect(other.receipt).toMatchObject({ billedMinutes: 2, earnedCoins: 30 });
  });

  it('warns of the last minute, lives on by a top-up, and ends with the last coin', async () => {
    const pair = await stack.pair(20);
    await stack.freeze();
    const { made, call } = await talk(pair);
    await stack.control.advance(70);
    expect((await stateWith(made, ({ call: seen }) => seen?.final === true)).phase).toBe('ongoing');
    const operator = await stack.operator();
    await operator.earshot.wallet.adjust({ userId: pair.caller.uid, coins: 10, note: 'Goodwill' });
    const longer = plusSec(new Date(call.grantedUntil ?? ''), 60).toISOString();
    await stateWith(made, ({ call: seen }) => seen?.grantedUntil === longer);
    await stack.control.advance(110);
    expect(await made.until('ended')).toMatchObject({ endReason: 'coins_exhausted' });
  });

  it('is declined, and the caller learns it', async () => {
    const { caller, callee } = await stack.pair();
    const incoming = nextCallOf(callee);
    const made = caller.earshot.call({ calleeId: callee.uid, type: 'audio' });
    await callee.earshot.call((await incoming).callId).end();
    await expect(made.until('connecting')).rejects.toMatchObject({ details: { endReason: 'rejected' } });
  });

  it('is taken up again by the page that was loaded anew', async () => {
    const pair = await stack.pair();
    const { made, taken } = await talk(pair);
    made.close();
    const again = await pair.caller.earshot.resume();
    expect((await again?.until('ongoing'))?.call?.callId).toBe(taken.state.callId);
    await taken.end();
    expect((await again?.until('ended'))?.endReason).toBe('completed');
  });

  it('stops ringing on the second phone when the first has taken it', async () => {
    const pair = await stack.pair();
    const second = await stack.secondPhoneOf(pair.callee);
    const rings = nextCallOf(second);
    const incoming = nextCallOf(pair.callee);
    pair.caller.earshot.call({ calleeId: pair.callee.uid, type: 'audio' });
    const other = second.earshot.call((await rings).callId);
    await other.until('ringing');
    await pair.callee.earshot.call((await incoming).callId).accept();
    expect(await other.until('ended')).toMatchObject({ answeredElsewhere: true });
  });

  it('fails with the numbers of the refusal', async () => {
    const { caller, callee } = await stack.pair(4);
    const fault: unknown = await caller.earshot
      .call({ calleeId: callee.uid, type: 'audio' })
      .until('ringing')
      .catch((thrown: unknown) => thrown);
    expect(isRefusal(fault, 'INSUFFICIENT_COINS') && fault.details).toEqual({
      requiredCoins: 10,
      availableCoins: 4,
    });
  });
});

describe('what the client follows', () => {
  it('is granted by the rules, query by query', async () => {
    const { caller, callee } = await stack.pair();
    const { earshot } = caller;
    const shown = async <T>(
      open: (onChange: (value: T) => void, onError: (fault: unknown) => void) => unknown,
    ) => await new Promise<T>(open);
    const cards = await shown<{ listenerId: string }[]>((ok, fail) =>
      earshot.watchFeed({ availableOnly: true, language: 'en', limit: 50 }, ok, fail),
    );
    expect(cards.map(({ listenerId }) => listenerId)).toContain(callee.uid);
    expect(await shown((ok, fail) => earshot.watchCard(callee.uid, ok, fail))).toEqual(
      (await earshot.listeners.get({ listenerId: callee.uid })).listener,
    );
    expect(await shown((ok, fail) => earshot.watchWallet(ok, fail))).toEqual(await earshot.wallet.balance());
    const [entry] = await shown<unknown[]>((ok, onError) => earshot.watchTransactions(ok, { onError }));
    expect(entry).toEqual((await earshot.wallet.transactions()).items[0]);
    const { age: _age, ...user } = (await earshot.users.me()).user;
    expect(await shown((ok, fail) => earshot.watchProfile(ok, fail))).toEqual(user);
    for (const role of ['caller', 'callee'] as const)
      expect(await shown((ok, onError) => earshot.watchHistory(role, ok, { onError }))).toEqual([]);
  });

  it('is online for as long as it is kept', async () => {
    const { caller, callee } = await stack.pair();
    await callee.earshot.presence.update({ online: false });
    const stop = callee.earshot.presence.keep();
    const online = await new Promise((resolve, reject) => {
      caller.earshot.watchCard(
        callee.uid,
        (card) => {
          if (card?.availability === 'available') resolve(card.availability);
        },
        reject,
      );
    });
    stop();
    expect(online).toBe('available');
  });
});

describe('the client over REST', () => {
  it('answers and refuses like the callables', async () => {
    const { caller, callee } = await stack.pair();
    const { projectId, region, ports } = stack.info;
    const earshot = createEarshot({
      transport: 'rest',
      baseUrl: `http://127.0.0.1:${ports.functions}/${projectId}/${region}/api`,
      auth: getAuth(caller.functions.app),
      firestore: null,
    });
    const { items } = await earshot.presence.get({ userIds: [callee.uid, caller.uid] });
    expect(items.map(({ userId }) => userId)).toEqual([callee.uid, caller.uid]);
    const { callId } = await earshot.calls.start({ calleeId: callee.uid, type: 'audio' });
    expect((await earshot.calls.ongoing()).call).toEqual((await caller.earshot.calls.get({ callId })).call);
    await expect(earshot.calls.start({ calleeId: callee.uid, type: 'audio' })).rejects.toMatchObject({
      reason: 'CALLEE_BUSY',
    });
    expect((await earshot.calls.end({ callId })).endReason).toBe('cancelled');
    earshot.close();
  });
});
