/** The queries over cards, as data: each combination of filters that a search can have, and what it cannot filter. */
import type { z } from 'zod';
import { defineQuery, type DeclaredFilter, type DeclaredQuery } from '../platform/store/collection.ts';
import type { searchContract } from './contract.ts';
import { listenerCards, type ListenerCard } from './documents.ts';
import { LANGUAGE_CODES, type LanguageCode } from '../users/languages.ts';

export type SearchInput = z.output<typeof searchContract.input>;

/** Every card, by id. */
export const allCards = defineQuery({
  name: 'cards',
  collection: listenerCards,
  scope: 'collection',
  filters: [],
  orderBy: [],
});

export const cardsByAvailability = defineQuery({
  name: 'cards by availability',
  collection: listenerCards,
  scope: 'collection',
  filters: [{ field: 'availability', op: '==' }],
  orderBy: [],
});

/** Which listeners are asked for. Whoever is available is online too, so the narrower wish is enough. */
type Reach = 'all' | 'online' | 'available';
/**
 * What else goes into the query. Interests need one index of all fields of their query, for each language and reach;
 * with gender these would be twice as many, so a search for interests looks at the gender afterwards.
 */
type Detail = 'nothing' | 'gender' | 'interests';

const REACHES: readonly Reach[] = ['all', 'online', 'available'];
const DETAILS: readonly Detail[] = ['nothing', 'gender', 'interests'];

interface Shape {
  readonly reach: Reach;
  readonly language: LanguageCode | undefined;
  readonly detail: Detail;
}

const REACH_FILTERS: Readonly<Record<Reach, readonly DeclaredFilter[]>> = {
  all: [],
  online: [{ field: 'online', op: '==' }],
  available: [{ field: 'availability', op: '==' }],
};
const DETAIL_FILTERS: Readonly<Record<Detail, readonly DeclaredFilter[]>> = {
  nothing: [],
  gender: [{ field: 'gender', op: '==' }],
  interests: [{ field: 'interests', op: 'array-contains-any' }],
};

function nameOf({ reach, language, detail }: Shape): string {
  return `search ${reach} by ${language ?? 'no language'} and ${detail}`;
}

function declare(shape: Shape): DeclaredQuery<ListenerCard> {
  const { reach, language, detail } = shape;
  return defineQuery({
    name: nameOf(shape),
    collection: listenerCards,
    scope: 'collection',
    filters: [
      ...REACH_FILTERS[reach],
      ...(language === undefined ? [] : [{ field: `languageKeys.${language}`, op: '==' } as const]),
      ...DETAIL_FILTERS[detail],
      { field: 'rating', op: '>=' },
    ],
    orderBy: [{ field: 'rating', direction: 'desc' }],
  });
}

const searches: ReadonlyMap<string, DeclaredQuery<ListenerCard>> = new Map(
  REACHES.flatMap((reach) =>
    [undefined, ...LANGUAGE_CODES].flatMap((language) =>
      DETAILS.map((detail) => {
        const query = declare({ reach, language, detail });
        return [query.name, query] as const;
      }),
    ),
  ),
);

/** How a search is run: the query with its values, and what has to be looked at afterwards. */
export interface SearchPlan {
  readonly run: {
    readonly query: DeclaredQuery<ListenerCard>;
    readonly parentIds: readonly string[];
    readonly values: readonly unknown[];
  };
  /** Whether a card that the query has found is one that was asked for; undefined where the query decides all. */
  readonly keep: ((card: ListenerCard) => boolean) | undefined;
}

/** Puts as much of a search into a query as the indexes carry. */
export function planSearch(input: SearchInput): SearchPlan {
  const shape = { reach: reachOf(input), language: input.language, detail: detailOf(input) };
  const query = searches.get(nameOf(shape));
  if (query === undefined) throw new Error(`no query ${nameOf(shape)}`);
  const reachValues = { all: [], online: [true], available: ['available'] }[shape.reach];
  const detailValues = { nothing: [], gender: [input.gender], interests: [input.interests] }[shape.detail];
  const languageValues = shape.language === undefined ? [] : [true];
  const values = [...reachValues, ...languageValues, ...detailValues, input.minRating ?? 0];
  return { run: { query, parentIds: [], values }, keep: restOf(input, shape.detail) };
}

function reachOf({ availableOnly, onlineOnly }: SearchInput): Reach {
  if (availableOnly === true) return 'available';
  return onlineOnly === true ? 'online' : 'all';
}

/** An empty list of interests asks for none of them, which is no wish at all. */
function detailOf({ interests = [], gender }: SearchInput): Detail {
  if (interests.length > 0) return 'interests';
  return gender === undefined ? 'nothing' : 'gender';
}

function restOf({ gender, ageMin, ageMax }: SearchInput, detail: Detail): SearchPlan['keep'] {
  const wanted = detail === 'interests' ? gender : undefined;
  if (wanted === undefined && ageMin === undefined && ageMax === undefined) return undefined;
  return (card) =>
    (wanted === undefined || card.gender === wanted) &&
    card.age >= (ageMin ?? 0) &&
    card.age <= (ageMax ?? Infinity);
}
