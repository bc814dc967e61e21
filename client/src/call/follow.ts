/** Following one call: live where there is Firestore, else by asking again and again. */
import type { Call, CallsOperations, Receipt } from '../api/index.ts';
import { toEarshotError, type EarshotError } from '../error.ts';
import type { OnError } from '../live/live.ts';
import type { Stop, Timers } from '../ports.ts';

/** Without live documents: how old what one sees may be. */
const POLL_MS = 2000;
/** A live document that was refused is asked for again, because a refusal may pass, e.g. while a session is renewed. */
const REOPEN_MS = 3000;

export interface FollowPorts {
  readonly callId: string;
  readonly operations: Pick<CallsOperations, 'get'>;
  /** Undefined where there is no Firestore. */
  readonly watch: ((onChange: (call: Call | undefined) => void, onError: OnError) => Stop) | undefined;
  readonly timers: Timers;
  /** Each time the call has changed; the same call may come twice. With its receipt where the backend was asked. */
  readonly onCall: (call: Call, receipt?: Receipt) => void;
  /** The backend was asked in vain; undefined once it answers. */
  readonly onFault: (error: EarshotError | undefined) => void;
}

export class Following {
  readonly #ports: FollowPorts;
  #stop: Stop = () => undefined;
  #stopped = false;
  #refreshing: Promise<void> | undefined;

  constructor(ports: FollowPorts) {
    this.#ports = ports;
  }

  open(): void {
    const { watch, timers } = this.#ports;
    if (watch === undefined) {
      void this.refresh();
      this.#stop = timers.every(POLL_MS, () => void this.refresh());
    } else this.#watch(watch);
  }

  /** Asks what the backend says of the call now. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  stop(): void {
    this.#stopped = true;
    this.#stop();
  }

  #watch(watch: NonNullable<FollowPorts['watch']>): void {
    if (this.#stopped) return;
    this.#stop = watch(
      (call) => {
        if (call === undefined) void this.refresh();
        else this.#ports.onCall(call);
      },
      () => {
        void this.refresh();
        this.#stop = this.#ports.timers.after(REOPEN_MS, () => this.#watch(watch));
      },
    );
    if (this.#stopped) this.#stop();
  }

  async #refreshOnce(): Promise<void> {
    const { callId, operations, onCall, onFault } = this.#ports;
    if (this.#stopped) return;
    try {
      const { call, receipt } = await operations.get({ callId });
      if (this.#stopped) return;
      onFault(undefined);
      onCall(call, receipt);
    } catch (fault) {
      if (!this.#stopped) onFault(toEarshotError(fault));
    }
  }
}
