/** What goes wrong meanwhile, and the time that passes. */
import type { Known } from './evidence.ts';
import { sleep, type Scene } from './people.ts';

/** Tasks and webhooks come twice, late, in another order or never; providers refuse. */
const FAULTS = {
  tasks: { duplicate: 0.3, delaySec: 30, reorder: 0.3, drop: 0.2 },
  webhooks: { duplicate: 0.3, delaySec: 60, reorder: 0.3, drop: 0.2 },
  agora: { refuse: 0.15 },
  razorpay: { refuse: 0.1 },
  pushes: { refuse: 0.15 },
};
/** Every fault by its name, as the control API counts them. */
const FAULT_NAMES = Object.entries(FAULTS).flatMap(([kind, wishes]) =>
  Object.keys(wishes).map((fault) => `${kind}.${fault}`),
);
/** Whose workers die. */
const VICTIMS = ['calls', 'calls', 'deadlines', 'payments', 'webhooks', 'sweeper'] as const;
/**
 * When, by how many of the calls are made. Close together, because the emulator of Firestore keeps the locks of a killed
 * process for a minute, and minutes that run side by side are one; and none at the end, so that nobody is left waiting.
 * A kill that was ordered waits for its service to be at work, at most until the spell is over.
 */
const SPELLS = [
  { from: 0.02, until: 0.15, kills: 5 },
  { from: 0.45, until: 0.6, kills: 5 },
] as const;
/** Six times as fast as the machine's: faster, and a busy machine does not connect a call in time. */
const TICK_EVERY_MS = 1000;
const TICK_SEC = 5;
/** In steps, so that nothing that comes due waits for an hour of virtual time to be over. */
const QUIET_STEP_SEC = 600;

/** What was really done to the backend. */
export type Happened = Pick<Known, 'kills' | 'faults'>;

export class Chaos {
  readonly #scene: Scene;
  readonly #running: Promise<void>[] = [];
  readonly #progress: () => number;
  readonly #faults: unknown[] = [];
  #over = false;
  #happened: Happened = { kills: 0, faults: {} };
  #passedSec = 0;

  /** @param progress how many of the calls are made, from 0 to 1 */
  constructor(scene: Scene, progress: () => number) {
    this.#scene = scene;
    this.#progress = progress;
  }

  /** After the end. */
  get happened(): Happened {
    return this.#happened;
  }

  /** How far the clock was moved. */
  get passedSec(): number {
    return this.#passedSec;
  }

  async begin(): Promise<void> {
    await this.#scene.control.faults(FAULTS);
    // Whatever breaks in them is told at the end, when somebody waits for it.
    for (const work of [this.#kill(), this.#passTime()])
      this.#running.push(work.catch((fault: unknown) => void this.#faults.push(fault)));
  }

  /** Everything behaves from here on. */
  async end(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#running);
    if (this.#faults.length > 0) throw new AggregateError(this.#faults, 'the chaos itself has failed');
    type Counted = { killed: number; injected: Record<string, number> };
    const { killed, injected } = await this.#scene.control.request<Counted>('GET', '/faults');
    // A fault that never came up counts as 0, and is missed.
    const faults = Object.fromEntries(FAULT_NAMES.map((name) => [name, injected[name] ?? 0]));
    this.#happened = { kills: killed, faults };
    await this.#scene.control.clearFaults();
  }

  async #kill(): Promise<void> {
    for (const { from, until, kills } of SPELLS) {
      await this.#reach(from);
      for (let ordered = 0; ordered < kills && !this.#over; ordered += 1) await this.#killOne(until);
    }
  }

  /** Orders a kill, and waits for it or for the end of the spell. */
  async #killOne(until: number): Promise<void> {
    const { control, random } = this.#scene;
    await control.faults({ kill: random.pick(VICTIMS) });
    for (;;) {
      const { armed } = await control.request<{ armed: boolean }>('GET', '/faults');
      if (!armed || this.#over || this.#progress() >= until) return;
      await sleep(100);
    }
  }

  async #reach(progress: number): Promise<void> {
    while (!this.#over && this.#progress() < progress) await sleep(50);
  }

  async #passTime(): Promise<void> {
    while (!this.#over) {
      await this.#wait(TICK_EVERY_MS);
      const { control, away } = this.#scene;
      const wish = { seconds: TICK_SEC, silent: [...away], settle: false };
      await control.request('POST', '/clock/advance', wish);
      this.#passedSec += TICK_SEC;
    }
  }

  /** Waits, but not beyond the end. */
  async #wait(ms: number): Promise<void> {
    const untilMs = performance.now() + ms;
    while (!this.#over && performance.now() < untilMs) await sleep(100);
  }
}

/** Moves the clock. A stack that is still busy with what came due has moved it all the same. */
async function pass({ control, tally }: Scene, seconds: number, silent: readonly string[]): Promise<void> {
  try {
    await control.advance(seconds, silent);
  } catch (fault) {
    if (!(fault instanceof Error) || !fault.message.includes('still busy')) throw fault;
    tally.hit('clock moved while the stack was busy');
  }
}

/**
 * Nobody does anything any more, and time runs on until all is at rest or the time given is over.
 * @param uids everybody: their apps are closed
 * @param atRest asked after each step
 */
export async function fallSilent(
  scene: Scene,
  uids: readonly string[],
  { hours, atRest }: { readonly hours: number; readonly atRest: () => Promise<boolean> },
): Promise<number> {
  let passedSec = 0;
  while (passedSec < hours * 3600) {
    await pass(scene, QUIET_STEP_SEC, uids);
    passedSec += QUIET_STEP_SEC;
    if (await atRest()) break;
  }
  return passedSec;
}
