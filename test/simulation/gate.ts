/**
 * The mutation gate: every defect must be found within 4,000 schedules. The seed that found each first is recorded, so
 * trying that one is enough; a change of the code may move it, and then the seeds are searched from 1 for the new one.
 */
import { availableParallelism } from 'node:os';
import { DEFECT_SCHEDULES, DEFECTS } from './defects.ts';
import { FIRST_SEEDS } from './firstSeeds.ts';
import { assign, onThread, type Done } from './parallel.ts';

/** What became of one defect. */
export interface Tried {
  readonly name: string;
  readonly seed: number | undefined;
  readonly invariant: string;
  /** Whether the recorded seed has found it. */
  readonly asRecorded: boolean;
}

/**
 * Tries every defect, on every core.
 * @param searches whether the seeds are searched where the recorded one finds nothing
 * @param told hears of each
 */
export async function tryDefects(searches: boolean, told: (tried: Tried) => void): Promise<void> {
  const waiting = [...DEFECTS];
  const next = async (): Promise<void> => {
    for (let defect = waiting.shift(); defect !== undefined; defect = waiting.shift())
      told(await tryDefect(defect.name, searches));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
}

async function tryDefect(name: string, searches: boolean): Promise<Tried> {
  const missed = { name, seed: undefined, invariant: 'not found', asRecorded: false };
  const recorded = FIRST_SEEDS[name];
  if (recorded !== undefined) {
    const { violation } = await search(name, recorded, 1);
    if (violation !== undefined) return { name, ...violation, asRecorded: true };
  }
  if (!searches) return missed;
  const { violation } = await search(name, 1, DEFECT_SCHEDULES);
  return { ...missed, ...violation };
}

async function search(defectName: string, firstSeed: number, schedules: number): Promise<Done> {
  return await onThread(assign({ firstSeed, schedules, defectName }));
}
