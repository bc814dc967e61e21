/** One thread of the crash points: it is told how many there are, and answers once. */
import { parentPort, workerData } from 'node:worker_threads';
import { tryPlaces, type CrashAssignment } from './crashThreads.ts';

// Refusals are common, and nobody reads their stacks here.
Error.stackTraceLimit = 0;
parentPort?.postMessage(await tryPlaces(workerData as CrashAssignment));
