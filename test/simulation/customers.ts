/** People who buy coins: they order, pay or fail to, come back from the checkout or do not, and some try to cheat. */
import { confirmPayment } from '../../functions/src/payments/confirmPayment.ts';
import { createOrder } from '../../functions/src/payments/createOrder.ts';
import type { GatewayPayment } from '../../functions/src/gateways/payments.ts';
import type { Counter } from './counters.ts';
import { persist } from './persist.ts';
import { PEOPLE } from './scene.ts';
import type { Checkout } from './shop.ts';
import type { World } from './world.ts';

/** What becomes of an order. */
type Course = 'captured' | 'authorized' | 'failedFirst' | 'failed' | 'twice' | 'abandoned';

interface Ordered {
  readonly uid: string;
  readonly orderId: string;
  readonly gatewayOrderId: string;
  readonly coins: number;
}

const PAID_BY: Readonly<Record<string, Counter>> = {
  confirm: 'paid by confirmation',
  webhook: 'paid by webhook',
  poll: 'paid by poll',
};

export class Customers {
  readonly #world: World;
  /** The coins of every order, by the gateway's id of it. */
  readonly #coins = new Map<string, Ordered>();
  #lastCheckout: Checkout | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** One purchase, from the order to whatever comes of it. */
  async buy(uid: string): Promise<void> {
    const world = this.#world;
    const { random, scheduler } = world;
    const ordered = await this.#order(uid);
    if (ordered === undefined) return;
    const course = random.weighted<Course>({
      captured: 60,
      authorized: 10,
      failedFirst: 10,
      failed: 6,
      twice: 6,
      abandoned: 8,
    });
    if (random.chance(0.05))
      void world.shop.foreignReport(ordered.gatewayOrderId, random.pick(['account', 'amount']));
    if (course === 'abandoned') return world.hit('order abandoned');
    await scheduler.sleep(random.between(0.5, 20));
    await this.#pay(ordered, course);
    if (course !== 'twice') return;
    // An impatient customer pays the same order again.
    world.hit('order paid twice');
    await scheduler.sleep(random.between(0, 120));
    await this.#pay(ordered, 'captured');
  }

