/** Who is found: every filter, alone and together, compared with looking at each card. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ListenerCard } from '../../functions/src/listeners/documents.ts';
import { LANGUAGE_CODES, LANGUAGES } from '../../functions/src/users/languages.ts';
import { adminOf, sendJson } from './helpers.ts';
import { inOrder, pagesOf, search, variedCards, writeCards, type SearchAnswer } from './cardsOfTests.ts';
import { expectRefusal, useStack, type SignedIn } from './support.ts';

const stack = useStack();
const cards = variedCards(60);
let caller: SignedIn;

beforeAll(async () => {
  [caller] = (await stack.people({ listeners: 0, callers: 1, coins: 0 })) as [SignedIn];
  await writeCards(adminOf(stack), cards);
});

interface Wishes {
  readonly onlineOnly?: boolean;
  readonly availableOnly?: boolean;
  readonly language?: string;
  readonly gender?: string;
  readonly interests?: readonly string[];
  readonly minRating?: number;
  readonly ageMin?: number;
  readonly ageMax?: number;
}

/** Looks at each card. Languages are given as codes here. */
function wanted(wishes: Wishes): (card: ListenerCard) => boolean {
  const { language, gender, interests = [], minRating = 0, ageMin = 0, ageMax = 150 } = wishes;
  return (card) =>
    (wishes.onlineOnly !== true || card.availability !== 'offline') &&
    (wishes.availableOnly !== true || card.availability === 'available') &&
    (language === undefined || card.languages.includes(language)) &&
    (gender === undefined || card.gender === gender) &&
    (interests.length === 0 || interests.some((interest) => card.interests.includes(interest))) &&
    card.rating >= minRating &&
    card.age >= ageMin &&
    card.age <= ageMax;
}

async function expectFound(wishes: Wishes): Promise<void> {
  const found = (await pagesOf(caller, { ...wishes, limit: 100 })).flat();
  expect({ wishes, found }).toEqual({ wishes, found: inOrder(cards.filter(wanted(wishes))) });
}

const ALONE: readonly Wishes[] = [
  {},
  { onlineOnly: true },
  { onlineOnly: false },
  { availableOnly: true },
  { availableOnly: true, onlineOnly: false },
  { gender: 'female' },
  { gender: 'other' },
  { interests: ['music'] },
  { interests: ['films', 'cricket', 'nothing at all'] },
  { interests: [] },
  { minRating: 0 },
  { minRating: 4.5 },
  { minRating: 4.41 },
  { minRating: 5 },
  { ageMin: 30 },
  { ageMax: 30 },
  { ageMin: 25, ageMax: 35 },
  { ageMin: 29, ageMax: 29 },
  { ageMin: 150 },
];

describe('a filter', () => {
  it.each(ALONE)('alone: %j', async (wishes) => expectFound(wishes));

  it.each(LANGUAGE_CODES)('by the language %s takes its code and its name, in any case', async (code) => {
    await expectFound({ language: code });
    const ids = await pagesOf(caller, { language: code, limit: 100 });
    for (const language of [LANGUAGES[code], LANGUAGES[code].toUpperCase(), ` ${code.toUpperCase()} `])
      expect(await pagesOf(caller, { language, limit: 100 })).toEqual(ids);
  });

  it('by interests takes them in any case, and up to ten', async () => {
    const ids = await pagesOf(caller, { interests: ['music', 'tarot'], limit: 100 });
    expect(await pagesOf(caller, { interests: [' Music', 'TAROT', 'music'], limit: 100 })).toEqual(ids);
    const many = Array.from({ length: 11 }, (_, index) => `interest ${index}`);
    expect((await search(caller, { interests: many.slice(1) })).items).toEqual([]);
    await expectRefusal(search(caller, { interests: many }), 'INVALID_INPUT');
  });

  it('by age has bounds that fit together', async () => {
    const details = { issues: [{ path: 'ageMax', message: 'less than ageMin' }] };
    await expectRefusal(search(caller, { ageMin: 31, ageMax: 30 }), 'INVALID_INPUT', details);
    expect((await search(caller, { ageMin: 30, ageMax: 30 })).nextCursor).toBeNull();
  });
});

/** Every combination that makes another query, or looks at something after it. */
function combinations(): Wishes[] {
  let all: Wishes[] = [{}];
  for (const values of [
    [{}, { onlineOnly: true }, { availableOnly: true }, { onlineOnly: true, availableOnly: true }],
    [{}, { language: 'en' }],
    [{}, { gender: 'female' }],
    [{}, { interests: ['music', 'cricket'] }],
    [{}, { minRating: 4.4 }],
    [{}, { ageMin: 22, ageMax: 45 }],
  ] satisfies Wishes[][])
    all = all.flatMap((wishes) => values.map((value) => ({ ...wishes, ...value })));
  return all;
}

describe('filters together', () => {
  const byReach = Map.groupBy(combinations(), ({ onlineOnly, availableOnly }) =>
    [onlineOnly === true && 'online', availableOnly === true && 'available'].filter(Boolean).join(', '),
  );
  it.each([...byReach])(
    'of listeners who are %j find what each card says',
    async (_reach, all) => {
      expect(all).toHaveLength(32);
      for (const wishes of all) await expectFound(wishes);
    },
    60_000,
  );
});

describe('over REST', () => {
  it('the query says the same', async () => {
    const query =
      'language=hindi&gender=male&interests=music,tarot&minRating=4&availableOnly=false&limit=100';
    const answer = await sendJson(stack, `api/v1/listeners?${query}`, {
      method: 'GET',
      token: await caller.idToken(),
    });
    const wishes = { language: 'hi', gender: 'male', interests: ['music', 'tarot'], minRating: 4 };
    expect(answer.status).toBe(200);
    expect((answer.body as SearchAnswer).items.map(({ listenerId }) => listenerId)).toEqual(
      inOrder(cards.filter(wanted(wishes))),
    );
  });
});
