/** This device's accept of a call: one request, however often it has to be sent. */
import type { CallsOperations, Media } from '../api/index.ts';
import { isPassing, toEarshotError } from '../error.ts';
import type { Stop, Timers } from '../ports.ts';
import { newUuid } from '../random.ts';
import { tryAgain } from './tryAgain.ts';

/** `lost`: no answer came, so that it may have been granted all the same. */
type AcceptState = 'none' | 'sent' | 'lost' | 'granted';

export class Accept {
  readonly #operations: Pick<CallsOperations, 'accept'>;
  readonly #timers: Timers;
  /** Kept, so that an accept whose answer was lost can be repeated. */
  readonly #requestId = newUuid();
  #state: AcceptState = 'none';
  #media: Media | undefined;
  #firstSentMs: number | undefined;
  #repeating: Stop | undefined;

  constructor(operations: Pick<CallsOperations, 'accept'>, timers: Timers) {
    this.#operations = operations;
    this.#timers = timers;
  }

  get state(): AcceptState {
    return this.#state;
  }

  /** How to join, once it is granted. */
  get media(): Media | undefined {
    return this.#media;
  }

  /** The device's time before it was first sent, in milliseconds: whichever try came through, it came later. */
  get firstSentMs(): number {
    return this.#firstSentMs ?? this.#timers.nowMs();
  }

  /** Sends it, or sends it again. @throws EarshotError INVALID_TRANSITION, or what came instead of an answer */
  async send(callId: string): Promise<void> {
    this.#firstSentMs ??= this.#timers.nowMs();
    this.#move('sent');
    try {
      const { media } = await this.#operations.accept({ callId, requestId: this.#requestId });
      this.#media = media;
      this.#move('granted');
    } catch (fault) {
      const error = toEarshotError(fault);
      this.#move(isPassing(error) ? 'lost' : 'none');
      throw error;
    }
  }

  /**
   * Repeats a lost one until there is an answer: only that tells whether it came through, or another device of this
   * person has taken the call.
   * @param take sends it, and does what the answer means
   */
  repeat(take: () => Promise<void>): void {
    const attempt = async (): Promise<boolean> => {
      try {
        await take();
      } catch (fault) {
        if (isPassing(toEarshotError(fault))) return false;
      }
      this.#repeating = undefined;
      return true;
    };
    const onGivenUp = (): void => {
      this.#repeating = undefined;
    };
    this.#repeating ??= tryAgain(this.#timers, { attempt, onGivenUp });
  }

  /** Nobody wants an answer any more. */
  stop(): void {
    this.#repeating?.();
  }

  /** Two tries may be on their way; what one of them was granted stays so. */
  #move(state: AcceptState): void {
    if (this.#state !== 'granted') this.#state = state;
  }
}
