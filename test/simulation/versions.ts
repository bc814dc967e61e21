/**
 * A deploy in the middle of the afternoon: for a while two versions of the functions run at once, with different
 * settings, on the same documents. The old one has made documents that lack what was added since; the new one adds a
 * field to whatever it writes, of which this code knows nothing, and which must be there for as long as the document is.
 */
import type { Call } from '../../functions/src/calls/documents.ts';
import { deliverEffect } from '../../functions/src/effects.ts';
import type { DocRef, DocumentData } from '../../functions/src/platform/store/collection.ts';
import type { MemoryStore } from '../../functions/src/platform/store/memory.ts';
import type { Patch, Transaction } from '../../functions/src/platform/store/port.ts';
import type { AppPorts } from '../../functions/src/ports.ts';
import type { Settings } from '../../functions/src/settings.ts';
import { LATEST_TERM } from './asRead.ts';
import { ChangedStore, passing, type Change } from './changedStore.ts';
import type { Surroundings } from './parts.ts';
import { drawSettings } from './scene.ts';

/** The field that the next version adds. */
const ADDED = 'addedByTheNextVersion';
/** Documents that live long enough to meet both versions. */
const SHARED = /^(?:calls|wallets|orders|presence|listeners)\/[^/]+$/u;
/** Fields that the previous version did not write, by collection. */
const UNKNOWN: Readonly<Record<string, readonly string[]>> = {
  calls: ['dueAt', 'seatKeys', 'mediaTracks'],
  orders: ['furtherPaymentIds'],
};
const isShared = (path: string): boolean => SHARED.test(path);

function withAdded(path: string, data: DocumentData): DocumentData {
  return isShared(path) ? { ...data, [ADDED]: true } : data;
}

/** The next version writes a field more. */
const adding: Change = (tx) => ({
  ...passing(tx),
  create: <T extends DocumentData>(ref: DocRef<T>, data: T) =>
    tx.create<DocumentData>(ref, withAdded(ref.path, data)),
  set: <T extends DocumentData>(ref: DocRef<T>, data: T) =>
    tx.set<DocumentData>(ref, withAdded(ref.path, data)),
  update: <T extends DocumentData>(ref: DocRef<T>, patch: Patch<T>) =>
    tx.update<DocumentData>(ref, withAdded(ref.path, patch)),
});

function without(data: DocumentData, unknown: readonly string[]): DocumentData {
  const known = Object.entries(data)
    .filter(([name]) => !unknown.includes(name))
    .map(([name, value]) => [name, name === 'terms' ? without(value as DocumentData, [LATEST_TERM]) : value]);
  return Object.fromEntries(known) as DocumentData;
}

/** The previous version makes documents without the fields that were added since. */
function leavingOut(made: () => void): Change {
  return (tx): Transaction => ({
    ...passing(tx),
    create: <T extends DocumentData>(ref: DocRef<T>, data: T) => {
      const unknown = isShared(ref.path) ? UNKNOWN[ref.path.split('/')[0] ?? ''] : undefined;
      if (unknown === undefined) return tx.create(ref, data);
      made();
      tx.create<DocumentData>(ref, without(data, unknown));
    },
  });
}

const HOUR_MS = 3_600_000;
/** It is over by then. */
const DEPLOY_HOURS = 3;

interface Deployed extends Surroundings {
  readonly settings: Settings;
}

/** One version of the functions. */
export interface Version {
  readonly ports: AppPorts;
  readonly settings: Settings;
}

export class Versions {
  readonly #world: Deployed;
  readonly #store: MemoryStore;
  readonly #only: Version;
  /** The window in which both run; undefined where nothing is deployed. */
  readonly #window: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly #old: Version;
  readonly #new: Version;
  /** Documents that have the field of the next version. */
  readonly #added = new Set<string>();

  constructor(world: Deployed, ports: AppPorts) {
    this.#world = world;
    this.#store = world.store;
    const { random, scheduler, settings, rates } = world;
    this.#only = { ports, settings };
    const deploys = random.chance(rates.deploy);
    const fromMs = scheduler.nowMs + random.between(0.1, DEPLOY_HOURS) * HOUR_MS;
    const toMs = Math.min(fromMs + random.between(10, 60) * 60_000, scheduler.nowMs + DEPLOY_HOURS * HOUR_MS);
    this.#window = deploys ? { fromMs, toMs } : undefined;
    // What the cards show must not hang on who looks, and the packages are those that the shop knows.
    const next: Settings = deploys ? { ...drawSettings(random), features: settings.features } : settings;
    this.#old = version(
      ports,
      leavingOut(() => world.hit('document of the previous version')),
      settings,
    );
    this.#new = version(ports, adding, next);
  }

  /** @returns whichever version takes the next invocation */
  serving(): Version {
    const window = this.#window;
    const { scheduler, random } = this.#world;
    if (window === undefined) return this.#only;
    if (scheduler.nowMs < window.fromMs) return this.#old;
    if (scheduler.nowMs >= window.toMs) return this.#new;
    this.#world.hit('two versions at once');
    return random.chance(0.5) ? this.#old : this.#new;
  }

  /** A call has ended. */
  ended(call: Call): void {
    const { fromMs = Infinity } = this.#window ?? {};
    const { nowMs } = this.#world.scheduler;
    if (call.createdAt.getTime() < fromMs && fromMs <= nowMs) this.#world.hit('call across a deploy');
  }

  /** I17. @returns what is wrong with a document that a commit has touched */
  written(path: string): string | undefined {
    const stored = this.#store.read(path);
    if (stored?.[ADDED] !== undefined) {
      if (this.#added.has(path)) this.#world.hit('field of the next version kept');
      this.#added.add(path);
      return undefined;
    }
    const lost = this.#added.delete(path) && stored !== undefined;
    return lost ? `I17: ${path} has lost a field that this version does not know` : undefined;
  }
}

function version(ports: AppPorts, change: Change, settings: Settings): Version {
  const own: AppPorts = {
    ...ports,
    store: new ChangedStore(ports.store, change),
    settings: async () => await Promise.resolve(settings),
    deliver: async (effect) => await deliverEffect(own, effect),
  };
  return { ports: own, settings };
}
