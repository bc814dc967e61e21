/** What may be a date of birth. */

/** Older than anybody has been known to live by little. */
const OLDEST_YEARS = 120;

/**
 * @param dateOfBirth `YYYY-MM-DD`, a day that exists
 * @returns a sentence that says what is wrong with it; undefined when somebody may have been born then
 */
export function birthDateProblem(dateOfBirth: string, now: Date): string | undefined {
  const today = now.toISOString().slice(0, 10);
  const oldest = `${now.getUTCFullYear() - OLDEST_YEARS}${today.slice(4)}`;
  // Written like this, dates are in the order of their letters.
  if (dateOfBirth > today) return 'lies in the future';
  if (dateOfBirth < oldest) return `is more than ${OLDEST_YEARS} years ago`;
  return undefined;
}
