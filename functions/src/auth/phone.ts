/** Phone numbers as people write them. */
import { refuse } from '../platform/errors.ts';

/** Kinds of numbers that can take a message. In some countries a number does not tell which of the two it is. */
const REACHABLE: readonly (string | undefined)[] = ['MOBILE', 'FIXED_LINE_OR_MOBILE'];

/**
 * @param text in international form, however it is spaced
 * @returns E.164
 * @throws Refusal PHONE_INVALID for what is no number in use, and for numbers that take no message
 */
export async function normalisePhone(text: string): Promise<string> {
  // Loaded here: the tables of all countries take time and memory that no other operation should pay for.
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const parsed = parsePhoneNumberFromString(text.trim(), { extract: false });
  const usable =
    parsed?.isValid() === true && parsed.ext === undefined && REACHABLE.includes(parsed.getType());
  if (!usable) throw refuse('PHONE_INVALID');
  return parsed.number;
}
