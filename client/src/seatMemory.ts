/** Which call this device takes part in, so that it finds back after a reload, and no other device takes its place. */

/** Where it is kept: for each tab or device of its own, never shared between devices. */
export interface SeatMemory {
  /** @returns the id of the call that this person was last in on this device */
  load(uid: string): string | undefined | Promise<string | undefined>;
  /** Keeps the id of a call, or forgets it. */
  save(uid: string, callId: string | undefined): void;
}

/** What is used of a page's session storage, which lives as long as the tab and belongs to it alone. */
interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const keyOf = (uid: string): string => `earshot.seat.${uid}`;

/** The tab's own storage where there is one that may be used, else memory, which a reload empties. */
export function seatOfThisTab(): SeatMemory {
  const kept = new Map<string, string>();
  const within = <T>(use: (storage: Storage) => T): T | undefined => {
    try {
      // Pages may be forbidden to touch it, and then the mere look throws.
      const { sessionStorage } = globalThis as unknown as { sessionStorage?: Storage };
      return sessionStorage && use(sessionStorage);
    } catch {
      return undefined;
    }
  };
  return {
    load: (uid) => within((storage) => storage.getItem(keyOf(uid))) ?? kept.get(uid),
    save: (uid, callId) => {
      if (callId === undefined) {
        kept.delete(uid);
        within((storage) => storage.removeItem(keyOf(uid)));
      } else {
        kept.set(uid, callId);
        within((storage) => storage.setItem(keyOf(uid), callId));
      }
    },
  };
}
