/** A person's age, derived from the date of birth. */

/**
 * @param dateOfBirth `YYYY-MM-DD`
 * @param now an instant; days begin at midnight UTC everywhere, so that one person has one age
 * @returns whole years; on 1 March for somebody born on 29 February, in years that have none
 */
export function ageOn(dateOfBirth: string, now: Date): number {
  const [year = 0, month = 0, day = 0] = dateOfBirth.split('-').map(Number);
  const thisMonth = now.getUTCMonth() + 1;
  const hadBirthday = thisMonth > month || (thisMonth === month && now.getUTCDate() >= day);
  return now.getUTCFullYear() - year - (hadBirthday ? 0 : 1);
}
