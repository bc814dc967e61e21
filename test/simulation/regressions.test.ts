/** What the schedules have found, told as stories of their own, so that a change of the generator cannot lose them. */
import { describe, expect, it } from '@jest/globals';
import { acceptCall } from '../../functions/src/calls/acceptCall.ts';
import { callHeartbeat } from '../../functions/src/calls/callHeartbeat.ts';
import type { Call, CallMedia, Party } from '../../functions/src/calls/documents.ts';
import { hangUp } from '../../functions/src/calls/endCall.ts';
import { sweep } from '../../functions/src/calls/events.ts';
import { joinCall } from '../../functions/src/calls/joinCall.ts';
import { startCall } from '../../functions/src/calls/startCall.ts';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import type { Wallet } from '../../functions/src/ledger/documents.ts';
import { confirmPayment } from '../../functions/src/payments/confirmPayment.ts';
import { createOrder } from '../../functions/src/payments/createOrder.ts';
import { pollOrders } from '../../functions/src/payments/pollOrders.ts';
import { defaultSettings } from '../../functions/src/settings.ts';
import type { Place } from './agora.ts';
import { ChangedStore } from './changedStore.ts';
import { Counters } from './counters.ts';
import { HEALED, Injected, type FaultRates } from './faults.ts';
import type { Result } from './parts.ts';
import { setScene } from './scene.ts';
import type { Checkout } from './shop.ts';
import { START_MS, World, type WorldOptions } from './world.ts';

const CALLER = 'caller-1';
const CALLEE = 'listener-1';

/** One caller, one listener, and steps in an order that the story sets. */
class Story {
  readonly world: World;
  callId = '';

  constructor(rates: Partial<FaultRates> = {}, seed = 1, dies: WorldOptions['dies'] = () => false) {
    const settings = defaultSettings();
    this.world = new World({
      seed,
      counters: new Counters(),
      // Sweeps come only when the story says so.
      defect: { name: 'no-sweep', noSweep: true },
      fixed: { rates: { ...HEALED, stepMs: 2, ...rates }, settings },
      dies,
    });
    setScene(this.world.store, settings, new Date(START_MS));
  }

  /** Lets the story run to its end, with everything it has set off. */
  async run(story: () => Promise<void>): Promise<void> {
    let failed: unknown;
    story().catch((fault: unknown) => {
      failed = fault;
    });
    await this.world.scheduler.run(() => failed !== undefined);
    if (failed !== undefined) throw failed as Error;
    expect(this.world.violation).toBeUndefined();
  }

  async credit(source: 'purchase' | 'bonus' | 'adjust', coins: number): Promise<void> {
    const credit = { key: `${source}-${coins}`, source, coins, description: '' };
    const ref = { kind: 'payment', id: credit.key } as const;
    const work = async ({ store, clock }: World['ports']): Promise<unknown> =>
      await creditCoins(store, CALLER, { ...credit, ref }, clock.now());
    expect(await this.world.invoke('credit', work)).toMatchObject({ kind: 'ok' });
  }

  async order() {
    const input = { packageId: 'coins-300', gateway: 'razorpay', requestId: 'order' } as const;
    const ordered = await this.world.invoke(
      'order',
      async (ports) => await createOrder(ports, this.world.actor(CALLER), input),
    );
    if (ordered.kind !== 'ok') throw new Error('the order was not made');
    const { orderId, checkout } = ordered.value;
    return { orderId, gatewayOrderId: checkout.gatewayOrderId };
  }

  async confirm(orderId: string, { paymentId, signature }: Checkout): Promise<void> {
    const input = { orderId, paymentId, signature };
    const confirmed = await this.world.invoke(
      'confirm',
      async (ports) => await confirmPayment(ports, this.world.actor(CALLER), input),
    );
    expect(confirmed).toMatchObject({ kind: 'ok', value: { status: 'paid' } });
  }

