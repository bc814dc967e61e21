/**
 * Many calls of ten minutes at once: the real use cases on the store in memory, over virtual time, with everything that
 * runs for a call (both clients, the media provider, tasks, sweeps, beats, listeners), so that what it costs is counted.
 */
import { randomUUID } from 'node:crypto';
import { acceptCall } from '../../functions/src/calls/acceptCall.ts';
import { callToken } from '../../functions/src/calls/callToken.ts';
import { callBeats, callMedia, calls } from '../../functions/src/calls/documents.ts';
import { hangUp } from '../../functions/src/calls/endCall.ts';
import { joinCall } from '../../functions/src/calls/joinCall.ts';
import { startCall } from '../../functions/src/calls/startCall.ts';
import { takeMediaNotice } from '../../functions/src/calls/takeMediaNotice.ts';
import { wallets } from '../../functions/src/ledger/documents.ts';
import { searchContract } from '../../functions/src/listeners/contract.ts';
import { searchListeners } from '../../functions/src/listeners/searchListeners.ts';
import { Meter } from '../../functions/src/platform/meter.ts';
import { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import type { TaskQueue } from '../../functions/src/platform/tasks.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { runTask, sweepAll } from '../../functions/src/sweeps.ts';
import { START } from '../../functions/src/testing/calls.ts';
import { TestClock } from '../../functions/src/testing/ports.ts';
import { Agenda } from './agenda.ts';
import { WriteTimes } from './hottest.ts';
import { settlePeople } from './crowdPeople.ts';
import type { Usage } from './prices.ts';
import { Watchers } from './watchers.ts';
import { actorOf, benchPorts, type Pair } from './world.ts';

/** All calls begin within the first minute, so that they all last at the same time. */
const BEGIN_WITHIN_SEC = 60;
const TALK_SEC = 600;
/** docs/calls.md, what a client does. */
const BEAT_EVERY_SEC = 25;
const SWEEP_EVERY_SEC = 60;
/** Every call is long over, and what follows it is done. */
const END_SEC = 900;
/** How often the sweeps run in one play, whoever calls. */
export const SWEEPS_A_PLAY = END_SEC / SWEEP_EVERY_SEC;

export interface Crowd {
  /** Of all calls together, everything included that runs for them. */
  readonly usage: Usage;
  /** How many calls were charged for ten minutes. */
  readonly settled: number;
  readonly writeTimes: WriteTimes;
}

export interface CrowdWish {
  readonly calls: number;
  /** People who look for listeners, each second; they are no part of a call's cost. */
  readonly searchesPerSec?: number;
}

/** Plays them all; without any, what is used is what the sweeps cost by themselves. */
export async function playCrowd({ calls: count, searchesPerSec = 0 }: CrowdWish): Promise<Crowd> {
  const world = new CrowdWorld();
  const pairs = Array.from({ length: count }, (_, index) => ({
    callerId: `caller-${index}`,
    calleeId: `listener-${index}`,
  }));
  await settlePeople(world.store, pairs);
  world.begin();
  for (const [index, pair] of pairs.entries())
    world.planCall(pair, 1 + Math.floor((index * BEGIN_WITHIN_SEC) / count));
  world.planSweeps();
  world.planSearches(pairs, searchesPerSec);
  await world.agenda.runUntil(END_SEC);
  return { usage: world.usage(), settled: world.settled(pairs), writeTimes: world.writeTimes };
}

class CrowdWorld {
  readonly agenda = new Agenda();
  readonly writeTimes = new WriteTimes();
  readonly store: MemoryStore;
  readonly #clock = new TestClock(START);
  readonly #meter = new Meter();
  readonly #watchers = new Watchers();
  readonly #ports: AppPorts;
  readonly #ringing = new Set<string>();
  #beats = 0;
  #begun = false;

  constructor() {
    this.store = new MemoryStore({
      meter: this.#meter,
      pause: (point, paths) => {
        if (point === 'afterCommit' && this.#begun) this.#written(paths);
        return Promise.resolve(undefined);
      },
    });
    this.#ports = benchPorts(this.store, this.#clock, { tasks: this.#queue() });
  }

  /** From here on everything counts. */
  begin(): void {
    Object.assign(this.#meter.counts, new Meter().counts);
    this.#begun = true;
  }

  usage(): Usage {
    const { invocations, reads, writes, deletes, taskOps } = this.#meter.counts;
    const listenerReads = this.#watchers.reads;
    return { invocations, reads, writes, deletes, taskOps, clientWrites: this.#beats, listenerReads };
  }

  settled(pairs: readonly Pair[]): number {
    const earned = pairs.map(({ calleeId }) => this.store.read(wallets.doc(calleeId).path)?.['earnings']);
    // Ten minutes at 15 earned coins each.
    return earned.filter((earnings) => (earnings as { total: number } | undefined)?.total === 150).length;
  }

  planSweeps(): void {
    for (let sec = SWEEP_EVERY_SEC; sec <= END_SEC; sec += SWEEP_EVERY_SEC)
      this.#plan(sec, () => sweepAll(this.#ports));
  }

  /** Searches cost what they cost; only what they write interests here. */
  planSearches(pairs: readonly Pair[], perSec: number): void {
    if (perSec === 0) return;
    const wishes = searchContract.input.parse({ availableOnly: true });
    for (let sec = 0; sec <= END_SEC; sec += 1) {
      for (let turn = 0; turn < perSec; turn += 1) {
        const uid = pairs[(sec * perSec + turn) % pairs.length]?.callerId ?? '';
        this.#plan(sec, async () => searchListeners(this.#ports, this.#actor(uid), wishes));
      }
    }
  }

  /** The story of docs/calls.md: both follow the guide, and the caller hangs up after ten minutes. */
  planCall({ callerId, calleeId }: Pair, fromSec: number): void {
    const both = [callerId, calleeId];
    let callId = '';
    const ask = (sec: number, work: () => Promise<unknown>) => this.#plan(fromSec + sec, work);
    ask(0, async () => {
      for (const uid of both) this.#watchers.watch(wallets.doc(uid).path);
      this.#watchers.watchRinging();
      const input = { calleeId, type: 'audio', requestId: randomUUID() } as const;
      ({ callId } = await startCall(this.#ports, this.#actor(callerId), input));
      for (const _ of both) this.#watchers.watch(calls.doc(callId).path);
    });
    ask(5, () => acceptCall(this.#ports, this.#actor(calleeId), { callId, requestId: randomUUID() }));
    ask(6, () => callToken(this.#ports, this.#actor(callerId), { callId }));
    ask(7, () => joinCall(this.#ports, this.#actor(calleeId), { callId }));
    ask(7, () => this.#agoraSees('join', callId, 'callee'));
    ask(8, () => joinCall(this.#ports, this.#actor(callerId), { callId }));
    ask(8, () => this.#agoraSees('join', callId, 'caller'));
    // The deadline a minute before the end of the grant extends it, and both fetch a token for the longer one.
    for (const uid of both) ask(8 + 545, () => callToken(this.#ports, this.#actor(uid), { callId }));
    ask(8 + TALK_SEC, () => hangUp(this.#ports, this.#actor(callerId), { callId }));
    for (const party of ['caller', 'callee'] as const)
      ask(9 + TALK_SEC, () => this.#agoraSees('leave', callId, party));
    this.agenda.at(fromSec + 10 + TALK_SEC, async () => this.#watchers.leave(calls.doc(callId).path));
    for (let sec = BEAT_EVERY_SEC; sec < TALK_SEC; sec += BEAT_EVERY_SEC)
      for (const uid of both) this.agenda.at(fromSec + 8 + sec, async () => this.#beat(callId, uid));
  }

  #actor(uid: string) {
    return actorOf(uid, this.#clock);
  }

  /** Plans an invocation of a function. */
  #plan(sec: number, work: () => Promise<unknown>): void {
    this.agenda.at(sec, async () => {
      this.#atNow();
      this.#meter.invocation();
      await work();
    });
  }

  #atNow(): void {
    const lag = this.agenda.nowSec - (this.#clock.now().getTime() - START.getTime()) / 1000;
    if (lag > 0) this.#clock.advance(lag);
  }

  async #agoraSees(event: 'join' | 'leave', callId: string, party: 'caller' | 'callee'): Promise<void> {
    const media = this.store.read(callMedia.doc(callId).path);
    const uid = Number(media?.[`${party}Uid`]);
    const notice = {
      channel: String(media?.['channel']),
      uid,
      event,
      at: this.#clock.now(),
      seq: this.agenda.nowSec,
    };
    await takeMediaNotice(this.#ports, notice);
  }

  /** Past the functions, as a client writes it. */
  #beat(callId: string, uid: string): void {
    this.#atNow();
    const { path } = callBeats.doc(callId, uid);
    const beat = this.store.read(path);
    if (beat === undefined) throw new Error(`there is no ${path}`);
    this.store.write(path, { ...beat, at: this.#clock.now() });
    this.#beats += 1;
    this.writeTimes.note(path, this.agenda.nowSec);
  }

  #written(paths: readonly string[]): void {
    for (const path of paths) {
      this.writeTimes.note(path, this.agenda.nowSec);
      this.#watchers.changed(path);
      if (/^calls\/[^/]+$/u.test(path)) this.#callWritten(path);
    }
  }

  #callWritten(path: string): void {
    const rings = this.store.read(path)?.['state'] === 'ringing';
    if (rings === this.#ringing.has(path)) return;
    this.#watchers.ringingChanged();
    if (rings) this.#ringing.add(path);
    else this.#ringing.delete(path);
  }

  #queue(): TaskQueue {
    const removed = new Set<string>();
    return {
      enqueue: async ({ id, payload, at }) => {
        this.#meter.taskOp();
        const sec = (at.getTime() - START.getTime()) / 1000;
        // A task that comes before its time is refused, and seconds are whole here.
        this.agenda.at(sec, async () => {
          if (removed.has(id)) return;
          this.#atNow();
          this.#meter.taskOp();
          this.#meter.invocation();
          await runTask(this.#ports, payload);
        });
      },
      remove: async ({ id }) => {
        this.#meter.taskOp();
        removed.add(id);
      },
    };
  }
}

/** What one of `count` calls used. */
export function perCall(usage: Usage, count: number): Usage {
  const { invocations, reads, writes, deletes, taskOps, clientWrites, listenerReads } = usage;
  return {
    invocations: invocations / count,
    reads: reads / count,
    writes: writes / count,
    deletes: deletes / count,
    taskOps: taskOps / count,
    clientWrites: clientWrites / count,
    listenerReads: listenerReads / count,
  };
}
