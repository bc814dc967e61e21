/** What people do in the soak: call, answer or not, join, talk, buy coins in between, hang up or vanish. */
import { randomUUID } from 'node:crypto';
import type { Paid, Told } from './evidence.ts';
import { ask, beat, sleep, untilEnded, type Answer, type Person, type Scene } from './people.ts';

/** How long a party waits for a call to end by itself; the next one who calls finds it and hangs up. */
const PATIENCE_MS = 15_000;
/** How long a turn of talk takes. The clock runs six times as fast, and the first seconds of a call are free. */
const TURN_MS = { least: 500, most: 1500 } as const;

interface Order {
  readonly orderId: string;
  readonly coins: number;
}

/** A call that rings. */
interface Ringing {
  readonly callId: string;
  readonly caller: Person;
  readonly callee: Person;
}

export class Stories {
  readonly #scene: Scene;
  readonly #free: Person[];
  readonly #wanted: number;
  readonly #started = new Set<string>();
  readonly #captured: Paid[] = [];
  readonly #failed: Paid[] = [];
  /** Requests whose answer nobody waits for. */
  readonly #aside: Promise<unknown>[] = [];
  /** Nothing new begins any more. */
  #over = false;

  /** @param wanted how many calls are to be made */
  constructor(scene: Scene, listeners: readonly Person[], wanted: number) {
    this.#scene = scene;
    this.#free = [...listeners];
    this.#wanted = wanted;
  }

  get told(): Told {
    return { started: this.#started, captured: this.#captured, failed: this.#failed };
  }

  get enough(): boolean {
    return this.#over || this.#started.size >= this.#wanted;
  }

  /** How much is done, from 0 to 1. */
  get progress(): number {
    return this.#over ? 1 : this.#started.size / this.#wanted;
  }

  /** Waits for the answers that nobody has waited for. */
  async settled(): Promise<void> {
    await Promise.all(this.#aside);
  }

  /** Lets everybody finish what they are doing. */
  stop(): void {
    this.#over = true;
  }

  /** One caller's evening. */
  async live(caller: Person): Promise<void> {
    const { random } = this.#scene;
    while (!this.enough) {
      const callee = this.#free.splice(random.integer(0, this.#free.length - 1), 1)[0];
      if (callee === undefined) {
        await sleep(100);
        continue;
      }
      try {
        await this.#callOnce(caller, callee);
      } finally {
        this.#free.push(callee);
      }
    }
  }

  async #callOnce(caller: Person, callee: Person): Promise<void> {
    const { random } = this.#scene;
    // Offline after a lost call: an app that is open says so itself.
    if (random.chance(0.3)) await this.#ask(callee, 'presence/heartbeat', {});
    const requestId = randomUUID();
    const input = { calleeId: callee.uid, type: random.chance(0.9) ? 'audio' : 'video', requestId };
    // An impatient thumb.
    if (random.chance(0.1)) this.#aside.push(this.#ask(caller, 'calls/start', input));
    const started = await this.#ask<{ callId: string }>(caller, 'calls/start', input);
    if (started.kind === 'ok') {
      const { callId } = started.value;
      this.#started.add(callId);
      await this.#goOn({ callId, caller, callee });
      return;
    }
    await this.#recover(caller, callee, started);
  }

  /** What an app does when it may not call. */
  async #recover(caller: Person, callee: Person, answer: Answer<unknown>): Promise<void> {
    if (answer.kind !== 'refused') return;
    if (answer.reason === 'INSUFFICIENT_COINS') await this.#buy(caller);
    else if (answer.reason === 'CALLEE_OFFLINE') await this.#ask(callee, 'presence/heartbeat', {});
    // A call whose answer was lost still rings, or a worker died with it: the app finds it and hangs up.
    for (const person of [caller, callee]) {
      const open = await this.#ask<{ call: { callId: string } | null }>(person, 'calls/ongoing', {});
      const callId = open.kind === 'ok' ? open.value.call?.callId : undefined;
      if (callId !== undefined) await this.#ask(person, 'calls/end', { callId });
    }
  }

