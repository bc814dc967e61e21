/** Which calls leave nothing to look at on the phone of whoever was called. */
import type { CallState } from '../../../../client/src/index.ts';

/** What is said in passing of a call that goes by itself; `nothing` of one that its person has declined, here or elsewhere. */
export type Farewell = 'elsewhere' | 'missed' | 'nothing';

/** @returns undefined while the call is on, or where its end is shown */
export function farewellOf({
  phase,
  role,
  call,
  endReason,
  answeredElsewhere,
}: Pick<CallState, 'phase' | 'role' | 'call' | 'endReason' | 'answeredElsewhere'>): Farewell | undefined {
  if (phase !== 'ended') return undefined;
  if (answeredElsewhere) return 'elsewhere';
  if (role !== 'callee' || call?.acceptedAt != null || endReason === null) return undefined;
  return endReason === 'rejected' ? 'nothing' : 'missed';
}
