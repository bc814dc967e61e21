/**
 * The paid call as simply as it can be told, for comparison with the real one: plain numbers, whole seconds, no
 * documents, no transactions. Nothing here comes from the code that it is compared with.
 */
export type Who = 'caller' | 'callee';
export type Ending = 'reject' | 'cancel' | 'end' | 'emergencyEnd' | 'adminEnd';
/** `done`, or the reason of a refusal. */
export type Answer = string;

export interface Purse {
  available: number;
  held: number;
  /** Of available and held, what was given. */
  bonus: number;
  purchased: number;
  spent: number;
  payable: number;
  promotional: number;
  call: Talk | undefined;
}

export interface Talk {
  readonly caller: string;
  readonly callee: string;
  readonly rate: number;
  readonly earnedPerMinute: number;
  state: 'ringing' | 'connecting' | 'ongoing' | 'ended';
  reason: string | null;
  /** When it came into its state. */
  sinceSec: number;
  joined: Who[];
  minutes: number;
  heldBonus: number;
  /** It was said that no more will be granted. */
  announced: boolean;
  billed: number | null;
  endedWith: string;
}

export const RULES = {
  ringSec: 60,
  connectSec: 30,
  sliceMinutes: 2,
  longestMinutes: 7,
  freeSec: 10,
  graceSec: 20,
};
const AHEAD_SEC = 60;

export class Model {
  nowSec = 0;
  rate = 10;
  earnedPerMinute = 15;
  readonly purses = new Map<string, Purse>();
  readonly talks: Talk[] = [];
  readonly #credits = new Map<string, string>();
  readonly #requests = new Map<string, Talk>();

  constructor(people: readonly string[]) {
    const empty = { available: 0, held: 0, bonus: 0, purchased: 0, spent: 0, payable: 0, promotional: 0 };
    for (const uid of people) this.purses.set(uid, { ...empty, call: undefined });
  }

  purse(uid: string): Purse {
    const purse = this.purses.get(uid);
    if (purse === undefined) throw new Error(`nobody is called ${uid}`);
    return purse;
  }

  credit(uid: string, source: string, coins: number, key: string): Answer {
    const told = `${uid} ${coins}`;
    const before = this.#credits.get(key);
    if (before !== undefined) return before === told ? 'done' : 'IDEMPOTENCY_MISMATCH';
    const purse = this.purse(uid);
    if (purse.available + coins < 0) return 'INSUFFICIENT_COINS';
    this.#credits.set(key, told);
    purse.available += coins;
    if (source === 'purchase') purse.purchased += coins;
    if (source === 'bonus') purse.bonus += coins;
    // What is taken away was bought, as long as there is any.
    purse.bonus = Math.min(purse.bonus, purse.available + this.#heldBonus(purse, uid));
    const talk = purse.call;
    if (talk?.caller === uid && talk.state === 'ongoing' && this.#grantable(talk) > 0) {
      talk.announced = false;
      if (this.nowSec >= this.#paidUntil(talk) - AHEAD_SEC) this.#extend(talk);
    }
    return 'done';
  }

  start(caller: string, callee: string, request: string): Answer {
    const before = this.#requests.get(`${caller} ${request}`);
    if (before !== undefined) return before.callee === callee ? 'done' : 'IDEMPOTENCY_MISMATCH';
    if (caller === callee) return 'SELF_CALL';
    const [payer, listener] = [this.purse(caller), this.purse(callee)];
    const glare = payer.call !== undefined && payer.call === listener.call && payer.call.callee === caller;
    if (listener.call !== undefined && !glare) return 'CALLEE_BUSY';
    if (payer.call !== undefined) return 'CALLER_BUSY';
    if (payer.available < this.rate) return 'INSUFFICIENT_COINS';
    const { rate, earnedPerMinute, nowSec: sinceSec } = this;
    const people = { caller, callee, rate, earnedPerMinute, sinceSec };
    const open = { minutes: 0, heldBonus: 0, announced: false, billed: null, endedWith: '' };
    const talk: Talk = { ...people, ...open, state: 'ringing', reason: null, joined: [] };
    this.#hold(talk);
    payer.call = talk;
    listener.call = talk;
    this.talks.push(talk);
    this.#requests.set(`${caller} ${request}`, talk);
    return 'done';
  }

  /** By a device that has not asked before. */
  accept(talk: Talk): Answer {
    if (talk.state !== 'ringing') return 'INVALID_TRANSITION';
    if (this.nowSec >= this.deadline(talk)) return this.#late(talk);
    Object.assign(talk, { state: 'connecting', sinceSec: this.nowSec });
    return 'done';
  }

  join(talk: Talk, who: Who): Answer {
    if (talk.state === 'connecting' && this.nowSec >= this.deadline(talk)) return this.#late(talk);
    if (talk.state === 'ringing' || talk.state === 'ended') return 'INVALID_TRANSITION';
    if (talk.joined.includes(who)) return this.#upToDate(talk);
    talk.joined.push(who);
    if (talk.joined.length === 2) Object.assign(talk, { state: 'ongoing', sinceSec: this.nowSec });
    return 'done';
  }

  token(talk: Talk): Answer {
    return talk.state === 'connecting' || talk.state === 'ongoing'
      ? this.#upToDate(talk)
      : 'INVALID_TRANSITION';
  }

  end(talk: Talk, how: Ending, who: Who): Answer {
    const by = `${how} ${how === 'adminEnd' ? '' : who}`;
    const overdue = this.#runOut(talk);
    if (overdue !== undefined && overdue !== 'connection_lost') this.#finish(talk, overdue, '');
    if (talk.state === 'ended') {
      const receipt =
        (how === 'end' || how === 'emergencyEnd') && talk.billed !== null && talk.joined.length === 2;
      return talk.endedWith === by || receipt ? 'done' : 'INVALID_TRANSITION';
    }
    const reason = reasonOf(talk.state, how, who);
    if (reason === undefined) return 'INVALID_TRANSITION';
    this.#finish(talk, reason, by);
    return 'done';
  }

  /** A party has shown no sign of life since `sec`. */
  lost(talk: Talk, sec: number): void {
    if (talk.state === 'ongoing') this.#finish(talk, 'connection_lost', '', sec);
  }

  /** When something happens to a call of its own accord. */
  deadline(talk: Talk): number {
    if (talk.state === 'ended') return Number.POSITIVE_INFINITY;
    if (talk.state === 'ringing') return talk.sinceSec + RULES.ringSec;
    if (talk.state === 'connecting') return talk.sinceSec + RULES.connectSec;
    return this.#paidUntil(talk) - (talk.announced ? 0 : AHEAD_SEC);
  }

  /** The deadline is noticed, in time or late. */
  due(talk: Talk): void {
    if (this.nowSec < this.deadline(talk)) return;
    const reason = this.#runOut(talk);
    if (reason !== undefined) this.#finish(talk, reason, '');
    else if (this.#mayExtend(talk)) this.#extend(talk);
    else talk.announced = true;
  }

  #upToDate(talk: Talk): Answer {
    this.due(talk);
    return talk.state === 'ended' ? 'INVALID_TRANSITION' : 'done';
  }

  #late(talk: Talk): Answer {
    this.due(talk);
    return 'INVALID_TRANSITION';
  }

  /** Why a call that is past its time ends; undefined while it is not, or can go on. */
  #runOut(talk: Talk): string | undefined {
    if (this.nowSec < this.deadline(talk)) return undefined;
    if (talk.state === 'ringing') return 'no_answer';
    if (talk.state === 'connecting') return 'connect_timeout';
    if (this.#mayExtend(talk) || this.nowSec < this.#paidUntil(talk)) return undefined;
    if (talk.minutes >= RULES.longestMinutes) return 'max_duration';
    return this.purse(talk.caller).available < talk.rate ? 'coins_exhausted' : 'connection_lost';
  }

  #mayExtend(talk: Talk): boolean {
    return this.#grantable(talk) > 0 && this.nowSec < this.#paidUntil(talk) + RULES.graceSec;
  }

