/** What the two parties of a call do in its channel: come, go, come back, cheat, and leave when it is over. */
import { callToken } from '../../functions/src/calls/callToken.ts';
import { callMedia, type Call, type CallMedia, type Party } from '../../functions/src/calls/documents.ts';
import { joinCall } from '../../functions/src/calls/joinCall.ts';
import { LEFT, type Place } from './agora.ts';
import { persist } from './persist.ts';
import type { World } from './world.ts';

const PARTIES = ['caller', 'callee'] as const;

/** How a party comes; the last three are cheats, or apps that are broken in the same way. */
type Coming = 'soon' | 'late' | 'never' | 'withholds' | 'absent';

/** Reasons for which a party is out of the channel, by Agora's numbers; a return to the ones that pass is quick. */
type Reason = '1' | '2' | '4' | '5' | '9' | '10' | '999';
const REASONS: Readonly<Record<Reason, number>> = { 1: 3, 2: 4, 4: 1, 5: 1, 9: 1, 10: 2, 999: 1 };
const PASSING: readonly Reason[] = ['4', '5', '9', '10'];
/** Apps leave the channel of a call that has ended within this. */
const LEAVES_WITHIN_SEC = 4;

export class Talkers {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A call was accepted: both come into its channel, and say so. */
  connect(callId: string, call: Call): void {
    const { random } = this.#world;
    for (const by of PARTIES) {
      const coming = random.weighted<Coming>({ soon: 80, late: 5, never: 3, withholds: 8, absent: 4 });
      if (coming === 'never') continue;
      const afterSec = coming === 'late' ? random.between(24, 40) : random.between(0.2, 8);
      void this.#come(callId, { by, uid: call[`${by}Id`], coming, afterSec });
    }
  }

  async #come(callId: string, { by, uid, coming, afterSec }: Comer): Promise<void> {
    const world = this.#world;
    const { random, scheduler } = world;
    await scheduler.sleep(afterSec);
    const place = this.#placeOf(callId, by);
    if (place === undefined) return;
    if (coming === 'withholds') world.hit('join withheld');
    if (coming === 'absent') {
      await this.#claim(callId, by, uid);
      return;
    }
    const claimFirst = coming !== 'withholds' && random.chance(0.2);
    if (claimFirst) await this.#claim(callId, by, uid);
    // Only the answer to the accept, or a token asked for, lets anybody in.
    if (!world.agora.hasToken(place)) await this.#token(callId, uid);
    if (!this.#isOver(callId)) world.agora.enter(place);
    if (coming !== 'withholds' && !claimFirst) await this.#claim(callId, by, uid);
  }

  async #claim(callId: string, by: Party, uid: string): Promise<void> {
    const world = this.#world;
    const tap = async () =>
      await persist(world, 'join', async (ports) =>
        world.script.claim(callId, by, async () => await joinCall(ports, world.actor(uid), { callId })),
      );
    if (world.tapsTwice()) void tap();
    await tap();
  }

  async #token(callId: string, uid: string): Promise<void> {
    const world = this.#world;
    await persist(world, 'token', async (ports) => await callToken(ports, world.actor(uid), { callId }));
  }

  /** The paid time has begun: now and then somebody drops out for a while, or for good. */
  talk(callId: string, call: Call): void {
    const { random } = this.#world;
    for (const by of PARTIES) if (random.chance(0.3)) void this.#wander(callId, by, call[`${by}Id`]);
  }

  async #wander(callId: string, by: Party, uid: string): Promise<void> {
    const { random, scheduler, agora } = this.#world;
    for (let times = random.integer(1, 3); times > 0; times--) {
      await scheduler.sleep(random.chance(0.5) ? random.between(1, 60) : random.between(10, 900));
      const place = this.#placeOf(callId, by);
      if (place === undefined || this.#isOver(callId) || !agora.isInside(place)) return;
      const reason = random.weighted(REASONS);
      this.#world.hit(`left for ${reason}`);
      agora.leave(place, Number(reason));
      const back = PASSING.includes(reason)
        ? random.weighted({ quick: 8, never: 1, soon: 0, wait: 0 })
        : random.weighted({ quick: 3, soon: 4, wait: 2, never: 3 });
      if (back === 'never') return this.#vanish(callId, by, uid);
      const seconds = { quick: [0.3, 5], soon: [5, 28], wait: [28, 33] } as const;
      const [least, most] = seconds[back];
      await scheduler.sleep(random.between(least, most));
      if (this.#isOver(callId)) return;
      this.#world.hit('came back');
      agora.enter(place);
    }
  }

  /** Whoever does not come back may have the app open still. */
  #vanish(callId: string, by: Party, uid: string): void {
    const { random } = this.#world;
    if (random.chance(0.5)) this.silence(callId, by, uid);
  }

  /** From now on a party's app makes no beat any more. */
  silence(callId: string, by: Party, uid: string): void {
    const { beats, script, scheduler } = this.#world;
    if (this.#isOver(callId)) return;
    this.#world.hit('silent client');
    beats.silence(callId, uid, scheduler.nowMs);
    script.silenced(callId, by);
  }

  /** The call has ended: apps leave its channel, cheats stay in it for as long as they can. */
  over(callId: string, call: Call): void {
    if (call.acceptedAt === null) return;
    const together = this.#world.random.chance(0.06);
    for (const by of PARTIES) {
      if (together || this.#world.random.chance(0.03)) void this.#stay(callId, by);
      else void this.#go(callId, by);
    }
  }

  async #go(callId: string, by: Party): Promise<void> {
    const { random, scheduler, agora } = this.#world;
    await scheduler.sleep(random.between(0.1, LEAVES_WITHIN_SEC));
    const place = this.#placeOf(callId, by);
    if (place !== undefined) agora.leave(place, LEFT);
  }

  /** Stays until it is removed, and tries to come in again for as long as its token might do. */
  async #stay(callId: string, by: Party): Promise<void> {
    const { random, scheduler, agora } = this.#world;
    this.#world.hit('stays after the end');
    for (let tries = random.integer(1, 4); tries > 0; tries--) {
      await scheduler.sleep(random.chance(0.7) ? random.between(1, 40) : random.between(40, 700));
      const place = this.#placeOf(callId, by);
      if (place !== undefined) agora.enter(place);
    }
    await scheduler.sleep(random.between(60, 3600));
    const place = this.#placeOf(callId, by);
    if (place !== undefined) agora.leave(place, LEFT);
  }

  #isOver(callId: string): boolean {
    return !this.#world.auditor.open.has(callId);
  }

  #placeOf(callId: string, by: Party): Place | undefined {
    const media = this.#world.store.read(callMedia.doc(callId).path) as CallMedia | undefined;
    return media && { callId, by, channel: media.channel, uid: media[`${by}Uid`] };
  }
}

interface Comer {
  readonly by: Party;
  readonly uid: string;
  readonly coming: Coming;
  readonly afterSec: number;
}
