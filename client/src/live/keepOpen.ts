/** A listener that is opened again when it was broken off by something that passes. */
import { isLasting, toEarshotError, type EarshotError } from '../error.ts';
import type { Stop, Timers } from '../ports.ts';

/** Opened again after this long, then after twice as long, and so on, until something is heard. */
const FIRST_DELAY_MS = 2000;
const LONGEST_DELAY_MS = 60_000;

/** Passes on what a listener hears. */
export type Hear = <T>(onData: (data: T) => void) => (data: T) => void;
/** Takes what has ended a listener. */
export type Fail = (fault: unknown) => void;

export interface KeepOpenPorts {
  /** Opens the listener. */
  readonly open: (hear: Hear, fail: Fail) => Stop;
  readonly timers: Timers;
  /** It cannot be opened again: a refusal. */
  readonly onLasting: (error: EarshotError) => void;
}

/** @returns what closes it for good */
export function keepOpen({ open, timers, onLasting }: KeepOpenPorts): Stop {
  let delayMs = FIRST_DELAY_MS;
  let stopped = false;
  let stop: Stop = () => undefined;

  const begin = (): void => {
    let failed = false;
    const hear: Hear = (onData) => (data) => {
      delayMs = FIRST_DELAY_MS;
      if (!stopped) onData(data);
    };
    const fail: Fail = (fault) => {
      if (failed || stopped) return;
      failed = true;
      const error = toEarshotError(fault);
      if (isLasting(error)) return onLasting(error);
      stop = timers.after(delayMs, begin);
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    };
    const close = open(hear, fail);
    if (stopped || failed) close();
    else stop = close;
  };
  begin();
  return () => {
    stopped = true;
    stop();
  };
}
