/** The receipt of a call that was connected and has ended here. */
import { isPassing, toEarshotError, type EarshotError } from '../error.ts';
import type { Stop } from '../ports.ts';
import type { CallPorts } from './ports.ts';
import type { CallState } from './state.ts';
import { tryAgain } from './tryAgain.ts';

/** Sees to it that the receipt comes: by the answer to a hang-up, else it is fetched. */
export class ReceiptDue {
  readonly #ports: Pick<CallPorts, 'operations' | 'timers'>;
  readonly #onEnded: (change: Partial<CallState>) => void;
  #answersDue = 0;
  #stop: Stop | undefined;
  #stopped = false;

  /** @param onEnded told how the call has ended, or why that is not to be known; not after `stop` */
  constructor(
    ports: Pick<CallPorts, 'operations' | 'timers'>,
    onEnded: (change: Partial<CallState>) => void,
  ) {
    this.#ports = ports;
    this.#onEnded = onEnded;
  }

  /** A hang-up is sent, and its answer will bring the receipt. @returns to be called when it came to nothing */
  answerIsDue(): () => void {
    this.#answersDue += 1;
    return () => {
      this.#answersDue -= 1;
    };
  }

  /**
   * Unless an answer is to bring it: asks until the backend has ended the call, which it does a while after it has lost
   * a party, and for as long as what fails is passing.
   */
  fetch(callId: string): void {
    if (this.#stopped || this.#answersDue > 0) return;
    const { operations, timers } = this.#ports;
    let last: EarshotError | undefined;
    const attempt = async (): Promise<boolean> => {
      try {
        const { call, receipt } = await operations.get({ callId });
        last = undefined;
        if (call.state !== 'ended') return false;
        const { endReason, connectedAt } = call;
        this.#tell({ call, endReason, ...(connectedAt !== null && { receipt }) });
      } catch (fault) {
        last = toEarshotError(fault);
        if (isPassing(last)) return false;
        this.#tell({ error: last });
      }
      return true;
    };
    this.#stop ??= tryAgain(timers, { attempt, onGivenUp: () => this.#tell({ error: last }) });
  }

  /** It is there, or nobody wants it any more. */
  stop(): void {
    this.#stopped = true;
    this.#stop?.();
  }

  #tell(change: Partial<CallState>): void {
    if (!this.#stopped) this.#onEnded(change);
  }
}
