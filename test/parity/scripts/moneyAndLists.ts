/** Scripts of use cases around a call: buying coins, finding listeners, devices, the media provider, counts. */
import { acceptCall } from '../../../functions/src/calls/acceptCall.ts';
import { getCall } from '../../../functions/src/calls/getCall.ts';
import { startCall } from '../../../functions/src/calls/startCall.ts';
import { systemStatus } from '../../../functions/src/calls/systemStatus.ts';
import { takeMediaNotice } from '../../../functions/src/calls/takeMediaNotice.ts';
import type { MediaNotice } from '../../../functions/src/gateways/media.ts';
import type { GatewayPayment, PaymentGateway } from '../../../functions/src/gateways/payments.ts';
import { readBalance } from '../../../functions/src/ledger/readWallet.ts';
import { listenerCards } from '../../../functions/src/listeners/documents.ts';
import { searchListeners } from '../../../functions/src/listeners/searchListeners.ts';
import { registerDevice } from '../../../functions/src/notifications/registerDevice.ts';
import { confirmPayment } from '../../../functions/src/payments/confirmPayment.ts';
import { createOrder } from '../../../functions/src/payments/createOrder.ts';
import { orderHistory } from '../../../functions/src/payments/orderHistory.ts';
import { pollOrders } from '../../../functions/src/payments/pollOrders.ts';
import { takeReport } from '../../../functions/src/payments/takeReport.ts';
import type { AppPorts } from '../../../functions/src/ports.ts';
import { cardOf } from '../../../functions/src/testing/people.ts';
import { ADMIN, appOn, CALLEE, CALLER, reason, RIVAL, type App } from '../app.ts';
import { outcome, together, type Scene, type Script } from '../scene.ts';

const POLL_SEC = 900;

/** A caller without coins, who has paid for a package. */
interface Purchase {
  readonly app: App;
  readonly ports: AppPorts;
  readonly orderId: string;
  readonly confirm: (signature?: string) => Promise<unknown>;
  readonly report: (changes?: Partial<GatewayPayment>) => Promise<string>;
}

async function order(app: App, ports: AppPorts, requestId: string, packageId = 'coins-300') {
  return await createOrder(ports, app.actor(CALLER), { packageId, gateway: 'razorpay', requestId });
}

async function purchase(scene: Scene): Promise<Purchase> {
  const app = await appOn(scene, 0);
  const paid: GatewayPayment[] = [];
  const razorpay: PaymentGateway = {
    ...app.ports.payments.razorpay,
    isCheckoutGenuine: ({ signature }) => signature === 'signed',
    payment: (id) => Promise.resolve(paid.find(({ paymentId }) => paymentId === id)),
    paymentsOf: () => Promise.resolve(paid),
  };
  const ports = { ...app.ports, payments: { razorpay } };
  const { orderId, checkout, amountPaise, currency } = await order(app, ports, 'order');
  const { gatewayOrderId } = checkout;
  const price = { amountPaise, currency };
  const payment = { paymentId: 'pay-1', gatewayOrderId, ...price, status: 'captured' } as const;
  paid.push(payment);
  return {
    app,
    ports,
    orderId,
    confirm: async (signature = 'signed') =>
      await outcome(
        async () =>
          await confirmPayment(ports, app.actor(CALLER), { orderId, paymentId: 'pay-1', signature }),
      ),
    report: async (changes = {}) =>
      await reason(
        async () => await takeReport(ports, { accountId: '', payment: { ...payment, ...changes } }, ''),
      ),
  };
}

const buying: Script[] = [
  {
    name: 'use case: a payment is confirmed, told of, and confirmed again',
    run: async (scene) => {
      const { app, ports, confirm, report } = await purchase(scene);
      const answers = [await confirm('forged'), await confirm(), await report(), await confirm()];
      return [...answers, await readBalance(ports, app.actor(CALLER))];
    },
  },
  {
    name: 'use case: an order is asked for again, with the same and with other input',
    run: async (scene) => {
      const { app, ports } = await purchase(scene);
      const again = async (packageId: string): Promise<unknown> =>
        await outcome(async () => await order(app, ports, 'order', packageId));
      return [await again('coins-300'), await again('coins-600'), await again('none')];
    },
  },
  {
    name: 'use case: a payment that nobody told of is found by the poll, and paid for once',
    run: async (scene) => {
      const { app, ports, report, orderId } = await purchase(scene);
      const balances: unknown[] = [];
      for (let count = 0; count < 3; count++) {
        await pollOrders(ports);
        balances.push((await readBalance(ports, app.actor(CALLER))).coins);
        app.clock.advance(POLL_SEC);
      }
      const { items } = await orderHistory(ports, app.actor(CALLER), { limit: 5 });
      return [balances, await report(), items.map((item) => [item.orderId === orderId, item.status])];
    },
  },
  {
    name: 'use case: confirmation and webhook of one payment at once credit it once',
    contended: true,
    leavesChance: true,
    run: async (scene) => {
      const { app, ports, confirm, report } = await purchase(scene);
      await together([async () => await confirm(), async () => await report(), async () => await report()]);
      return await readBalance(ports, app.actor(CALLER));
    },
  },
  {
    name: 'use case: orders are listed page by page, newest first',
    run: async (scene) => {
      const { app, ports } = await purchase(scene);
      for (const packageId of ['coins-600', 'coins-1000', 'coins-300']) {
        app.clock.advance(7);
        await order(app, ports, `another ${packageId}`, packageId);
      }
      const actor = app.actor(CALLER);
      const first = await orderHistory(ports, actor, { limit: 3 });
      const cursor = first.nextCursor ?? '';
      return [first, await orderHistory(ports, actor, { limit: 3, cursor })];
    },
  },
];

