/**
 * Agora as a schedule sees it: who is in which channel, what is told of it, and who is kept out. What it knows is the
 * truth that the use cases can only learn of by its notices.
 */
import { takeMediaNotice } from '../../functions/src/calls/takeMediaNotice.ts';
import type { Party } from '../../functions/src/calls/documents.ts';
import { noticeOf } from '../../functions/src/gateways/agora/webhook.ts';
import { Courier } from './courier.ts';
import type { Surroundings } from './parts.ts';

/** Somebody's place in the channel of a call. */
export interface Place {
  readonly callId: string;
  readonly by: Party;
  readonly channel: string;
  readonly uid: number;
}

interface Channel {
  /** Since when whoever is inside is there, in whole seconds. */
  readonly inside: Map<number, { readonly place: Place; readonly sinceSec: number }>;
  lockedUntilMs: number;
  closedMs: number[];
  /** Until when a party alone is kept out, by uid. */
  readonly removedUntilMs: Map<number, number>;
}

/** Reasons of a leave, by Agora's numbers. */
export const LEFT = 1;
const REMOVED = 3;
const PRODUCT_RTC = 1;
/** Live profile, and the communication profile of older SDKs. */
const EVENT_TYPES = [
  { join: 103, leave: 104 },
  { join: 107, leave: 108 },
] as const;

export class Agora {
  readonly #world: Surroundings;
  readonly #courier: Courier;
  readonly #channels = new Map<string, Channel>();
  readonly #tokenEnds = new Map<string, number>();
  readonly #seqs = new Map<string, number>();
  /** Whether the project has its notifications switched on. */
  readonly #tells: boolean;

  constructor(world: Surroundings, tells: boolean) {
    this.#world = world;
    this.#tells = tells;
    this.#courier = new Courier(world, {
      name: 'media',
      lost: 'media notice lost',
      late: 'media notice delayed',
      doubled: 'media notice doubled',
      reordered: 'media notice reordered',
    });
  }

  /** A token was made. */
  issued(channel: string, uid: number, expiresAt: Date): void {
    const key = `${channel}/${uid}`;
    this.#tokenEnds.set(key, Math.max(this.#tokenEnds.get(key) ?? 0, expiresAt.getTime()));
  }

  hasToken({ channel, uid }: Place): boolean {
    return (this.#tokenEnds.get(`${channel}/${uid}`) ?? 0) > this.#world.scheduler.nowMs;
  }

  isInside({ channel, uid }: Place): boolean {
    return this.#channels.get(channel)?.inside.has(uid) === true;
  }

  /** @returns false for somebody who is kept out, or has no token that is valid */
  enter(place: Place): boolean {
    const { scheduler, script } = this.#world;
    const channel = this.#channel(place.channel);
    if (channel.inside.has(place.uid)) return true;
    if (!this.hasToken(place)) return false;
    if (scheduler.nowMs < channel.lockedUntilMs) {
      this.#world.hit('kept out of a closed channel');
      return false;
    }
    if (scheduler.nowMs < (channel.removedUntilMs.get(place.uid) ?? 0)) return false;
    if (channel.closedMs.length > 0) {
      this.#world.violated(
        `I14: a token of call ${place.callId} lets somebody in after its channel was closed`,
      );
    }
    const sinceSec = Math.floor(scheduler.nowMs / 1000);
    channel.inside.set(place.uid, { place, sinceSec });
    script.entered(place.callId, place.by);
    this.#tell(place, { event: 'join', atSec: sinceSec });
    return true;
  }

  /** @param reason Agora's number of it */
  leave(place: Place, reason: number): void {
    const channel = this.#channel(place.channel);
    const session = channel.inside.get(place.uid);
    if (session === undefined) return;
    channel.inside.delete(place.uid);
    const atSec = Math.floor(this.#world.scheduler.nowMs / 1000);
    this.#tell(place, { event: 'leave', atSec, reason, staySec: atSec - session.sinceSec });
  }

  /** Everyone is removed, and nobody comes in until the lock ends. */
  close(name: string, lockSec: number): void {
    const { scheduler } = this.#world;
    const channel = this.#channel(name);
    if (channel.closedMs.length > 0) this.#world.hit('closed again');
    channel.closedMs.push(scheduler.nowMs);
    channel.lockedUntilMs = Math.max(channel.lockedUntilMs, scheduler.nowMs + lockSec * 1000);
    for (const { place } of channel.inside.values()) {
      this.#world.hit('removed from the channel');
      this.leave(place, REMOVED);
    }
  }

  /** One party is removed and kept out until the lock ends; the channel stays open for the other. */
  remove(name: string, uid: number, lockSec: number): void {
    const channel = this.#channel(name);
    channel.removedUntilMs.set(uid, this.#world.scheduler.nowMs + lockSec * 1000);
    const session = channel.inside.get(uid);
    if (session !== undefined) this.leave(session.place, REMOVED);
  }

  /** When a channel was closed last; undefined when it never was. */
  lastClosedMs(name: string): number | undefined {
    return this.#channels.get(name)?.closedMs.at(-1);
  }

  /** Whether anyone is in a channel still. */
  stillInside(name: string): boolean {
    return (this.#channels.get(name)?.inside.size ?? 0) > 0;
  }

  #channel(name: string): Channel {
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    const made: Channel = { inside: new Map(), lockedUntilMs: 0, closedMs: [], removedUntilMs: new Map() };
    this.#channels.set(name, made);
    return made;
  }

  #tell({ callId, by, channel, uid }: Place, { event, atSec, reason, staySec }: Told): void {
    if (!this.#tells) return;
    const { random, script } = this.#world;
    const key = `${channel}/${uid}`;
    const seq = (this.#seqs.get(key) ?? 0) + random.integer(1, 50);
    this.#seqs.set(key, seq);
    const raw = {
      noticeId: `${key}-${seq}`,
      productId: PRODUCT_RTC,
      eventType: random.pick(EVENT_TYPES)[event],
      payload: {
        channelName: channel,
        uid,
        clientSeq: seq,
        ts: atSec,
        ...(reason !== undefined && { reason, duration: staySec }),
      },
    };
    const notice = noticeOf(raw);
    if (notice === undefined) return this.#world.violated('I0: a notice of Agora was not understood');
    this.#courier.send({
      about: key,
      take: async (ports) =>
        await script.notice(callId, { ...notice, by }, async () => await takeMediaNotice(ports, notice)),
    });
  }
}

interface Told {
  readonly event: 'join' | 'leave';
  readonly atSec: number;
  readonly reason?: number;
  readonly staySec?: number;
}
