/** One thread of a suite: it is told what to run, and answers once. */
import { parentPort, workerData } from 'node:worker_threads';
import { defectNamed } from './defects.ts';
import { mutate } from './mutate.ts';
import type { Assignment } from './parallel.ts';

const { defectName, ...suite } = workerData as Assignment;
const defect = defectNamed(defectName);
// Before anything of the code is loaded.
mutate(defect?.edits ?? []);
const { runStretches } = await import('./parallel.ts');
const { Counters } = await import('./counters.ts');
parentPort?.postMessage(await runStretches({ ...suite, defect }, new Counters()));
