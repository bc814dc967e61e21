/** What one send to several devices has come to: who took it, whose app is gone, whether to try again. */

/**
 * `gone`: the token belongs to no installed app any more. `doubtful`: either the token is wrong or all of the message
 * or project is, the code does not say which. `failed`: another try may help.
 */
export type Outcome = 'taken' | 'gone' | 'doubtful' | 'failed';

const GONE = new Set(['messaging/registration-token-not-registered']);

/**
 * An invalid argument may be the token or the message; a mismatched credential may be a token of another project, but
 * firebase-admin says the same when the server lacks the permission to send at all. One mistake in the deployment
 * must not cost everybody their devices.
 */
const DOUBTFUL = new Set([
  'messaging/invalid-argument',
  'messaging/invalid-registration-token',
  'messaging/mismatched-credential',
]);

/** @param code of firebase-admin's error for one device; undefined when it took the message */
export function outcomeOf(code: string | undefined): Outcome {
  if (code === undefined) return 'taken';
  if (GONE.has(code)) return 'gone';
  return DOUBTFUL.has(code) ? 'doubtful' : 'failed';
}

/**
 * A message that one device took was good, and the right to send it was there: then what is doubtful lies with the
 * token. A message that nobody took is tried again if that may help. One that somebody took is not: those would get it
 * twice, a call rings where it can, and firebase-admin has tried again already where the provider was busy.
 * @param outcomes one for each device, in the same order
 * @returns the devices that are gone
 * @throws when nobody took it and another try may help
 */
export function settle<T>(devices: readonly T[], outcomes: readonly Outcome[]): T[] {
  const good = outcomes.includes('taken');
  if (!good && outcomes.includes('failed')) throw new Error('no push was taken');
  return devices.filter((_, index) => outcomes[index] === 'gone' || (good && outcomes[index] === 'doubtful'));
}
