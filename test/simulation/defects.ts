/** Mistakes put in on purpose, to see that the simulation finds them. None of them exists outside of this folder. */
import type { DocRef, DocumentData } from '../../functions/src/platform/store/collection.ts';
import type { Patch, Store, Transaction } from '../../functions/src/platform/store/port.ts';
import { ChangedStore, passing } from './changedStore.ts';
import { MUTATIONS } from './mutations.ts';
import type { Edit } from './mutate.ts';

export interface Defect {
  readonly name: string;
  /**
   * The beginnings of the violations that are meant to find it: others do not count, so that it is never found for a
   * reason that would be gone tomorrow. `I0: …` is the code's own assertion, named by its words. Undefined: all count.
   */
  readonly foundBy?: readonly string[];
  /** Changes the code itself; only in a process or thread that has not loaded it yet. */
  readonly edits?: readonly Edit[];
  /** Puts a faulty store before the right one. */
  readonly store?: (store: Store) => Store;
  readonly noSweep?: true;
  /** Nothing is wrong, and a violation is reported now and then: proves that violations are seen at all. */
  readonly canary?: true;
}

/** So many schedules are tried with a defect before it counts as not found. */
export const DEFECT_SCHEDULES = 4000;

const isWallet = (path: string): boolean => /^wallets\/[^/]+$/u.test(path);

function heldOf(data: unknown): number {
  const coins = (data as { coins?: { held?: number } } | undefined)?.coins;
  return coins?.held ?? 0;
}

/** A settlement gives the coins back and goes on counting them as held. */
function keepHeld(tx: Transaction): Transaction {
  const held = new Map<string, number>();
  return {
    ...passing(tx),
    getAll: async (...refs) => {
      const docs = await tx.getAll(...refs);
      refs.forEach((ref, index) => held.set(ref.path, heldOf(docs[index])));
      return docs;
    },
    update: <T extends DocumentData>(ref: DocRef<T>, patch: Patch<T>) => {
      const most = Math.max(heldOf(patch), held.get(ref.path) ?? 0);
      const coins = (patch as { coins?: DocumentData }).coins;
      if (isWallet(ref.path) && coins !== undefined) {
        tx.update<DocumentData>(ref, { ...patch, coins: { ...coins, held: most } });
      } else tx.update(ref, patch);
    },
  };
}

/** The balance is read beside the transaction, so a change in between goes unnoticed. */
function readBeside(tx: Transaction, store: Store): Transaction {
  return { ...passing(tx), getAll: async (...refs) => await store.getAll(...refs) };
}

/** What must follow a change is not written with it. */
function withoutOutbox(tx: Transaction): Transaction {
  return {
    ...passing(tx),
    set: (ref, data) => {
      if (!ref.path.startsWith('outbox/')) tx.set(ref, data);
    },
  };
}

export const DEFECTS: readonly Defect[] = [
  { name: 'held-kept', foundBy: ['I4'], store: (store) => new ChangedStore(store, keepHeld) },
  { name: 'read-beside', foundBy: ['I10'], store: (store) => new ChangedStore(store, readBeside) },
  { name: 'no-outbox', foundBy: ['I13'], store: (store) => new ChangedStore(store, withoutOutbox) },
  // That people stay online without it is seen in any schedule, and tells nothing of the calls.
  { name: 'no-sweep', foundBy: ['I13: call', 'I13: the outbox', 'I13: the channel'], noSweep: true },
  ...MUTATIONS,
  { name: 'canary', foundBy: ['I0: the canary'], canary: true },
];

/** @returns whether a violation is what is meant to find the defect, or an ordinary one where there is no defect */
export function isMeant(defect: Defect | undefined, invariant: string): boolean {
  const means = (begin: string): boolean =>
    invariant.startsWith(begin) && !/^\d/u.test(invariant.slice(begin.length));
  return defect?.foundBy?.some(means) ?? true;
}

/** @returns the defect of that name */
export function defectNamed(name: string | undefined): Defect | undefined {
  return DEFECTS.find((defect) => defect.name === name);
}
