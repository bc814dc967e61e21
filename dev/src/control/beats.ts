/**
 * Who beats and who is silent. Beats hold server time and are converted with the current offset, so moving the clock
 * ages nobody; the beats of silent people are therefore shifted back by every step of it.
 */
import {
  FieldValue,
  GrpcStatus,
  Timestamp,
  type DocumentReference,
  type Firestore,
} from 'firebase-admin/firestore';

const BEAT_EVERY_MS = 20_000;
/** Values of one `in` filter. */
const MOST_IN_FILTER = 30;

/** Keeps seeded people online, and lets chosen people age with the virtual clock. */
export class Beats {
  readonly #db: Firestore;
  readonly #kept = new Set<string>();
  readonly #silent = new Set<string>();
  /** A shift and a round of beats must not overlap, or a beat could land on somebody who has just fallen silent. */
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #lastStepRealMs = Date.now();

  constructor(db: Firestore) {
    this.#db = db;
  }

  /** Whether somebody is silent in a call: then a sweep may find them lost. */
  async silentInCalls(): Promise<boolean> {
    return (await this.#beatsOf([...this.#silent])).length > 0;
  }

  /** Whose beats age with the virtual clock. */
  get silent(): readonly string[] {
    return [...this.#silent];
  }

  /** Beats for these people from now on, as their apps would. */
  keep(uids: readonly string[]): void {
    for (const uid of uids) this.#kept.add(uid);
    this.#timer ??= setInterval(() => void this.beatAll().catch(() => undefined), BEAT_EVERY_MS).unref();
  }

  /**
   * Begins an advance: whoever beat since the last one speaks again, then `silent` fall silent and `beating` resume.
   */
  async choose(silent: readonly string[], beating: readonly string[]): Promise<void> {
    await this.#inTurn(async () => {
      for (const ref of await this.#documentsOf([...this.#silent])) {
        const at = await readAt(ref);
        if (at !== undefined && at.toMillis() > this.#lastStepRealMs) this.#silent.delete(ref.id);
      }
      for (const uid of beating) this.#silent.delete(uid);
      for (const uid of silent) this.#silent.add(uid);
    });
  }

  /** Ages the silent by a step of the clock. */
  async shift(deltaMs: number): Promise<void> {
    await this.#inTurn(async () => {
      if (deltaMs > 0) {
        const refs = await this.#documentsOf([...this.#silent]);
        await Promise.all(refs.map((ref) => shiftBack(ref, deltaMs)));
      }
      this.#lastStepRealMs = Date.now();
    });
  }

  /** One round of beats of everybody who is kept and not silent. */
  async beatAll(): Promise<void> {
    await this.#inTurn(async () => {
      const uids = [...this.#kept].filter((uid) => !this.#silent.has(uid));
      if (uids.length === 0) return;
      const refs = [...(await this.#onlineOf(uids)), ...(await this.#openBeatsOf(uids))];
      // Single writes: a batch would wait for the locks of all of them and hold those it has.
      await Promise.allSettled(refs.map((ref) => ref.update({ at: FieldValue.serverTimestamp() })));
    });
  }

  /** Forgets everybody. */
  async reset(): Promise<void> {
    await this.#inTurn(async () => {
      this.#kept.clear();
      this.#silent.clear();
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    await mine;
  }

  async #onlineOf(uids: readonly string[]): Promise<DocumentReference[]> {
    const found = await this.#db.getAll(...uids.map((uid) => this.#db.doc(`presence/${uid}`)));
    return found.filter((presence) => presence.get('online') === true).map((presence) => presence.ref);
  }

  /** Their beats in the calls they are in, found through the wallet, which names the open call. */
  async #openBeatsOf(uids: readonly string[]): Promise<DocumentReference[]> {
    const wallets = await this.#db.getAll(...uids.map((uid) => this.#db.doc(`wallets/${uid}`)));
    const refs = wallets.flatMap((wallet) => {
      const callId: unknown = wallet.get('openCallId');
      return typeof callId === 'string' ? [this.#db.doc(`calls/${callId}/beats/${wallet.id}`)] : [];
    });
    if (refs.length === 0) return [];
    const beats = await this.#db.getAll(...refs);
    return beats.filter((beat) => beat.exists).map((beat) => beat.ref);
  }

  /** The lease and every call beat of people. */
  async #documentsOf(uids: readonly string[]): Promise<DocumentReference[]> {
    return [...uids.map((uid) => this.#db.doc(`presence/${uid}`)), ...(await this.#beatsOf(uids))];
  }

  /** Their beats in calls; a call that has ended has none. */
  async #beatsOf(uids: readonly string[]): Promise<DocumentReference[]> {
    const refs: DocumentReference[] = [];
    for (let at = 0; at < uids.length; at += MOST_IN_FILTER) {
      const some = uids.slice(at, at + MOST_IN_FILTER);
      const beats = await this.#db.collectionGroup('beats').where('uid', 'in', some).get();
      refs.push(...beats.docs.map((beat) => beat.ref));
    }
    return refs;
  }
}

async function readAt(ref: DocumentReference): Promise<Timestamp | undefined> {
  const at: unknown = (await ref.get()).get('at');
  return at instanceof Timestamp ? at : undefined;
}

async function shiftBack(ref: DocumentReference, deltaMs: number): Promise<void> {
  const at = await readAt(ref);
  if (at === undefined) return;
  try {
    await ref.update({ at: Timestamp.fromMillis(at.toMillis() - Math.round(deltaMs)) });
  } catch (fault) {
    // The call has ended meanwhile, and its beats are gone.
    if (!(fault instanceof Error && 'code' in fault && fault.code === GrpcStatus.NOT_FOUND)) throw fault;
  }
}
