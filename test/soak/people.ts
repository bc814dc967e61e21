/** The twenty of the soak: official SDK clients that do not give up when an answer is lost. */
import { FirebaseError } from 'firebase/app';
import { doc, onSnapshot, serverTimestamp, updateDoc } from 'firebase/firestore';
import type { Control } from '../../dev/src/phone/control.ts';
import { openPhone, type Phone } from '../../dev/src/phone/phone.ts';
import type { Random } from '../simulation/random.ts';
import type { Tally } from './tally.ts';

const MOST_TRIES = 4;
const FIRST_WAIT_MS = 100;
/** What the backend answers when a fault was its own: it may be tried again, like silence. */
const OWN_FAULT = 'INTERNAL';

/** What became of a request, as far as its client knows. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly reason: string; readonly details: Readonly<Record<string, unknown>> }
  /** Never answered, whatever happened behind it. */
  | { readonly kind: 'lost' };

export interface Person {
  readonly uid: string;
  readonly phone: Phone;
}

/** What everybody in the soak shares. */
export interface Scene {
  readonly control: Control;
  readonly random: Random;
  readonly tally: Tally;
  /** Whose apps have vanished: they do not beat until they are back. */
  readonly away: Set<string>;
}

/** Listeners and callers, each with a phone. */
export async function gather(
  control: Control,
  wish: { readonly listeners: number; readonly callers: number; readonly coins: number },
): Promise<{ readonly listeners: Person[]; readonly callers: Person[] }> {
  const info = await control.ready();
  const seeded = await control.seed(wish);
  const people = await Promise.all(
    seeded.map(async ({ uid, customToken }) => ({ uid, phone: await openPhone(info, customToken) })),
  );
  return { listeners: people.slice(0, wish.listeners), callers: people.slice(wish.listeners) };
}

/** Asks until there is an answer, with the same input, as the guide tells apps to. */
export async function ask<T = Record<string, unknown>>(
  { tally, random }: Scene,
  { phone }: Person,
  operation: string,
  input: object,
): Promise<Answer<T>> {
  const timed = async (): Promise<T> => {
    const beganMs = performance.now();
    try {
      return await phone.call<T>(operation, input);
    } finally {
      tally.took(operation, performance.now() - beganMs);
    }
  };
  for (let tries = 1; ; tries += 1) {
    try {
      return { kind: 'ok', value: await timed() };
    } catch (fault) {
      if (!(fault instanceof FirebaseError)) throw fault;
      const details = ('details' in fault ? fault.details : undefined) as Record<string, unknown> | undefined;
      const reason = details?.['reason'];
      if (typeof reason === 'string' && reason !== OWN_FAULT) {
        tally.hit(`refused: ${reason}`);
        return { kind: 'refused', reason, details: details ?? {} };
      }
      tally.hit(`unanswered: ${fault.code.replace('functions/', '')}`);
      // Whoever has waited for a minute has waited long enough.
      const slow = fault.code === 'functions/deadline-exceeded';
      if (slow || tries >= MOST_TRIES) return { kind: 'lost' };
      await sleep(FIRST_WAIT_MS * 2 ** tries * random.between(0.5, 1.5));
    }
  }
}

/** Says "I am there" in a call. A call that has ended meanwhile takes no beat. */
export async function beat({ phone, uid }: Person, callId: string): Promise<void> {
  await updateDoc(doc(phone.db, `calls/${callId}/beats/${uid}`), { at: serverTimestamp() }).catch(
    () => undefined,
  );
}

/**
 * Watches a call until it has ended, as an app does.
 * @returns whether it has ended within the time
 */
export async function untilEnded({ phone }: Person, callId: string, limitMs: number): Promise<boolean> {
  let leave: () => void = () => undefined;
  const ended = new Promise<true>((resolve) => {
    leave = onSnapshot(
      doc(phone.db, `calls/${callId}`),
      (call) => call.get('state') === 'ended' && resolve(true),
      () => undefined,
    );
  });
  const hasEnded = await Promise.race([ended, sleep(limitMs)]);
  leave();
  return hasEnded === true;
}

export async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
