/** The country of a phone number. */

/**
 * @param phone E.164
 * @returns two letters (ISO 3166); null for numbers of no country (satellites, international freephone) and for those
 *   that no plan knows
 */
export async function phoneCountry(phone: string): Promise<string | null> {
  // The plans of all countries are large, and only sign-in needs them.
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  return parsePhoneNumberFromString(phone)?.country ?? null;
}
