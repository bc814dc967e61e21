/** Trying again, for what must come about although nobody waits for it. */
import type { Stop, Timers } from '../ports.ts';

const FIRST_DELAY_MS = 2000;
const LONGEST_DELAY_MS = 60_000;
/** About ten minutes in all: longer than the backend takes to find out that a party is lost. */
const TRIES = 14;

export interface Trying {
  /** Now, and with growing delays again; resolves to whether it is done. Never rejects. */
  readonly attempt: () => Promise<boolean>;
  /** It was tried often enough. */
  readonly onGivenUp?: () => void;
}

/** @returns what ends it */
export function tryAgain(timers: Timers, { attempt, onGivenUp = () => undefined }: Trying): Stop {
  let stopped = false;
  let stopWaiting: Stop = () => undefined;
  const tryOnce = async (tried: number): Promise<void> => {
    const isDone = await attempt();
    if (isDone || stopped) return;
    if (tried === TRIES) return onGivenUp();
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (tried - 1), LONGEST_DELAY_MS);
    stopWaiting = timers.after(delayMs, () => void tryOnce(tried + 1));
  };
  void tryOnce(1);
  return () => {
    stopped = true;
    stopWaiting();
  };
}
