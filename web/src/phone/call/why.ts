/** Which of the things known of a call that is over tells its person most. */
import type { CallState } from '../../../../client/src/index.ts';

export type Why = 'error' | 'open' | 'byYou' | 'byOther' | 'reason';

/** Ends that this phone brings about itself when it cannot take part. */
const GIVEN_UP: readonly CallState['endReason'][] = [null, 'cancelled', 'failed', 'connect_timeout'];

/**
 * @param hungUp whether the person has pressed a button to end it: then an error was of before, and nothing gave up
 * @returns `error` where the microphone or the connection of this phone made an end of it
 */
export function whyOf(
  { endReason, receipt, error, role }: Pick<CallState, 'endReason' | 'receipt' | 'error' | 'role'>,
  hungUp: boolean,
): Why {
  const own = receipt !== undefined && receipt.endedBy === role;
  const gaveUp = !hungUp && (GIVEN_UP.includes(endReason) || (endReason === 'completed' && own));
  if (gaveUp && error?.has('MEDIA_FAILED') === true) return 'error';
  if (endReason === null) return error === undefined ? 'open' : 'error';
  if (endReason !== 'completed' || receipt === undefined) return 'reason';
  return own ? 'byYou' : 'byOther';
}

/** What browsers call a microphone that was refused, is not there, or is held by another program. */
const DEVICE_FAULTS: ReadonlySet<unknown> = new Set([
  'NotAllowedError',
  'NotFoundError',
  'NotReadableError',
  'OverconstrainedError',
  'SecurityError',
]);

/** Whether it was the microphone or the camera that failed, and not the connection. */
export function isDeviceFault(fault: unknown): boolean {
  if (typeof fault !== 'object' || fault === null) return false;
  const { name, cause }: { readonly name?: unknown; readonly cause?: unknown } = fault;
  return DEVICE_FAULTS.has(name) || isDeviceFault(cause);
}
