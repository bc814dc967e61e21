/** The caller's side of a first call. `npm run demo` runs this file as it stands. */
// In an app this is '@earshot/client'.
import { isRefusal, type ActiveCall, type CallState, type Earshot } from '../../client/src/index.ts';

/** What a screen does with a call. */
export interface Screen {
  show(state: CallState, secondsLeft?: number): void;
  offerCoins(requiredCoins: number): void;
}

/**
 * Rings a listener and talks when they accept.
 * @returns the connected call
 * @throws EarshotError with what the backend refuses, also when the call was declined or not answered
 */
export async function firstCall(earshot: Earshot, calleeId: string, screen: Screen): Promise<ActiveCall> {
  const call = earshot.call({ calleeId, type: 'audio' }); // Asks for the microphone, then rings.
  call.onChange((state) => screen.show(state, call.timeLeft()?.secondsLeft));
  try {
    await call.until('ongoing'); // Accepted and joined: from here on it beats and renews its token by itself.
  } catch (error) {
    if (isRefusal(error, 'INSUFFICIENT_COINS')) screen.offerCoins(error.details.requiredCoins);
    throw error; // Also when it was declined, or nobody answered.
  }
  return call; // `call.mute(true)`, `call.end()`, `call.state.receipt`
}
