/** Runs every script on Firestore and in memory: whatever a use case can observe must be the same. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Firestore } from '@google-cloud/firestore';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import type { StoreMeter } from '../../functions/src/platform/store/port.ts';
import { assertEmulatorNamed, dumpBelow, emulatorFirestore } from './emulator.ts';
import { Scene, type Script } from './scene.ts';
import { scripts } from './scripts.ts';

// Said once, before any test, instead of once for each.
assertEmulatorNamed();

/** All scripts take some fifteen seconds; on a machine that does much else, several times that. */
const BUSY_MACHINE_MS = 180_000;

interface Observation {
  readonly returned: unknown;
  readonly left: unknown;
  readonly counted: unknown;
}

const run = `parity-${process.pid}-${Date.now().toString(36)}`;
const onFirestore = new Map<string, Promise<Observation>>();
const inMemory = new Map<string, Promise<Observation>>();
let db: Firestore | undefined;

class Counter implements StoreMeter {
  readonly counts = { reads: 0, writes: 0, deletes: 0, retries: 0 };
  readonly paths: string[] = [];
  reads(count: number, path: string): void {
    this.counts.reads += count;
    this.paths.push(path);
  }
  writes(count: number): void {
    this.counts.writes += count;
  }
  deletes(count: number): void {
    this.counts.deletes += count;
  }
  retry(): void {
    this.counts.retries += 1;
  }
  /** Only what does not depend on how often a conflict made the work run again. */
  observed(script: Script): unknown {
    if (script.contended === true) return undefined;
    return { ...this.counts, paths: this.paths.toSorted() };
  }
}

function rootOf(script: Script): string {
  return `${run}/s${scripts.indexOf(script)}`;
}

async function observeFirestore(firestore: Firestore, script: Script): Promise<Observation> {
  const meter = new Counter();
  const returned = await script.run(new Scene(new FirestoreStore(firestore, meter), rootOf(script)));
  const left = script.leavesChance === true ? undefined : await dumpBelow(firestore, rootOf(script));
  return { returned, left, counted: meter.observed(script) };
}

async function observeMemory(script: Script): Promise<Observation> {
  const meter = new Counter();
  const store = new MemoryStore({ meter });
  const returned = await script.run(new Scene(store, rootOf(script)));
  const left = script.leavesChance === true ? undefined : store.dump();
  return { returned, left, counted: meter.observed(script) };
}

beforeAll(async () => {
  const firestore = await emulatorFirestore();
  db = firestore;
  // Side by side: the scripts share no document, and those with conflicts mostly wait.
  for (const script of scripts) {
    onFirestore.set(script.name, observeFirestore(firestore, script));
    inMemory.set(script.name, observeMemory(script));
  }
  // A script that throws fails its own test below, not all of them here.
  await Promise.allSettled([...onFirestore.values(), ...inMemory.values()]);
}, BUSY_MACHINE_MS);

afterAll(async () => {
  await db?.recursiveDelete(db.collection(run));
  await db?.terminate();
});

describe('Firestore and memory agree', () => {
  it.each(scripts.map((script) => script.name))('%s', async (name) => {
    const expected = await onFirestore.get(name);
    expect(expected).toBeDefined();
    expect(await inMemory.get(name)).toEqual(expected);
  });
});

describe('the scripts', () => {
  it('are many, and some are whole use cases', () => {
    expect(scripts.length).toBeGreaterThanOrEqual(100);
    expect(scripts.filter(({ name }) => name.startsWith('use case: ')).length).toBeGreaterThanOrEqual(15);
  });

  it('have names of their own', () => {
    expect(new Set(scripts.map((script) => script.name)).size).toBe(scripts.length);
  });
});
