/** Which call this device takes part in, so that it finds back after a reload, and no other device takes its place. */

/** Where it is kept: for each tab or device of its own, never shared between devices. */
export interface SeatMemory {
  /** @returns what was last saved for this person on this device */
  load(uid: string): string | undefined | Promise<string | undefined>;
  /** Keeps a short text that means something to the client only, or forgets it. */
  save(uid: string, seat: string | undefined): void;
}

/** Which call a device was in. */
export interface KeptSeat {
  readonly callId: string;
  /** Under which number it has taken the person's place there; undefined if it has not yet. */
  readonly place: number | undefined;
}

/** No id of a document holds a slash. */
export function seatText({ callId, place }: KeptSeat): string {
  return place === undefined ? callId : `${callId}/${place}`;
}

/** @param text as `seatText` made it, or the mere id of a call */
export function seatOf(text: string): KeptSeat {
  const [callId = '', place] = text.split('/');
  return { callId, place: place === undefined ? undefined : Number(place) };
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
    save: (uid, seat) => {
      if (seat === undefined) {
        kept.delete(uid);
        within((storage) => storage.removeItem(keyOf(uid)));
      } else {
        kept.set(uid, seat);
        within((storage) => storage.setItem(keyOf(uid), seat));
      }
    },
  };
}
