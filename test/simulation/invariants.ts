/**
 * What must hold after every commit, kept up from the documents that the commit touched. The auditor trusts no number
 * that the code has worked out: balances come from the entries, charges from a formula of its own.
 */
import type { Call } from '../../functions/src/calls/documents.ts';
import type { Account, Entry, Wallet } from '../../functions/src/ledger/documents.ts';
import type { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import { asRead } from './asRead.ts';
import { GivenCoins } from './given.ts';

/** What one commit did, told to whoever wants to know. */
export interface AuditEvents {
  /** An invariant does not hold. */
  violated(invariant: string): void;
  /** `before` is undefined for a new call. */
  callChanged(callId: string, before: Call | undefined, after: Call): void;
  settled(settlement: Settlement): void;
}

/** What the end of a call moved. */
export interface Settlement {
  readonly call: Call;
  readonly heldCoins: number;
  readonly chargeCoins: number;
  readonly earnedCoins: number;
  readonly promotionalCoins: number;
}

type Totals = Partial<Record<Account, number>>;

/** What a commit touched, with the state before it. */
interface Touched {
  readonly wallets: Map<string, Wallet | undefined>;
  readonly calls: Map<string, Call | undefined>;
  readonly entries: Entry[];
}

export class Auditor {
  readonly wallets = new Map<string, Wallet>();
  readonly calls = new Map<string, Call>();
  readonly entries = new Map<string, Entry>();
  readonly settlements = new Map<string, Settlement>();
  /** Calls that have not ended. */
  readonly open = new Map<string, Call>();
  readonly #openOf = new Map<string, string>();
  readonly #totals = new Map<string, Totals>();
  readonly #given = new GivenCoins();
  readonly #sums = { coins: 0, revenue: 0, issued: 0, earned: 0, payable: 0 };
  readonly #store: MemoryStore;
  readonly #events: AuditEvents;

  constructor(store: MemoryStore, events: AuditEvents) {
    this.#store = store;
    this.#events = events;
  }

  /** Looks at a commit that was just applied. */
  committed(paths: readonly string[], nowMs: number): void {
    const touched = this.#take(paths);
    if (touched === undefined) return;
    for (const [uid, before] of touched.wallets) this.#checkWallet(uid, before);
    for (const [callId, before] of touched.calls) this.#checkCall(callId, before, touched, nowMs);
    for (const uid of touched.wallets.keys()) this.#checkOccupation(uid);
    this.#checkConservation();
    for (const [callId, before] of touched.calls) {
      const after = this.calls.get(callId);
      if (after !== undefined) this.#events.callChanged(callId, before, after);
    }
  }

  #take(paths: readonly string[]): Touched | undefined {
    const touched: Touched = { wallets: new Map(), calls: new Map(), entries: [] };
    for (const path of paths) {
      if (!path.startsWith('wallets/') && !path.startsWith('calls/')) continue;
      const parts = path.split('/');
      const [collection = '', id = '', sub, key = ''] = parts;
      if (collection === 'wallets' && sub === undefined) this.#takeWallet(touched, id);
      else if (collection === 'wallets') this.#takeEntry(touched, { uid: id, key, path });
      else if (collection === 'calls' && sub === undefined) this.#takeCall(touched, id);
    }
    return touched.wallets.size + touched.calls.size + touched.entries.length === 0 ? undefined : touched;
  }

  #takeWallet(touched: Touched, uid: string): void {
    const before = this.wallets.get(uid);
    const after = this.#store.read(`wallets/${uid}`) as Wallet | undefined;
    if (after === undefined) return this.#violated(`I11: wallet of ${uid} was deleted`);
    touched.wallets.set(uid, before);
    this.wallets.set(uid, after);
    this.#sums.coins += coinsIn(after) - coinsIn(before);
    this.#sums.earned += earnedIn(after) - earnedIn(before);
  }

  #takeEntry(touched: Touched, { uid, key, path }: { uid: string; key: string; path: string }): void {
    const entry = this.#store.read(path) as Entry | undefined;
    if (entry === undefined) return this.#violated(`I11: entry ${key} was deleted`);
    if (this.entries.has(path)) return this.#violated(`I5: entry ${key} of ${uid} was written twice`);
    this.entries.set(path, entry);
    touched.entries.push(entry);
    this.#checkEntry(entry);
    const totals = this.#totals.get(uid) ?? {};
    for (const { account, amount } of entry.postings) {
      totals[account] = (totals[account] ?? 0) + amount;
      if (account === 'platformRevenue') this.#sums.revenue += amount;
      if (account === 'platformPayable') this.#sums.payable += amount;
    }
    this.#totals.set(uid, totals);
    if (isCredit(entry)) this.#sums.issued += entry.amount;
    this.#given.entered(uid, entry, totals.walletAvailable ?? 0);
  }

  #checkEntry({ transactionId, postings }: Entry): void {
    const sums = { coin: 0, earned: 0 };
    for (const { asset, amount } of postings) sums[asset] += amount;
    if (postings.length === 0 || sums.coin !== 0 || sums.earned !== 0)
      this.#violated(`I1: entry ${transactionId} does not sum to zero`);
    if (postings.some(({ amount }) => !Number.isSafeInteger(amount)))
      this.#violated(`I3: entry ${transactionId} posts a fraction`);
  }

  #takeCall(touched: Touched, callId: string): void {
    const stored = this.#store.read(`calls/${callId}`) as Call | undefined;
    if (stored === undefined) return this.#violated(`I11: call ${callId} was deleted`);
    const after = asRead(stored);
    touched.calls.set(callId, this.calls.get(callId));
    this.calls.set(callId, after);
    if (after.state === 'ended') this.open.delete(callId);
    else this.open.set(callId, after);
  }

  #checkWallet(uid: string, before: Wallet | undefined): void {
    const wallet = this.wallets.get(uid);
    if (wallet === undefined) return;
    this.#checkAmounts(uid, wallet);
    const totals = this.#totals.get(uid) ?? {};
    const told = (account: Account): number => totals[account] ?? 0;
    const replayed =
      told('walletAvailable') === wallet.coins.available &&
      told('walletHeld') === wallet.coins.held &&
      told('earningsAvailable') === wallet.earnings.available &&
      told('earningsPromotional') === wallet.earnings.promotional;
    if (!replayed) this.#violated(`I10: wallet of ${uid} is not what its entries say`);
    const given = this.#given.total(uid);
    if (wallet.coins.bonus !== given)
      this.#violated(`I10: ${uid} has ${wallet.coins.bonus} given coins, the entries say ${given}`);
    if (before === undefined) return;
    const grew = wallet.coins.spent >= before.coins.spent && wallet.earnings.total >= before.earnings.total;
    if (!grew) this.#violated(`I10: a lifetime sum of ${uid} went down`);
  }

  #checkAmounts(uid: string, wallet: Wallet): void {
    const holds = Object.entries(wallet.holds);
    const inHolds = holds.map(([callId, { coins }]) => [`hold ${callId}`, coins] as const);
    const parts = [...Object.entries(wallet.coins), ...Object.entries(wallet.earnings), ...inHolds];
    for (const [name, amount] of parts) {
      if (amount < 0) this.#violated(`I2: ${name} of ${uid} is ${amount}`);
      if (!Number.isSafeInteger(amount)) this.#violated(`I3: ${name} of ${uid} is ${amount}`);
    }
    const held = inHolds.reduce((sum, [, coins]) => sum + coins, 0);
    if (held !== wallet.coins.held)
      this.#violated(`I4: ${uid} has ${wallet.coins.held} held, and holds of ${held}`);
    for (const [callId, { bonusCoins }] of holds) {
      const given = this.#given.heldFor(uid, callId);
      if (bonusCoins !== given)
        this.#violated(`I10: ${uid} holds ${bonusCoins} given coins for call ${callId}, due: ${given}`);
    }
  }

  /** Holds, and who is in a call, must agree between wallets and calls. */
  #checkOccupation(uid: string): void {
    const wallet = this.wallets.get(uid);
    if (wallet === undefined) return;
    if (wallet.openCallId !== (this.#openOf.get(uid) ?? null)) {
      this.#violated(`I7: wallet of ${uid} says it is in ${wallet.openCallId ?? 'no call'}`);
    }
    const holds = Object.entries(wallet.holds);
    for (const [callId, hold] of holds) {
      const call = this.open.get(callId);
      const owed = call?.callerId === uid ? call.grantedMinutes * call.coinsPerMinute : 0;
      if (hold.coins !== owed || owed === 0) {
        this.#violated(`I4: ${uid} holds ${hold.coins} for call ${callId}, which has reserved ${owed}`);
      }
    }
  }

  #checkCall(callId: string, before: Call | undefined, touched: Touched, nowMs: number): void {
    const call = this.calls.get(callId);
    if (call === undefined) return;
    if (before === undefined) this.#occupy(callId, call);
    if (before?.state === 'ended') this.#violated(`I11: call ${callId} was changed after its end`);
    if (call.state !== 'ended') {
      this.#checkReserved(callId, call, nowMs);
      return;
    }
    this.#openOf.delete(call.callerId);
    this.#openOf.delete(call.calleeId);
    if (before !== undefined) this.#checkSettlement(callId, call, touched, nowMs);
  }

  #occupy(callId: string, call: Call): void {
    for (const uid of [call.callerId, call.calleeId]) {
      if (this.#openOf.has(uid)) this.#violated(`I7: ${uid} is in two calls`);
      this.#openOf.set(uid, callId);
    }
  }

  #checkReserved(callId: string, call: Call, nowMs: number): void {
    const holder = this.wallets.get(call.callerId);
    const held = holder?.holds[callId]?.coins ?? 0;
    const owed = call.grantedMinutes * call.coinsPerMinute;
    if (held !== owed) this.#violated(`I4: call ${callId} has reserved ${owed}, its caller holds ${held}`);
    // A free call is granted to its longest at once.
    if (call.coinsPerMinute === 0) return;
    const { sliceMinutes, extendBeforeSec, maxMinutes } = call.terms;
    if (call.grantedMinutes > maxMinutes) this.#violated(`I8: call ${callId} is longer than the longest`);
    const aheadSec =
      call.grantedUntil === null ? call.grantedMinutes * 60 : (call.grantedUntil.getTime() - nowMs) / 1000;
    const mostSec = sliceMinutes * 60 + (call.grantedUntil === null ? 0 : extendBeforeSec);
    if (aheadSec > mostSec) this.#violated(`I8: call ${callId} is reserved ${aheadSec} s ahead`);
  }

  #checkSettlement(callId: string, call: Call, touched: Touched, nowMs: number): void {
    const told = settlementIn(callId, call, touched);
    const { heldCoins, chargeCoins, earnedCoins } = told;
    const where = `call ${callId} (${call.endReason ?? 'no reason'})`;
    if (this.settlements.has(callId)) this.#violated(`I5: ${where} was settled twice`);
    if (chargeCoins > heldCoins) this.#violated(`I6: ${where} charged ${chargeCoins}, held ${heldCoins}`);
    const due = referenceCharge(call, heldCoins);
    if (chargeCoins !== due.charge || earnedCoins !== due.earned || call.billedMinutes !== due.minutes) {
      const found = `${chargeCoins} coins, ${earnedCoins} earned, ${call.billedMinutes ?? 0} min`;
      this.#violated(`I14: ${where} moved ${found}; due: ${JSON.stringify(due)}`);
    }
    const promotional = this.#given.promotional(callId, due.earned, due.charge);
    if (told.promotionalCoins !== promotional)
      this.#violated(
        `I14: ${where} earned ${told.promotionalCoins} that is never paid out, due: ${promotional}`,
      );
    if (!endsInTime(call, nowMs))
      this.#violated(`I6: ${where} ended at ${call.endedAt?.toISOString() ?? '?'}`);
    this.settlements.set(callId, told);
    this.#events.settled(told);
  }

  #checkConservation(): void {
    const { coins, revenue, issued, earned, payable } = this.#sums;
    if (coins + revenue !== issued) {
      this.#violated(`I1: wallets have ${coins} and the platform ${revenue}, but ${issued} were issued`);
    }
    if (earned + payable !== 0) {
      this.#violated(`I1: listeners have ${earned}, the platform owes ${-payable}`);
    }
  }

  #violated(invariant: string): void {
    this.#events.violated(invariant);
  }
}

