/** Where coins come from: purchases and gifts, reported again and again until they are acknowledged, and adjustments. */
import { adjustCoins } from '../../functions/src/ledger/adjustCoins.ts';
import { adjustContract } from '../../functions/src/ledger/contract.ts';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import { changeWallet, creditWallet, type WalletChange } from '../../functions/src/ledger/domain/wallet.ts';
import { saveWallet } from '../../functions/src/ledger/saveWallet.ts';
import { requestKey } from '../../functions/src/platform/idempotency.ts';
import { deliverPosted } from '../../functions/src/platform/outbox.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { confirmPayment } from '../../functions/src/payments/confirmPayment.ts';
import { orders as orderDocuments } from '../../functions/src/payments/documents.ts';
import { pollOrders } from '../../functions/src/payments/pollOrders.ts';
import { takeReport } from '../../functions/src/payments/takeReport.ts';
import { ADMIN, PEOPLE } from './scene.ts';
import { capturedPayment, orderOf, type Purchase } from './shop.ts';
import type { Result, World } from './world.ts';

/** One credit that somebody wants to see in a wallet exactly once. */
export interface Order {
  readonly uid: string;
  readonly key: string;
  readonly coins: number;
  /** Undefined while there is no answer yet. */
  outcome?: 'done' | 'refused';
}

type Source = 'purchase' | 'bonus' | 'adjust';

const CREDITS_UNTIL_SEC = 5 * 3600;

export class Buyers {
  readonly orders: Order[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  plan(): void {
    const { random } = this.#world;
    for (let left = random.integer(2, 5); left > 0; left--)
      void this.#later(random.between(0, CREDITS_UNTIL_SEC));
  }

  /** The coins that people have when the schedule begins: some given, some bought, some hardly any. */
  async fill({ store, clock }: AppPorts): Promise<void> {
    await store.transaction(async (tx) => {
      for (const uid of PEOPLE) saveWallet(tx, this.#filled(uid, clock.now()));
      await Promise.resolve();
    });
  }

  #filled(uid: string, now: Date): WalletChange {
    const { random } = this.#world;
    const given = random.chance(0.8) ? 50 : 0;
    const bought = random.pick([0, 0, 0, 40, 40, 300, 300, 300, 1000]);
    let change = changeWallet(uid, undefined);
    for (const { source, coins } of [
      { source: 'bonus', coins: given },
      { source: 'purchase', coins: bought },
    ] as const) {
      if (coins === 0) continue;
      const key = `${source}-first-${uid}`;
      this.orders.push({ uid, key, coins, outcome: 'done' });
      const ref = { kind: 'payment', id: key } as const;
      change = creditWallet(change, { key, source, coins, description: source, ref }, now);
    }
    return change;
  }

  async #later(atSec: number): Promise<void> {
    await this.#world.scheduler.sleep(atSec);
    await this.credit(this.#world.random.pick(PEOPLE));
  }

  /** Credits once; whoever pays repeats it until it is answered. */
  async credit(uid: string): Promise<void> {
    const { random, scheduler } = this.#world;
    const source = random.weighted<Source>({ purchase: 6, bonus: 2, adjust: 2 });
    const taken = source === 'adjust' && random.chance(0.5);
    const coins = random.pick([5, 50, 120, 300]) * (taken ? -1 : 1);
    const order: Order = { uid, key: `${source}-${random.hex128()}`, coins };
    this.orders.push(order);
    // Webhook and confirmation of one payment come at the same time.
    if (random.chance(0.3)) void this.#once(order, source);
    if (source === 'purchase' && random.chance(0.3)) void this.#poll();
    for (;;) {
      const result = await this.#once(order, source);
      if (result.kind !== 'unknown') break;
      await scheduler.sleep(random.between(1, 60));
    }
    if (random.chance(0.15)) await this.#repeat(order, source);
  }

  /** A late report of a payment that was credited, or one that tells something else under the same key. */
  async #repeat(order: Order, source: Source): Promise<void> {
    const { random, scheduler } = this.#world;
    await scheduler.sleep(random.between(0, 600));
    if (order.outcome !== 'done') return;
    this.#world.hit('credit repeated');
    // What a gateway signs is about one payment, so there is no second input for it.
    const other = source !== 'purchase' && random.chance(0.5);
    const result = await this.#once(other ? { ...order, coins: order.coins + 1 } : order, source);
    if (!other || result.kind === 'unknown') return;
    const mismatch = result.kind === 'refused' && result.refusal.reason === 'IDEMPOTENCY_MISMATCH';
    if (mismatch) this.#world.hit('idempotency mismatch');
    else this.#world.violated(`I12: credit ${order.key} succeeded with two inputs`);
  }

  async #once(order: Order, source: Source): Promise<Result<void>> {
    const result = await this.#world.invoke(
      'credit',
      async (ports) => await this.#execute(ports, order, source),
    );
    if (result.kind === 'ok') order.outcome = 'done';
    // Another report of it may have gone through before the coins were gone.
    else if (result.kind === 'refused') order.outcome ??= 'refused';
    return result;
  }

  async #execute(ports: AppPorts, { uid, key, coins }: Order, source: Source): Promise<void> {
    if (source === 'adjust') {
      const requestId = requestIdOf(key);
      const admin = this.#world.actor(ADMIN, 'admin');
      await adjustCoins(ports, admin, { userId: uid, coins, source: 'adjust', note: 'corrected', requestId });
      return;
    }
    if (source === 'purchase')
      return this.#report(ports, { uid, paymentId: key.slice('purchase-'.length), coins });
    const credit = { key, source, coins, description: source, ref: { kind: 'payment', id: key } as const };
    const { posted } = await creditCoins(ports.store, uid, credit, ports.clock.now());
    await deliverPosted(ports, posted, ports.deliver);
  }

  /** A captured payment is told of: by the client who paid, or by the webhook. */
  async #report(ports: AppPorts, purchase: Purchase): Promise<void> {
    const world = this.#world;
    const { uid, paymentId } = purchase;
    const orderId = `RCH_${paymentId}`;
    const byWebhook = world.random.chance(0.5);
    await ports.store.transaction(async (tx) => {
      const [known] = await tx.getAll(orderDocuments.doc(orderId));
      if (known !== undefined) return;
      tx.create(orderDocuments.doc(orderId), orderOf(purchase, ports.clock.now()));
    });
    world.shop.capture(purchase);
    if (byWebhook) {
      world.hit('told by webhook');
      await takeReport(ports, { accountId: '', payment: capturedPayment(purchase) }, '');
      return;
    }
    world.hit('told by confirmation');
    const answer = await confirmPayment(ports, world.actor(uid), { orderId, paymentId, signature: 'signed' });
    if (answer.status !== 'paid' || answer.coinsAdded !== purchase.coins)
      world.violated(`I13: a captured payment was answered as ${answer.status}`);
  }

  /** The schedule that asks the gateway, at any moment. */
  async #poll(): Promise<void> {
    const { random, scheduler } = this.#world;
    await scheduler.sleep(random.between(0, 60));
    this.#world.hit('polled');
    await this.#world.invoke('orderPoll', pollOrders);
  }
}

const requestIdOf = (key: string): string => key.slice('adjust-'.length);

/** Where the entry of an order lies: an adjustment's id follows from the operator and the request. */
export function entryIdOf({ key }: Order): string {
  if (!key.startsWith('adjust-')) return key;
  return `adjust-${requestKey(ADMIN, adjustContract.name, { requestId: requestIdOf(key) }).id}`;
}
