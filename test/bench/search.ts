/** A search among ten thousand cards, beside the same query and the same two documents read bare. */
import { FieldPath, type Firestore, type Query } from '@google-cloud/firestore';
import { searchContract } from '../../functions/src/listeners/contract.ts';
import { listenerCounts } from '../../functions/src/listeners/counts.ts';
import { availabilityFields, type ListenerCard } from '../../functions/src/listeners/documents.ts';
import { planSearch, type SearchInput } from '../../functions/src/listeners/queries.ts';
import { searchListeners } from '../../functions/src/listeners/searchListeners.ts';
import { Meter } from '../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import { cardOf } from '../../functions/src/testing/people.ts';
import { users } from '../../functions/src/users/documents.ts';
import { byRatio, median, timedMs, type Figure } from './figures.ts';
import { actorOf, benchPorts } from './world.ts';

const CARDS = 10_000;
const CARDS_A_COMMIT = 500;
/** At p50, against the same reads bare. */
const RATIO_LIMIT = 1.5;

/** Each finds something; what people look for, from everything to the narrow. */
const WISHES = [
  {},
  { availableOnly: true },
  { availableOnly: true, language: 'hi' },
  { onlineOnly: true, language: 'en', gender: 'female' },
  { interests: ['music', 'tarot'], minRating: 4 },
] as const;

const LANGUAGES = [['en'], ['hi'], ['en', 'hi'], ['ta', 'en'], ['kn']] as const;
const INTERESTS = [['music'], ['music', 'tarot'], [], ['cricket'], ['tarot', 'films', 'music']] as const;
const GENDERS = ['female', 'male', 'other'] as const;
const AVAILABILITIES = ['available', 'busy', 'offline', 'offline'] as const;

/** The `index`th of something that repeats. */
function turn<T>(values: readonly [T, ...T[]], index: number): T {
  return values[index % values.length] ?? values[0];
}

function card(index: number): ListenerCard {
  const languages = [...turn<readonly string[]>(LANGUAGES, index)];
  return cardOf(`bench-card-${String((index * 7919) % CARDS).padStart(5, '0')}`, {
    languages,
    languageKeys: Object.fromEntries(languages.map((language) => [language, true as const])),
    interests: [...turn<readonly string[]>(INTERESTS, Math.floor(index / 2))],
    gender: turn(GENDERS, index),
    age: 18 + ((index * 11) % 40),
    bio: 'Listens to whatever there is to be told.',
    rating: (index % 41) / 8,
    ratingCount: index % 300,
    ...availabilityFields(turn(AVAILABILITIES, Math.floor(index / 3))),
  });
}

/** Writes the cards, which nobody owns: only their owner's document is missing, and no search reads it. */
export async function writeCards(db: Firestore): Promise<void> {
  for (let at = 0; at < CARDS; at += CARDS_A_COMMIT) {
    const batch = db.batch();
    for (let index = at; index < at + CARDS_A_COMMIT; index += 1) {
      const data = card(index);
      batch.set(db.doc(`listeners/${data.listenerId}`), data);
    }
    await batch.commit();
  }
}

/** The same query in the client's own words. */
function bareQuery(db: Firestore, input: SearchInput): Query {
  const { query, values } = planSearch(input).run;
  let built: Query = db.collection('listeners');
  for (const [index, { field, op }] of query.filters.entries()) built = built.where(field, op, values[index]);
  // One more than the page, to know whether there is a next one.
  return built
    .orderBy('rating', 'desc')
    .orderBy(FieldPath.documentId(), 'desc')
    .limit(input.limit + 1);
}

/**
 * @param uid somebody who searches
 * @param rounds of one search for each wish
 */
export async function measureSearch(db: Firestore, uid: string, rounds: number): Promise<Figure> {
  const ports = benchPorts(new FirestoreStore(db, new Meter()));
  const ours: number[] = [];
  const bare: number[] = [];
  const both = async (input: SearchInput, oursFirst: boolean): Promise<readonly [number, number]> => {
    const search = async () => timedMs(async () => searchListeners(ports, actorOf(uid), input));
    const read = async () =>
      timedMs(async () =>
        Promise.all([
          bareQuery(db, input).get(),
          db.getAll(db.doc(users.doc(uid).path), db.doc(listenerCounts.path)),
        ]),
      );
    if (oursFirst) return [await search(), await read()];
    const second = await read();
    return [await search(), second];
  };
  const round = async (index: number): Promise<void> => {
    for (const wish of WISHES) {
      const [mine, plain] = await both(searchContract.input.parse(wish), index % 2 === 0);
      // The first search of a minute counts the cards, and the client opens its connection.
      if (index === 0) continue;
      ours.push(mine);
      bare.push(plain);
    }
  };
  for (let index = 0; index <= rounds; index += 1) await round(index);
  const measured = { name: `search of ${CARDS} cards`, value: median(ours), unit: 'ms p50' };
  return byRatio(measured, median(bare), RATIO_LIMIT);
}
