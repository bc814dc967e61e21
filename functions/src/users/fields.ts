/** The inputs of a profile, shared by every operation that takes them. */
import { z } from 'zod';
import { languageCode, type LanguageCode } from './languages.ts';

const MOST_INTERESTS = 10;

/** One line of text; half a character that a cut emoji leaves is replaced, because no store can keep it. */
const line = (most: number) =>
  z
    .string()
    .max(most)
    .overwrite((text) => text.toWellFormed().trim());

export const bioInput = line(500);
export const fullNameInput = line(100).min(1);
export const locationInput = line(100);

/** At least one, each once, as codes; names are understood as well. */
export const languagesInput = z
  .array(z.string().max(40))
  .min(1)
  .max(10)
  .transform((given, context): LanguageCode[] => {
    const codes = given.map(languageCode);
    codes.forEach((code, index) => {
      if (code === undefined)
        context.addIssue({ code: 'custom', path: [index], message: 'not one of the languages of this app' });
    });
    return [...new Set(codes)].filter((code) => code !== undefined);
  });

/** Lower case, each once: so that they can be searched for. */
export const interestsInput = z
  .array(line(30).min(1))
  .max(MOST_INTERESTS)
  .transform((given) => [...new Set(given.map((interest) => interest.toLowerCase()))]);

export const callTypesInput = z
  .array(z.enum(['audio', 'video']))
  .min(1)
  .max(2)
  .transform((given) => [...new Set(given)]);
