/** One thread of a suite: it is told what to run, and answers once. */
import { parentPort, workerData } from 'node:worker_threads';
import { Counters } from './counters.ts';
import { DEFECTS } from './defects.ts';
import { runStretches, type Assignment } from './parallel.ts';

const { defectName, ...suite } = workerData as Assignment;
const defect = DEFECTS.find(({ name }) => name === defectName);
parentPort?.postMessage(await runStretches({ ...suite, defect }, new Counters()));
