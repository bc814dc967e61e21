/** Cards that a search can be tried on, beside those of seeded people: written with an administrator's rights. */
import type { Firestore } from '@google-cloud/firestore';
import type { cardOutput, searchContract } from '../../functions/src/listeners/contract.ts';
import { availabilityFields, type ListenerCard } from '../../functions/src/listeners/documents.ts';
import { cardOf } from '../../functions/src/testing/people.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';

export type Card = ReturnType<typeof cardOutput.parse>;
export type SearchAnswer = ReturnType<typeof searchContract.output.parse>;

const LANGUAGES = [['en'], ['hi'], ['en', 'hi'], ['ta', 'en'], ['kn']] as const;
const INTERESTS = [['music'], ['music', 'tarot'], [], ['cricket'], ['tarot', 'films', 'music']] as const;
const GENDERS = ['female', 'male', 'other'] as const;
const AVAILABILITIES = ['available', 'busy', 'offline', 'available'] as const;
const RATINGS = [5, 4.5, 4.5, 4.4, 4, 0, 3.9] as const;

/** The `index`th of something that repeats. */
function turn<T>(values: readonly T[], index: number): T {
  const value = values[index % values.length];
  if (value === undefined) throw new Error('there is nothing to choose from');
  return value;
}

/** Cards of all kinds: what they have repeats in periods that do not divide each other, or only seldom. */
export function variedCards(count: number): ListenerCard[] {
  return Array.from({ length: count }, (_, index) => {
    const languages = [...turn(LANGUAGES, index)];
    return cardOf(`card-${String((index * 37) % 1000).padStart(3, '0')}`, {
      languages,
      languageKeys: Object.fromEntries(languages.map((language) => [language, true as const])),
      interests: [...turn(INTERESTS, Math.floor(index / 2))],
      gender: turn(GENDERS, index),
      age: 18 + ((index * 11) % 40),
      rating: turn(RATINGS, index),
      ...availabilityFields(turn(AVAILABILITIES, Math.floor(index / 3))),
    });
  });
}

/** Writes them, at most 500. */
export async function writeCards(admin: Firestore, cards: readonly ListenerCard[]): Promise<void> {
  const batch = admin.batch();
  for (const card of cards) batch.set(admin.doc(`listeners/${card.listenerId}`), card);
  await batch.commit();
}

/** Best first; ties by id, descending too. */
export function inOrder(cards: readonly ListenerCard[]): string[] {
  const later = (a: string, b: string) => (a < b ? 1 : -1);
  return cards
    .toSorted((a, b) => b.rating - a.rating || later(a.listenerId, b.listenerId))
    .map(({ listenerId }) => listenerId);
}

export async function search(
  phone: Phone,
  wishes: Readonly<Record<string, unknown>> = {},
): Promise<SearchAnswer> {
  return phone.earshot.listeners.search(wishes);
}

/** The ids of every page until the end, page by page. */
export async function pagesOf(phone: Phone, wishes: Readonly<Record<string, unknown>>): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const answer: SearchAnswer = await search(phone, { ...wishes, ...(cursor !== null && { cursor }) });
    pages.push(answer.items.map(({ listenerId }) => listenerId));
    cursor = answer.nextCursor;
  } while (cursor !== null);
  return pages;
}