  async #goOn(call: Ringing): Promise<void> {
    const { callId, caller, callee } = call;
    const story = this.#scene.random.weighted({ accept: 76, reject: 6, cancel: 7, ignore: 5, race: 6 });
    switch (story) {
      case 'accept':
        return this.#talk(call);
      case 'reject':
        return void (await this.#ask(callee, 'calls/reject', { callId }));
      case 'cancel':
        return void (await this.#ask(caller, 'calls/cancel', { callId }));
      case 'ignore':
        return void (await untilEnded(caller, callId, PATIENCE_MS));
      case 'race':
        await Promise.all([
          this.#ask(callee, 'calls/accept', { callId, requestId: randomUUID() }),
          this.#ask(caller, 'calls/cancel', { callId }),
        ]);
        return;
    }
  }

  async #talk(call: Ringing): Promise<void> {
    const { random } = this.#scene;
    const { callId, caller, callee } = call;
    const accepted = await this.#ask(callee, 'calls/accept', { callId, requestId: randomUUID() });
    if (accepted.kind !== 'ok') return;
    await this.#ask(caller, 'calls/token', { callId });
    // Some apps never tell that they have joined, and then only the media provider does.
    await Promise.all([this.#join(caller, callId), this.#join(callee, callId)]);
    const turns = random.integer(1, 4);
    for (let turn = 0; turn < turns; turn += 1) {
      await sleep(random.between(TURN_MS.least, TURN_MS.most));
      await Promise.all([beat(caller, callId), beat(callee, callId)]);
      if (random.chance(0.12)) await this.#buy(caller);
      if (random.chance(0.2)) await this.#ask(random.pick([caller, callee]), 'calls/token', { callId });
    }
    await this.#hangUp(call);
  }

  async #join(person: Person, callId: string): Promise<void> {
    const { random } = this.#scene;
    const how = random.weighted({ both: 60, client: 34, media: 6 });
    await Promise.all([
      how === 'media' ? undefined : this.#ask(person, 'calls/joined', { callId }),
      how === 'client' ? undefined : this.#agoraSees('join', person, callId),
    ]);
  }

  async #hangUp({ callId, caller, callee }: Ringing): Promise<void> {
    const { random } = this.#scene;
    const how = random.weighted({ caller: 34, callee: 33, both: 10, emergency: 4, nobody: 14 });
    if (how === 'nobody') return this.#letGo({ callId, caller, callee });
    if (how === 'both')
      await Promise.all([caller, callee].map((person) => this.#ask(person, 'calls/end', { callId })));
    else if (how === 'emergency') await this.#ask(callee, 'calls/emergencyEnd', { callId });
    else await this.#ask(how === 'caller' ? caller : callee, 'calls/end', { callId });
    for (const person of [caller, callee])
      if (random.chance(0.4)) await this.#agoraSees('leave', person, callId);
  }

  /** Nobody hangs up: somebody leaves the channel, an app vanishes, or they talk until the coins are used up. */
  async #letGo({ callId, caller, callee }: Ringing): Promise<void> {
    const { away, random } = this.#scene;
    const how = random.weighted({ leave: 5, vanish: 5, talkOn: 4 });
    if (how === 'leave') await this.#agoraSees('leave', callee, callId);
    if (how === 'vanish') away.add(callee.uid);
    await untilEnded(caller, callId, PATIENCE_MS);
    away.delete(callee.uid);
  }

  /** The provider notifies of what it sees, as often and as late as the faults let it. */
  async #agoraSees(type: 'join' | 'leave', { uid }: Person, callId: string): Promise<void> {
    const { control, tally } = this.#scene;
    tally.hit(`agora: ${type}`);
    await control.request('POST', '/agora/event', { callId, uid, type });
  }

  /** Orders a package and pays it, or tries to; who learns of it first is chance. */
  async #buy(buyer: Person): Promise<void> {
    const { control, random, tally } = this.#scene;
    const wish = { packageId: 'coins-300', gateway: 'razorpay', requestId: randomUUID() };
    const ordered = await this.#ask<Order>(buyer, 'payments/createOrder', wish);
    if (ordered.kind !== 'ok') return;
    const { orderId, coins } = ordered.value;
    const outcome = random.chance(0.85) ? 'captured' : 'failed';
    const webhook = random.pick(['once', 'twice', 'late', 'never'] as const);
    const paid = await control.request<{ paymentId: string; signature: string }>('POST', '/razorpay/pay', {
      orderId,
      outcome,
      webhook,
    });
    tally.hit(`payment ${outcome}, webhook ${webhook}`);
    const into = outcome === 'captured' ? this.#captured : this.#failed;
    into.push({ paymentId: paid.paymentId, uid: buyer.uid, coins });
    // Some close the app before it has confirmed.
    if (outcome === 'captured' && random.chance(0.5))
      await this.#ask(buyer, 'payments/confirm', { orderId, ...paid });
  }

  async #ask<T = Record<string, unknown>>(
    person: Person,
    operation: string,
    input: object,
  ): Promise<Answer<T>> {
    return await ask<T>(this.#scene, person, operation, input);
  }
}
