/** The languages that people can name, and that a list of cards can be filtered by. */

/**
 * Each costs one index, because the language is part of the field's name: that is the price of filtering by language
 * and interests at once, as a query takes only one array filter. Codes of ISO 639-1, with their English names.
 */
export const LANGUAGES = {
  en: 'english',
  hi: 'hindi',
  ta: 'tamil',
  te: 'telugu',
  kn: 'kannada',
  ml: 'malayalam',
  bn: 'bengali',
  mr: 'marathi',
  gu: 'gujarati',
  pa: 'punjabi',
} as const;
export type LanguageCode = keyof typeof LANGUAGES;

export const LANGUAGE_CODES = Object.keys(LANGUAGES) as readonly LanguageCode[];

/** @returns the code of a language given by code or English name, in any case; undefined for an unknown one */
export function languageCode(text: string): LanguageCode | undefined {
  const wanted = text.trim().toLowerCase();
  return LANGUAGE_CODES.find((code) => code === wanted || LANGUAGES[code] === wanted);
}