  #paidUntil(talk: Talk): number {
    return talk.sinceSec + talk.minutes * 60;
  }

  #grantable(talk: Talk): number {
    const payable = Math.floor(this.purse(talk.caller).available / talk.rate);
    return Math.min(RULES.sliceMinutes, payable, RULES.longestMinutes - talk.minutes);
  }

  #extend(talk: Talk): void {
    this.#hold(talk);
    talk.announced = false;
  }

  #hold(talk: Talk): void {
    const purse = this.purse(talk.caller);
    const minutes = this.#grantable(talk);
    const coins = minutes * talk.rate;
    talk.heldBonus += Math.min(coins, purse.bonus - talk.heldBonus);
    purse.available -= coins;
    purse.held += coins;
    talk.minutes += minutes;
  }

  #heldBonus(purse: Purse, uid: string): number {
    return purse.call?.caller === uid ? purse.call.heldBonus : 0;
  }

  #finish(talk: Talk, reason: string, endedWith: string, atSec = this.nowSec): void {
    const connected = talk.state === 'ongoing';
    const seconds = connected
      ? Math.min(Math.max(atSec, talk.sinceSec), this.#paidUntil(talk)) - talk.sinceSec
      : 0;
    const billed = connected && seconds >= RULES.freeSec ? Math.ceil(seconds / 60) : 0;
    const [payer, listener] = [this.purse(talk.caller), this.purse(talk.callee)];
    const held = talk.minutes * talk.rate;
    const charge = Math.min(held, billed * talk.rate);
    const given = Math.min(charge, talk.heldBonus);
    payer.held -= held;
    payer.available += held - charge;
    payer.spent += charge;
    payer.bonus -= given;
    const earned = billed * talk.earnedPerMinute;
    const promotional = charge === 0 ? 0 : Math.ceil((earned * given) / charge);
    listener.promotional += promotional;
    listener.payable += earned - promotional;
    payer.call = undefined;
    listener.call = undefined;
    Object.assign(talk, { state: 'ended', reason, billed, endedWith });
  }
}

function reasonOf(state: Talk['state'], how: Ending, who: Who): string | undefined {
  if (how === 'emergencyEnd') return 'emergency';
  if (how === 'adminEnd') return 'admin_ended';
  if (how === 'end' && state === 'ongoing') return 'completed';
  if (who === 'caller') return how !== 'reject' && state !== 'ongoing' ? 'cancelled' : undefined;
  if (state === 'ringing') return how === 'cancel' ? undefined : 'rejected';
  return how === 'end' ? 'cancelled' : undefined;
}
