/** What the scenes of the demo share. */
import type { Control } from '../phone/control.ts';
import type { Phone } from '../phone/phone.ts';
import type { Live } from './live.ts';
import type { Timeline } from './timeline.ts';

/** What every scene needs. */
export interface Stage {
  readonly control: Control;
  readonly timeline: Timeline;
  readonly caller: Phone;
  readonly listener: Phone;
  readonly operator: Phone;
  /** Follows something until the demo is over. */
  readonly watch: <T>(live: Live<T>) => Live<T>;
  close(): Promise<void>;
}
