/** What one call needs, and which call it is. */
import type { Call, CallsOperations, CallsStartInput } from '../api/index.ts';
import type { OnError } from '../live/live.ts';
import type { Documents, Session, Stop, Timers } from '../ports.ts';
import type { KeptSeat } from '../seatMemory.ts';
import type { ServerClock } from '../serverClock.ts';
import type { MediaAdapter } from './media.ts';

export interface CallPorts {
  readonly operations: CallsOperations;
  /** Undefined where there is no Firestore. */
  readonly watchCall:
    ((callId: string, onChange: (call: Call | undefined) => void, onError: OnError) => Stop) | undefined;
  readonly documents: Documents | undefined;
  readonly session: Session;
  readonly adapters: readonly MediaAdapter[];
  readonly timers: Timers;
  readonly clock: ServerClock;
  /** Told when the call's own beat begins and when it ends: presence need not beat meanwhile. */
  readonly onBeating: (beating: boolean) => void;
  /** Told where this device takes part; undefined once another one does in its place. */
  readonly keepSeat: (seat: KeptSeat | undefined) => void;
  /** Nothing of the call runs here any more. */
  readonly onOver: () => void;
}

/** What to do with a call. */
export interface CallTarget {
  /** Whom to call, or the id of a call that exists. */
  readonly target: string | CallsStartInput;
  /** This person was in the call on this device: join it again. Else only a start and an accept of its own let it join. */
  readonly resume: boolean;
  /** The number under which this device took the place before; undefined if that is not known, or does not count. */
  readonly place?: number | undefined;
}