/** Somebody has come or left, as the provider of the media tells. */
type Told = Omit<MediaNotice, 'channel' | 'uid' | 'at'>;

const calling: Script[] = [
  {
    name: 'use case: the media provider connects a call, and old notices change nothing',
    run: async (scene) => {
      const app = await appOn(scene);
      const { ports, actor, clock } = app;
      const input = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
      const { callId } = await startCall(ports, actor(CALLER), input);
      const { media } = await acceptCall(ports, actor(CALLEE), { callId, requestId: 'accept' });
      if (media.provider !== 'agora')
        throw new Error('who carries a call is agora unless it is set otherwise');
      // The ids of a script are counted, so the caller's seat is the one before the callee's.
      const seats = [media.uid - 1, media.uid];
      const say = async (party: 0 | 1, told: Told): Promise<void> =>
        await takeMediaNotice(ports, {
          channel: media.channel,
          uid: seats[party] ?? 0,
          at: clock.now(),
          ...told,
        });
      const states: unknown[] = [];
      const look = async (): Promise<void> => {
        const { call } = await getCall(ports, actor(CALLER), { callId });
        states.push([call.state, call.connectedAt]);
      };
      clock.advance(2);
      await say(0, { event: 'join', seq: 1 });
      await look();
      clock.advance(3);
      await say(1, { event: 'join', seq: 1 });
      await look();
      await say(0, { event: 'join', seq: 1 });
      clock.advance(40);
      await say(0, { event: 'leave', seq: 2, reason: 'lost' });
      await say(0, { event: 'join', seq: 1 });
      await takeMediaNotice(ports, { channel: 'none', uid: 1, event: 'join', seq: 1, at: clock.now() });
      await look();
      return states;
    },
  },
  {
    name: 'use case: operators see how many calls are open, and how many are overdue',
    run: async (scene) => {
      const app = await appOn(scene);
      const { ports, actor, clock } = app;
      const see = async (): Promise<unknown> => await systemStatus(ports, actor(ADMIN));
      const seen = [await see()];
      const input = { calleeId: CALLEE, type: 'audio', requestId: 'start' } as const;
      const { callId } = await startCall(ports, actor(CALLER), input);
      seen.push(await see());
      await acceptCall(ports, actor(CALLEE), { callId, requestId: 'accept' });
      seen.push(await see());
      clock.advance(600);
      return [...seen, await see()];
    },
  },
];

const finding: Script[] = [
  {
    name: 'use case: listeners are searched by what they speak, and page by page',
    run: async (scene) => {
      const { ports, actor } = await appOn(scene);
      const ratings = [4, 5, 4, 3, 4.5, 0];
      await ports.store.commit((writer) => {
        for (const [index, rating] of ratings.entries()) {
          const listenerId = `listener-${index}`;
          const availability = (['available', 'busy', 'offline'] as const)[index % 3] ?? 'offline';
          const languageKeys: Record<string, true> = index % 2 === 0 ? { hi: true } : { en: true };
          const about = { rating, availability, languageKeys, online: availability !== 'offline' };
          writer.create(listenerCards.doc(listenerId), cardOf(listenerId, about));
        }
      });
      const pages: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await searchListeners(ports, actor(CALLER), { limit: 3, ...(cursor && { cursor }) });
        pages.push(
          page.items.map(({ listenerId }) => listenerId),
          page.counts,
        );
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      const search = async (input: object): Promise<unknown> => {
        const { items } = await searchListeners(ports, actor(CALLER), { limit: 10, ...input });
        return items.map(({ listenerId }) => listenerId);
      };
      pages.push(await search({ language: 'hi' }), await search({ availableOnly: true }));
      pages.push(await search({ onlineOnly: true, minRating: 4 }), await search({ language: 'ta' }));
      return pages;
    },
  },
  {
    name: 'use case: a device moves to whoever registers it, and the one not seen for longest is forgotten',
    run: async (scene) => {
      const { ports, actor, clock } = await appOn(scene);
      const register = async (uid: string, token: string): Promise<unknown> =>
        await outcome(async () => await registerDevice(ports, actor(uid), { token, platform: 'android' }));
      const answers: unknown[] = [];
      for (let count = 0; count < 12; count++) {
        answers.push(await register(CALLER, `token-${count}`));
        clock.advance(1);
      }
      return [...answers, await register(RIVAL, 'token-11'), await register(RIVAL, 'token-11')];
    },
  },
];

export const moneyAndListScripts: readonly Script[] = [...buying, ...calling, ...finding];