  async ring(): Promise<void> {
    const input = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
    const started = await this.world.invoke(
      'start',
      async (ports) => await startCall(ports, this.world.actor(CALLER), input),
    );
    if (started.kind !== 'ok') throw new Error('the call did not start');
    this.callId = started.value.callId;
  }

  async accept(requestId: string) {
    const input = { callId: this.callId, requestId };
    return await this.world.invoke(
      'accept',
      async (ports) => await acceptCall(ports, this.world.actor(CALLEE), input),
    );
  }

  async connect(): Promise<void> {
    await this.ring();
    await this.accept('accept');
    await this.join('caller', CALLER);
    await this.join('callee', CALLEE);
    expect(this.call().state).toBe('ongoing');
  }

  async join(by: Party, uid: string): Promise<Result<unknown>> {
    const { script } = this.world;
    const input = { callId: this.callId };
    return await this.world.invoke('join', async (ports) =>
      script.claim(this.callId, by, async () => await joinCall(ports, this.world.actor(uid), input)),
    );
  }

  place(by: Party): Place {
    const media = this.world.store.read(`calls/${this.callId}/private/media`) as CallMedia;
    return { callId: this.callId, by, channel: media.channel, uid: media[`${by}Uid`] };
  }

  call(): Call {
    return this.world.store.read(`calls/${this.callId}`) as Call;
  }

  wallet(): Wallet {
    return this.world.store.read(`wallets/${CALLER}`) as Wallet;
  }
}

