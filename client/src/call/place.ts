/** The place of this person in a call, as far as this app has had it. */
import type { KeptSeat } from '../seatMemory.ts';
import type { Place } from './media.ts';

export class OwnPlace implements Place {
  readonly #keep: (seat: KeptSeat | undefined) => void;
  #callId = '';
  #number: number | undefined;

  /** @param number under which this app has taken it before, as in `Place` */
  constructor(keep: (seat: KeptSeat | undefined) => void, number: number | undefined) {
    this.#keep = keep;
    this.#number = number;
  }

  get number(): number | undefined {
    return this.#number;
  }

  /** This app takes part in this call. @param number as in `Place`; as before if it is left out */
  has(callId: string, number = this.#number): void {
    this.#callId = callId;
    this.#number = number;
    this.#keep({ callId, place: number });
  }

  take(number: number): void {
    this.has(this.#callId, number);
  }

  /** Another app has it, also after a reload. */
  lose(): void {
    this.#keep(undefined);
  }
}