/** What the entries of a commit moved for a call that ended in it. */
function settlementIn(callId: string, call: Call, { wallets, entries }: Touched): Settlement {
  const posted = (type: Entry['type'], account: Account): number =>
    entries
      .filter((entry) => entry.type === type && entry.ref.id === callId)
      .flatMap((entry) => entry.postings)
      .reduce((total, posting) => total + (posting.account === account ? posting.amount : 0), 0);
  const promotionalCoins = posted('earning', 'earningsPromotional');
  return {
    call,
    heldCoins: wallets.get(call.callerId)?.holds[callId]?.coins ?? 0,
    chargeCoins: posted('charge', 'platformRevenue'),
    earnedCoins: posted('earning', 'earningsAvailable') + promotionalCoins,
    promotionalCoins,
  };
}

/** @returns whether the end lies between the start and the grant, and not in the future */
function endsInTime(call: Call, nowMs: number): boolean {
  if (call.endedAt === null) return false;
  const fromMs = (call.connectedAt ?? call.createdAt).getTime();
  const untilMs = Math.min(nowMs, call.grantedUntil?.getTime() ?? nowMs);
  return fromMs <= call.endedAt.getTime() && call.endedAt.getTime() <= untilMs;
}

function isCredit(entry: Entry): boolean {
  return entry.type === 'purchase' || entry.type === 'bonus' || entry.type === 'adjustment';
}

function coinsIn(wallet: Wallet | undefined): number {
  return wallet === undefined ? 0 : wallet.coins.available + wallet.coins.held;
}

function earnedIn(wallet: Wallet | undefined): number {
  if (wallet === undefined) return 0;
  const { available, promotional, pending, paidOut } = wallet.earnings;
  return available + promotional + pending + paidOut;
}

/** The charge as the contract words it, written down a second time. */
function referenceCharge(call: Call, held: number): { charge: number; earned: number; minutes: number } {
  const nothing = { charge: 0, earned: 0, minutes: 0 };
  if (call.connectedAt === null || call.endedAt === null) return nothing;
  const wholeSec = Math.floor((call.endedAt.getTime() - call.connectedAt.getTime()) / 1000);
  if (wholeSec < call.terms.freeSec) return nothing;
  const minutes = Math.ceil(wholeSec / 60);
  const rate = call.coinsPerMinute;
  if (rate === 0) return { charge: 0, earned: 0, minutes };
  const price = Math.max(call.terms.minimumCoins, minutes * rate);
  return { charge: Math.min(held, price), earned: minutes * call.terms.earnedPerMinute, minutes };
}