describe('what the simulation has found', () => {
  it('ends a call with a vanished party when it vanished, also after its grant has run out', async () => {
    const story = new Story({ taskLost: 1 });
    const { scheduler, beats, script } = story.world;
    await story.run(async () => {
      await story.credit('purchase', 100);
      await story.connect();
      await scheduler.sleep(300);
      beats.silence(story.callId, CALLEE, scheduler.nowMs);
      script.silenced(story.callId, 'callee');
      await scheduler.sleep(900);
      await story.world.invoke('sweep', sweep);
    });
    const call = story.call();
    expect(call).toMatchObject({ state: 'ended', endReason: 'connection_lost' });
    expect(call.durationSec).toBeLessThanOrEqual(300);
    expect(story.wallet().coins).toMatchObject({ held: 0, spent: 50 });
  });

  it('leaves to the next sweep whom this one could not see to, so that nobody pays for the time in between', async () => {
    const story = new Story({ taskLost: 1 });
    const { scheduler, beats, script, store } = story.world;
    let transactions = 0;
    const failsOnce = new ChangedStore(store, (tx) => {
      if (++transactions === 1) throw new Injected('the commit failed');
      return tx;
    });
    const sweepCall = async () =>
      await story.world.invoke('sweep', async (ports) => await sweep({ ...ports, store: failsOnce }));
    await story.run(async () => {
      await story.credit('purchase', 100);
      await story.connect();
      await scheduler.sleep(300);
      beats.silence(story.callId, CALLEE, scheduler.nowMs);
      script.silenced(story.callId, 'callee');
      await scheduler.sleep(900);
      await sweepCall();
      expect(story.call().state).toBe('ongoing');
      await sweepCall();
    });
    expect(story.call()).toMatchObject({ state: 'ended', endReason: 'connection_lost' });
    expect(story.call().durationSec).toBeLessThanOrEqual(300);
  });

  it('lets a beat count that was stored although its answer was lost', async () => {
    let beats = 0;
    // It waits before its read, its commit, and the answer of the store.
    const story = new Story({}, 1, (run) => run.name === 'heartbeat' && ++beats === 3);
    const { scheduler, beats: own, script, ports } = story.world;
    await story.run(async () => {
      await story.credit('purchase', 100);
      await story.connect();
      own.silence(story.callId, CALLEE, scheduler.nowMs);
      script.silenced(story.callId, 'callee');
      await scheduler.sleep(60);
      const input = { callId: story.callId };
      const beat = await story.world.invoke('heartbeat', async () =>
        callHeartbeat(ports, story.world.actor(CALLEE), input),
      );
      expect(beat).toEqual({ kind: 'unknown' });
      await scheduler.sleep(200);
      await story.world.invoke('sweep', sweep);
    });
    expect(story.call()).toMatchObject({ state: 'ended', endReason: 'connection_lost', durationSec: 60 });
  });

  it('settles a call whose caller was given coins and lost them again by an adjustment', async () => {
    const story = new Story();
    await story.run(async () => {
      await story.credit('purchase', 100);
      await story.connect();
      await story.credit('bonus', 10);
      await story.credit('adjust', -10);
      await story.world.scheduler.sleep(580);
      const ended = await story.world.invoke(
        'end',
        async (ports) =>
          await story.world.script.end(story.callId, 'caller', async () =>
            hangUp(ports, story.world.actor(CALLER), { callId: story.callId }),
          ),
      );
      expect(ended).toMatchObject({ kind: 'ok' });
    });
    expect(story.wallet().coins).toEqual({ available: 0, held: 0, bonus: 0, purchased: 100, spent: 100 });
  });

  it('never refuses a join that it has written down as evidence, also when the time to connect ends meanwhile', async () => {
    // The steps take so long that the deadline comes between the commit and the answer of some joins.
    for (let seed = 1; seed <= 60; seed++) {
      const story = new Story({ stepMs: 900, taskLost: 1 }, seed);
      const { scheduler, agora } = story.world;
      let joined = '';
      await story.run(async () => {
        await story.credit('purchase', 100);
        await story.ring();
        await story.accept('accept');
        expect(agora.enter(story.place('callee'))).toBe(true);
        const leftMs = (story.call().acceptedAt?.getTime() ?? 0) + 27_000 + 60 * seed - scheduler.nowMs;
        await scheduler.sleep(leftMs / 1000);
        joined = (await story.join('callee', CALLEE)).kind;
      });
      const noted = story.call().evidence.some((item) => item.source === 'client' && item.event === 'joined');
      expect([seed, noted]).toEqual([seed, joined === 'ok']);
    }
  });

  it('credits both payments of an order that was paid twice, also when nobody tells of the second', async () => {
    const story = new Story({ webhookLost: 1 });
    const { shop, scheduler } = story.world;
    await story.run(async () => {
      const { orderId, gatewayOrderId } = await story.order();
      const first = shop.pay(gatewayOrderId, 'captured');
      await story.confirm(orderId, first);
      expect(story.wallet().coins.available).toBe(300);
      shop.pay(gatewayOrderId, 'captured');
      await scheduler.sleep(4000);
      await story.world.invoke('orderPoll', pollOrders);
      expect(story.wallet().coins.available).toBe(600);
      // That was the last look at it.
      expect(story.world.store.read(`orders/${orderId}`)).toMatchObject({ status: 'paid', nextPollAt: null });
    });
  });

  it('leaves alone a call that one device took in time when another one was too late', async () => {
    // The steps take so long that the two accepts cross in every order; the later one never ends the call.
    for (let seed = 1; seed <= 300; seed++) {
      const story = new Story({ taskLost: 1, stepMs: 900 }, seed);
      const { scheduler } = story.world;
      const bySystem: string[] = [];
      let accepted = false;
      story.world.onCallChanged = (_, before, after) => {
        if (before?.state === 'connecting' && after.state === 'ended') bySystem.push(after.endReason ?? '');
      };
      await story.run(async () => {
        await story.credit('purchase', 100);
        await story.ring();
        const leftMs = story.call().createdAt.getTime() + 58_000 + 5 * seed - scheduler.nowMs;
        await scheduler.sleep(leftMs / 1000);
        const other = story.accept('tablet');
        const answers = [await story.accept('phone'), await other];
        accepted = answers.some(({ kind }) => kind === 'ok');
      });
      expect(bySystem).toEqual([]);
      expect(story.call().state).toBe(accepted ? 'connecting' : 'ended');
    }
  });
});
