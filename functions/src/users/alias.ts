/** The masked identity that is shown instead of a name: `OTO#` and digits, each given once and never again. */
import type { Ids } from '../platform/ids.ts';

/** Digits of the candidates. Long ones are drawn only to be there when the shorter ones are used up. */
const LENGTHS = [5, 7, 9];

/** Aliases to choose from, in order of preference. Random, so that an alias does not tell how old an account is. */
export function drawAliases(ids: Pick<Ids, 'integer'>): string[] {
  return LENGTHS.map((digits) => {
    const least = 10 ** (digits - 1);
    return `OTO#${least + ids.integer(9 * least) - 1}`;
  });
}

/** @returns the id of the document that keeps the alias; `#` would have to be escaped in addresses */
export function aliasId(alias: string): string {
  return alias.replace('#', '-');
}
