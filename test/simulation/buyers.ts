/** Where coins come from: purchases, gifts that are told of again and again until they are acknowledged, adjustments. */
import { adjustCoins } from '../../functions/src/ledger/adjustCoins.ts';
import { adjustContract } from '../../functions/src/ledger/contract.ts';
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import { changeWallet, creditWallet, type WalletChange } from '../../functions/src/ledger/domain/wallet.ts';
import { saveWallet } from '../../functions/src/ledger/saveWallet.ts';
import { requestKey } from '../../functions/src/platform/idempotency.ts';
import { deliverPosted } from '../../functions/src/platform/outbox.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { Customers } from './customers.ts';
import { ADMIN, PEOPLE } from './scene.ts';
import type { Result } from './parts.ts';
import type { World } from './world.ts';

/** One gift or adjustment that somebody wants to see in a wallet exactly once. */
export interface Gift {
  readonly uid: string;
  readonly key: string;
  readonly coins: number;
  /** Undefined while there is no answer yet. */
  outcome?: 'done' | 'refused';
}

type Source = 'bonus' | 'adjust';

const CREDITS_UNTIL_SEC = 5 * 3600;

export class Buyers {
  readonly gifts: Gift[] = [];
  readonly customers: Customers;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.customers = new Customers(world);
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
      this.gifts.push({ uid, key, coins, outcome: 'done' });
      const ref = { kind: 'payment', id: key } as const;
      change = creditWallet(change, { key, source, coins, description: source, ref }, now);
    }
    return change;
  }

  async #later(atSec: number): Promise<void> {
    await this.#world.scheduler.sleep(atSec);
    await this.credit(this.#world.random.pick(PEOPLE));
  }

  /** Coins come to somebody, from wherever. */
  async credit(uid: string): Promise<void> {
    const source = this.#world.random.weighted<Source | 'purchase'>({ purchase: 6, bonus: 2, adjust: 2 });
    if (source === 'purchase') await this.customers.buy(uid);
    else await this.#give(uid, source);
  }

  /** Gives once; whoever gives repeats it until it is answered. */
  async #give(uid: string, source: Source): Promise<void> {
    const { random, scheduler } = this.#world;
    const taken = source === 'adjust' && random.chance(0.5);
    const coins = random.pick([5, 50, 120, 300]) * (taken ? -1 : 1);
    const gift: Gift = { uid, key: `${source}-${random.hex128()}`, coins };
    this.gifts.push(gift);
    if (random.chance(0.3)) void this.#once(gift, source);
    for (;;) {
      const result = await this.#once(gift, source);
      if (result.kind !== 'unknown') break;
      await scheduler.sleep(random.between(1, 60));
    }
    if (random.chance(0.15)) await this.#repeat(gift, source);
  }

  /** A late repetition of what was given, or one that tells something else under the same key. */
  async #repeat(gift: Gift, source: Source): Promise<void> {
    const { random, scheduler } = this.#world;
    await scheduler.sleep(random.between(0, 600));
    if (gift.outcome !== 'done') return;
    this.#world.hit('credit repeated');
    const other = random.chance(0.5);
    const result = await this.#once(other ? { ...gift, coins: gift.coins + 1 } : gift, source);
    if (!other || result.kind === 'unknown') return;
    const mismatch = result.kind === 'refused' && result.refusal.reason === 'IDEMPOTENCY_MISMATCH';
    if (mismatch) this.#world.hit('idempotency mismatch');
    else this.#world.violated(`I12: credit ${gift.key} succeeded with two inputs`);
  }

  async #once(gift: Gift, source: Source): Promise<Result<void>> {
    const result = await this.#world.invoke(
      'credit',
      async (ports) => await this.#execute(ports, gift, source),
    );
    if (result.kind === 'ok') gift.outcome = 'done';
    // Another report of it may have gone through before the coins were gone.
    else if (result.kind === 'refused') gift.outcome ??= 'refused';
    return result;
  }

  async #execute(ports: AppPorts, { uid, key, coins }: Gift, source: Source): Promise<void> {
    if (source === 'adjust') {
      const requestId = requestIdOf(key);
      const admin = this.#world.actor(ADMIN, 'admin');
      await adjustCoins(ports, admin, { userId: uid, coins, source: 'adjust', note: 'corrected', requestId });
      return;
    }
    const credit = { key, source, coins, description: source, ref: { kind: 'payment', id: key } as const };
    const { posted } = await creditCoins(ports.store, uid, credit, ports.clock.now());
    await deliverPosted(ports, posted, ports.deliver);
  }
}

const requestIdOf = (key: string): string => key.slice('adjust-'.length);

/** Where the entry of a gift lies: an adjustment's id follows from the operator and the request. */
export function entryIdOf({ key }: Gift): string {
  if (!key.startsWith('adjust-')) return key;
  return `adjust-${requestKey(ADMIN, adjustContract.name, { requestId: requestIdOf(key) }).id}`;
}
