/** Staying online while the app is open. */
import type { PresenceOperations } from './api/index.ts';
import { toEarshotError } from './error.ts';
import type { OnError } from './live/live.ts';
import type { Documents, Session, Stop, Timers } from './ports.ts';

/** A third of the lease, so that two beats may be lost. */
const BEAT_MS = 30_000;

export interface PresencePorts {
  readonly operations: PresenceOperations;
  readonly documents: Documents | undefined;
  readonly session: Session;
  readonly timers: Timers;
  /** During a call its own beat takes the place of this one. */
  readonly inCall: () => boolean;
}

/**
 * Beats until it is stopped, or somebody else is signed in: first by the operation, which shows the person online,
 * then straight into the document, and by the operation again whenever that is refused.
 * @param onError of a beat that failed; the next one is tried all the same
 */
export function keepPresence(ports: PresencePorts, onError: OnError): Stop {
  const { operations, documents, session, timers } = ports;
  let direct = false;
  let busy = false;
  let stopped = false;
  const uid = session.uid();

  const announce = async (): Promise<void> => {
    await operations.heartbeat();
    direct = documents !== undefined && uid !== undefined;
  };
  const beat = async (): Promise<void> => {
    // Without a network Firestore keeps a write for later; one that waits is enough.
    if (busy || stopped || ports.inCall()) return;
    busy = true;
    try {
      if (direct) await documents?.beat(`presence/${uid}`).catch(announce);
      else await announce();
    } catch (fault) {
      direct = false;
      if (!stopped) onError(toEarshotError(fault));
    } finally {
      busy = false;
    }
  };

  const stops = [timers.every(BEAT_MS, () => void beat()), session.onChange(() => stop())];
  function stop(): void {
    stopped = true;
    for (const end of stops) end();
  }
  void beat();
  return stop;
}
