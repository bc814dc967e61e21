/** Following one call: live where there is Firestore, else by asking again and again. */
import type { Call } from '../api/index.ts';
import type { OnError } from '../live/live.ts';
import type { Stop, Timers } from '../ports.ts';

/** Without live documents: how old what one sees may be. */
const POLL_MS = 2000;
/** A live document that was refused is asked for again, because a refusal may pass, e.g. while a session is renewed. */
const REOPEN_MS = 3000;

export interface FollowPorts {
  /** Undefined where there is no Firestore. */
  readonly watch: ((onChange: (call: Call | undefined) => void, onError: OnError) => Stop) | undefined;
  /** What the backend says of it now; ends the call on this side if it is not to be had. */
  readonly refresh: () => Promise<void>;
  readonly timers: Timers;
}

/** @param onCall each time the call has changed; the same call may come twice */
export function followCall({ watch, refresh, timers }: FollowPorts, onCall: (call: Call) => void): Stop {
  if (watch === undefined) {
    void refresh();
    return timers.every(POLL_MS, () => void refresh());
  }
  let stopped = false;
  let stop: Stop = () => undefined;
  const open = (): void => {
    if (stopped) return;
    stop = watch(
      (call) => {
        if (call === undefined) void refresh();
        else onCall(call);
      },
      () => {
        void refresh();
        stop = timers.after(REOPEN_MS, open);
      },
    );
  };
  open();
  return () => {
    stopped = true;
    stop();
  };
}
