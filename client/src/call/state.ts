/** What an app sees of a call. */
import type { Call, Receipt } from '../api/index.ts';
import { EarshotError } from '../error.ts';

/** In the order in which they follow each other; any of them may be followed by `ended`. */
const PHASES = ['idle', 'ringing', 'connecting', 'ongoing', 'ended'] as const;

/** `idle` until the backend has answered the start. */
export type CallPhase = (typeof PHASES)[number];

/** All there is to show of a call. Each change makes a new one. */
export interface CallState {
  readonly phase: CallPhase;
  /** The media has lost the network and tries to come back. */
  readonly reconnecting: boolean;
  /** Undefined while idle. */
  readonly callId: string | undefined;
  /** The call as the backend last told it. */
  readonly call: Call | undefined;
  readonly role: 'caller' | 'callee' | undefined;
  readonly muted: boolean;
  readonly cameraOn: boolean;
  /** The paid time ends within a minute and will not grow by itself. */
  readonly low: boolean;
  /** Over for this app because another one of yours is in the call. */
  readonly answeredElsewhere: boolean;
  /** Why it ended; null while it has not, and when only this app has let go of it. */
  readonly endReason: Call['endReason'];
  /** Of a connected call, soon after it has ended; later where the network or the backend takes longer. */
  readonly receipt: Receipt | undefined;
  /** What made it impossible or cut it short on this side, else the last thing that went wrong. */
  readonly error: EarshotError | undefined;
}

export const IDLE: CallState = {
  phase: 'idle',
  reconnecting: false,
  callId: undefined,
  call: undefined,
  role: undefined,
  muted: false,
  cameraOn: true,
  low: false,
  answeredElsewhere: false,
  endReason: null,
  receipt: undefined,
  error: undefined,
};

/** How long the call is paid for. */
export interface TimeLeft {
  /** Until the paid time ends, in whole seconds; 0 once it has. */
  readonly secondsLeft: number;
  /** Whether the paid time will not grow by itself; else more is reserved a minute before. */
  readonly final: boolean;
}

/** Whether `phase` has come, or been passed. */
export function hasReached(phase: CallPhase, wanted: CallPhase): boolean {
  return PHASES.indexOf(phase) >= PHASES.indexOf(wanted);
}

/** Whether `call` tells less than what is known already: states only go forward, and paid time is never taken back. */
export function isOlder(call: Call, known: Call | undefined): boolean {
  if (known === undefined) return false;
  const [now, then] = [PHASES.indexOf(call.state), PHASES.indexOf(known.state)];
  return now < then || (now === then && (call.grantedUntil ?? '') < (known.grantedUntil ?? ''));
}

/** Whether the last paid minute has begun, and no more is reserved. */
export function isLow(left: TimeLeft | undefined): boolean {
  return left !== undefined && left.final && left.secondsLeft <= LOW_SEC;
}

/** From this long before the end of the last paid minute the coins are low. */
export const LOW_SEC = 60;

/** @param untilGrantMs from now until the paid time ends */
export function timeLeft(untilGrantMs: number, final: boolean): TimeLeft {
  return { secondsLeft: Math.max(0, Math.ceil(untilGrantMs / 1000)), final };
}

/** What whoever waited for more than the end is told. */
export function endedEarly({ endReason, answeredElsewhere }: CallState): EarshotError {
  return new EarshotError({
    code: 'failed-precondition',
    reason: 'INVALID_TRANSITION',
    details: {
      state: 'ended',
      ...(endReason !== null && { endReason }),
      ...(answeredElsewhere && { answeredElsewhere }),
    },
    message: `The call has ended: ${answeredElsewhere ? 'answered elsewhere' : (endReason ?? 'here')}.`,
  });
}