  async #order(uid: string): Promise<Ordered | undefined> {
    const world = this.#world;
    const { random } = world;
    const [first, ...others] = world.settings.pricing.packages.map(({ packageId }) => packageId);
    const packageId = random.pick([first ?? '', ...others]);
    const requestId = random.hex128();
    const ask = async (wanted: string) =>
      await persist(world, 'order', async (ports) =>
        createOrder(ports, world.actor(uid), { packageId: wanted, gateway: 'razorpay', requestId }),
      );
    // A double tap: both must be told of the same order.
    const twin = world.tapsTwice() ? ask(packageId) : undefined;
    const result = await ask(packageId);
    if (result.kind !== 'ok') {
      if (result.kind === 'refused') world.hit('order refused');
      return undefined;
    }
    const { orderId, coins, checkout } = result.value;
    const other = await twin;
    if (other?.kind === 'ok' && other.value.checkout.gatewayOrderId !== checkout.gatewayOrderId)
      world.violated(`I12: order ${orderId} is two orders at the gateway`);
    if (random.chance(0.1))
      void this.#otherInput(
        ask,
        others.find((id) => id !== packageId),
      );
    const ordered = { uid, orderId, gatewayOrderId: checkout.gatewayOrderId, coins };
    this.#coins.set(ordered.gatewayOrderId, ordered);
    return ordered;
  }

  async #otherInput(
    ask: (packageId: string) => Promise<{ readonly kind: string }>,
    packageId: string | undefined,
  ) {
    if (packageId === undefined) return;
    const result = await ask(packageId);
    if (result.kind === 'refused') this.#world.hit('idempotency mismatch');
    if (result.kind === 'ok') this.#world.violated('I12: one request has made two orders');
  }

  async #pay(ordered: Ordered, course: Course): Promise<void> {
    const world = this.#world;
    const { random, scheduler, shop } = world;
    const first = { captured: 'created', twice: 'created', authorized: 'authorized' } as const;
    const begun =
      course === 'failed' || course === 'failedFirst' ? 'failed' : first[course as keyof typeof first];
    const checkout = shop.pay(ordered.gatewayOrderId, begun);
    if (random.chance(0.1)) void this.#cheat(ordered, checkout);
    this.#lastCheckout = checkout;
    if (course === 'failed') {
      world.hit('payment failed');
      if (random.chance(0.3)) void this.#confirm(ordered, checkout);
      return;
    }
    const waitSec = {
      captured: [0.1, 3],
      twice: [0.1, 3],
      authorized: [1, 600],
      failedFirst: [5, 1800],
    } as const;
    const [least, most] = waitSec[course as keyof typeof waitSec];
    const early = course === 'captured' ? 0 : 0.5;
    if (random.chance(early)) void this.#confirm(ordered, checkout);
    await scheduler.sleep(random.between(least, most));
    if (course === 'failedFirst') world.hit('payment failed first');
    shop.decide(checkout.paymentId, 'captured');
    if (random.chance(0.7)) await this.#confirm(ordered, checkout);
    if (random.chance(0.1)) {
      await scheduler.sleep(random.between(0, 600));
      world.hit('credit repeated');
      await this.#confirm(ordered, checkout);
    }
  }

  /** The app comes back from the checkout. What it is told must be what the gateway knows. */
  async #confirm({ uid, orderId, coins }: Ordered, { paymentId, signature }: Checkout): Promise<void> {
    const world = this.#world;
    const statusBefore = world.shop.payments.get(paymentId)?.status;
    const result = await persist(
      world,
      'confirm',
      async (ports) => await confirmPayment(ports, world.actor(uid), { orderId, paymentId, signature }),
    );
    if (result.kind === 'refused')
      return world.violated(`I13: a payment was refused (${result.refusal.reason})`);
    if (result.kind !== 'ok') return;
    const { status, coinsAdded } = result.value;
    const captured = world.shop.payments.get(paymentId)?.status === 'captured';
    const wrong =
      (status === 'paid' && (!captured || coinsAdded !== coins)) ||
      (status === 'failed' && statusBefore === 'captured') ||
      (status !== 'paid' && coinsAdded !== 0);
    if (wrong) world.violated(`I13: payment ${paymentId} was answered as ${status}, ${coinsAdded} coins`);
  }

  /** None of these may bring a coin to anybody. */
  async #cheat({ uid, orderId }: Ordered, { paymentId, signature, gatewayOrderId }: Checkout): Promise<void> {
    const world = this.#world;
    const old = this.#lastCheckout;
    const others = PEOPLE.filter((person) => person !== uid);
    const tries = {
      'forged signature': { as: uid, input: { orderId, paymentId, signature: 'forged' } },
      'confirmed by a stranger': { as: world.random.pick(others), input: { orderId, paymentId, signature } },
      'signature of another order': old &&
        old.gatewayOrderId !== gatewayOrderId && {
          as: uid,
          input: { orderId, paymentId: old.paymentId, signature: old.signature },
        },
    } as const;
    const how = world.random.pick([
      'forged signature',
      'confirmed by a stranger',
      'signature of another order',
    ] as const);
    const one = tries[how];
    if (!one) return;
    world.hit(how);
    const result = await persist(world, 'confirm', async (ports) =>
      confirmPayment(ports, world.actor(one.as), one.input),
    );
    if (result.kind === 'ok') world.violated(`I13: a checkout was taken that is a fraud (${how})`);
  }

  /** @returns what of the captured payments is not in the wallets exactly once, or what else is */
  problems(): string[] {
    return [...this.#world.shop.payments.values()].flatMap((payment) => {
      const { paymentId, status } = payment;
      const right = this.#isRight(payment);
      return right ? [] : [`I13: payment ${paymentId} is ${status}, the books say otherwise`];
    });
  }

  #isRight({ paymentId, gatewayOrderId, status }: GatewayPayment): boolean {
    const { store, counters } = this.#world;
    const ordered = this.#coins.get(gatewayOrderId ?? '');
    if (ordered === undefined) return false;
    const entry = store.read(`wallets/${ordered.uid}/entries/purchase-${paymentId}`);
    const record = store.read(`payments/${paymentId}`);
    if (status !== 'captured') return entry === undefined && record === undefined;
    const counter = PAID_BY[String(record?.['foundBy'])];
    if (counter !== undefined) counters.hit(counter);
    return entry?.['amount'] === ordered.coins && record?.['coins'] === ordered.coins;
  }

  /** How many payments the books must have. */
  get capturedCount(): number {
    return [...this.#world.shop.payments.values()].filter(({ status }) => status === 'captured').length;
  }
}
