/**
 * Which coins were given and not bought, followed through the entries alone: what is given is spent first, and what a
 * listener earns from it is never paid out. Nothing here looks at the shares that the wallets have kept of it.
 */
import type { Entry } from '../../functions/src/ledger/documents.ts';

/** The given coins of one person. */
interface Given {
  /** In no hold. */
  free: number;
  /** In the hold of a call, by its id. */
  readonly held: Map<string, number>;
}

export class GivenCoins {
  readonly #of = new Map<string, Given>();
  /** The given part of what a call was charged, by its id. */
  readonly #charged = new Map<string, number>();

  /**
   * Takes the next entry of a person.
   * @param availableCoins of this person after it
   */
  entered(uid: string, entry: Entry, availableCoins: number): void {
    const given = this.#of.get(uid) ?? { free: 0, held: new Map<string, number>() };
    this.#of.set(uid, given);
    const callId = entry.ref.id;
    const coins = Math.abs(entry.amount);
    const reserved = given.held.get(callId) ?? 0;
    if (entry.type === 'bonus') given.free += coins;
    // An adjustment takes what was bought first.
    else if (entry.type === 'adjustment') given.free = Math.min(given.free, availableCoins);
    else if (entry.type === 'hold') {
      const part = Math.min(coins, given.free);
      given.free -= part;
      given.held.set(callId, reserved + part);
    } else if (entry.type === 'release') {
      given.free += reserved;
      given.held.delete(callId);
      this.#charged.set(callId, reserved);
    } else if (entry.type === 'charge') {
      const part = Math.min(coins, this.#charged.get(callId) ?? 0);
      given.free -= part;
      this.#charged.set(callId, part);
    }
  }

  /** @returns the given coins of a person, those in holds among them */
  total(uid: string): number {
    const { free = 0, held = new Map<string, number>() } = this.#of.get(uid) ?? {};
    return free + [...held.values()].reduce((sum, coins) => sum + coins, 0);
  }

  /** @returns the given coins in the hold of a person's call */
  heldFor(uid: string, callId: string): number {
    return this.#of.get(uid)?.held.get(callId) ?? 0;
  }

  /**
   * @param earnedCoins of the call's listener, all together
   * @param chargeCoins of the call
   * @returns how many of the earned coins are never paid out: the share of the given ones, rounded up
   */
  promotional(callId: string, earnedCoins: number, chargeCoins: number): number {
    if (chargeCoins === 0) return 0;
    return Math.ceil((earnedCoins * (this.#charged.get(callId) ?? 0)) / chargeCoins);
  }
}
