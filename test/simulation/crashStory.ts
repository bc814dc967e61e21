/** One caller and one listener in a world without chance: whatever goes wrong was chosen. */
import { creditCoins } from '../../functions/src/ledger/creditCoins.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import { defaultSettings, type Settings } from '../../functions/src/settings.ts';
import type { Gift } from './buyers.ts';
import { Counters } from './counters.ts';
import type { Defect } from './defects.ts';
import { HEALED } from './faults.ts';
import { setScene } from './scene.ts';
import type { Invocation } from './scheduler.ts';
import type { Result } from './parts.ts';
import { START_MS, World } from './world.ts';

export const CALLER = 'caller-1';
export const CALLEE = 'listener-1';

const MAX_TRIES = 6;
const RETRY_SEC = 2;
const STEP_MS = 2;
const DEFAULTS = defaultSettings();
/** Short slices, so that a short call has everything that a long one has. Made once: parsing them takes its time. */
const SETTINGS: Settings = { ...DEFAULTS, limits: { ...DEFAULTS.limits, sliceMinutes: 2 } };

export interface CrashStoryOptions {
  readonly coins: number;
  /** Whether whoever gets no answer asks again, or never does. */
  readonly asksAgain: boolean;
  readonly dies: (run: Invocation) => boolean;
  readonly defect?: Defect | undefined;
}

export class CrashStory {
  readonly world: World;
  /** Every credit that has to be in the books, as the buyers of a schedule keep them. */
  readonly gifts: Gift[] = [];
  readonly #asksAgain: boolean;
  readonly #coins: number;

  constructor({ coins, asksAgain, dies, defect }: CrashStoryOptions) {
    const rates = { ...HEALED, stepMs: STEP_MS };
    this.world = new World({
      seed: 1,
      counters: new Counters(),
      fixed: { rates, settings: SETTINGS },
      dies,
      everyPoint: true,
      defect,
    });
    this.#asksAgain = asksAgain;
    this.#coins = coins;
    setScene(this.world.store, SETTINGS, new Date(START_MS));
  }

  /** The one call of the story; one that nobody has heard of when its start has failed. */
  get callId(): string {
    return this.world.auditor.calls.keys().next().value ?? 'none';
  }

  /** @throws what the story has thrown: a mistake of the story itself */
  async run(play: (story: CrashStory) => Promise<void>): Promise<void> {
    let failed: unknown;
    const { world } = this;
    if (this.#coins > 0) await this.#fill();
    // Begun by the scheduler, which is done as soon as nothing waits: also where no sweep is planned.
    world.scheduler.at(world.scheduler.nowMs, () => {
      play(this).catch((fault: unknown) => {
        failed = fault;
      });
    });
    await world.scheduler.run(() => failed !== undefined || world.violation !== undefined);
    if (failed !== undefined) throw failed as Error;
  }

  async ask<T>(name: string, work: (ports: AppPorts) => Promise<T>): Promise<Result<T>> {
    for (let tries = 1; ; tries++) {
      const result = await this.world.invoke(name, work);
      if (result.kind !== 'unknown' || !this.#asksAgain || tries >= MAX_TRIES) return result;
      await this.world.scheduler.sleep(RETRY_SEC);
    }
  }

  /** A credit that has been promised. */
  credited(key: string, coins: number): void {
    this.gifts.push({ uid: CALLER, key, coins, outcome: 'done' });
  }

  async #fill(): Promise<void> {
    const { store, clock } = this.world.ports;
    const [key, coins] = ['purchase-first', this.#coins];
    const credit = { key, source: 'purchase', coins, description: '' } as const;
    await creditCoins(store, CALLER, { ...credit, ref: { kind: 'payment', id: key } }, clock.now());
    this.credited(key, coins);
  }
}
