/** What may be a username, and when two of them are the same. Pure. */

const SHORTEST = 3;
const LONGEST = 30;

/** Letters of any script with the signs that belong to them, and digits, in words that one separator joins. */
const WORDS = /^[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}]*(?:[._-][\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}]*)*$/u;
const SEPARATORS = /[._-]/gu;
const DIGITS = /\p{Nd}/gu;
/** Of any script, but here all of one, so that a number can be told by its first digit. */
const RUN = /\p{Nd}+/gu;
/** A mobile number of India, or a number of North America with its code, as people write them to be called on. */
const PHONE_LIKE = /^(?:(?:0{0,2}91|0)?[6-9]\d{9}|0{0,2}1[2-9]\d{9})$/u;
/** Some letters of Unicode show as nothing at all; with them two names could look the same. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** Marks piled on one letter run into the lines above and below. */
const PILE = /\p{M}{4}/u;
/** Alphabets that share the shapes of many letters. */
const LOOKALIKES = [/\p{Script=Latin}/u, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u];

/** Who has such a name speaks for the operator, or seems to. */
const RESERVED = new Set([
  'admin',
  'administrator',
  'administration',
  'anonymous',
  'deleted',
  'earshot',
  'help',
  'helpdesk',
  'moderator',
  'mod',
  'null',
  'official',
  'operator',
  'otp',
  'oto',
  'owner',
  'payment',
  'payments',
  'root',
  'security',
  'staff',
  'superuser',
  'support',
  'system',
  'team',
  'undefined',
  'verification',
  'verified',
]);

/** A username as it is shown, and the form by which two names are compared. */
export interface Username {
  readonly shown: string;
  /** NFKC without case and separators; fit for a document id. */
  readonly key: string;
}

/** So many last digits of a number are its owner's, whatever country it belongs to. */
const OWN_DIGITS = 7;

/**
 * @param phone E.164, of whoever wants the name: no part of it may be told
 * @returns the name, or `problem`: a sentence that says what is wrong with it
 */
export function readUsername(text: string, phone: string | null): Username | { readonly problem: string } {
  const shown = text.toWellFormed().trim().normalize('NFKC');
  const key = comparableName(shown);
  const problem = problemOf(shown, key, phone);
  return problem === undefined ? { shown, key } : { problem };
}

/** Upper case first, because some letters have several lower ones. */
function comparableName(shown: string): string {
  return shown.replaceAll(SEPARATORS, '').toUpperCase().toLowerCase().normalize('NFKC');
}

function problemOf(shown: string, key: string, phone: string | null): string | undefined {
  // Code points and not units: a letter outside of the basic plane is one character to its owner.
  const { length } = Array.from(shown);
  if (length < SHORTEST || length > LONGEST) return `must have ${SHORTEST} to ${LONGEST} characters`;
  if (INVISIBLE.test(shown) || PILE.test(shown) || !WORDS.test(shown))
    return 'may have letters, digits, and single . _ - between them';
  if (!/\p{L}/u.test(shown)) return 'must have a letter';
  // Separators do not make a phone number less of one.
  if (holdsPhone(key, phone)) return 'must not look like a phone number';
  if (LOOKALIKES.filter((script) => script.test(shown)).length > 1) return 'must not mix alphabets';
  if (isReserved(shown, key)) return 'is reserved';
  return undefined;
}

/** Other digits, be they a year, a moment or a random id, say nothing of their owner. */
function holdsPhone(key: string, phone: string | null): boolean {
  const runs = (key.match(RUN) ?? []).map((run) => run.replaceAll(DIGITS, digitValue));
  const own = phone?.slice(-OWN_DIGITS);
  return runs.some((run) => PHONE_LIKE.test(run) || (own !== undefined && run.includes(own)));
}

/** Every script has its ten digits in a row, and no two rows touch but the five of mathematics, which NFKC has replaced. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

/** The name as a whole, or one of its words; digits around it change nothing. */
function isReserved(shown: string, key: string): boolean {
  return [key, ...shown.split(SEPARATORS).map(comparableName)].some((word) =>
    RESERVED.has(word.replaceAll(DIGITS, '')),
  );
}
