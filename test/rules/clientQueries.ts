/** The queries that apps make themselves, with the client SDK. The code declares its own in its documents modules. */
import { calls } from '../../functions/src/calls/documents.ts';
import { entries } from '../../functions/src/ledger/documents.ts';
import { listenerCards } from '../../functions/src/listeners/documents.ts';
import { LANGUAGE_CODES } from '../../functions/src/users/languages.ts';
import type {
  Collection,
  DeclaredFilter,
  DeclaredOrder,
  DeclaredQuery,
  DocumentData,
} from '../../functions/src/platform/store/collection.ts';

/** The longest page that the rules grant. */
export const PAGE = 50;

export interface ClientQuery {
  readonly query: DeclaredQuery;
  /** The collection's path and the values of the filters, for the one who asks. */
  readonly run: (uid: string) => { readonly path: string; readonly values: readonly unknown[] };
}

type Run = ClientQuery['run'];
const equal = (field: string): DeclaredFilter => ({ field, op: '==' });
const descending = (field: string): DeclaredOrder => ({ field, direction: 'desc' });

function clientQuery<T extends DocumentData>(
  name: string,
  collection: Collection<T>,
  parts: Pick<DeclaredQuery, 'filters' | 'orderBy'>,
  run: Run,
): ClientQuery {
  return { query: { name, collection, scope: 'collection', ...parts }, run };
}

/** Cards come best first. Ties are broken by id, descending too: Firestore takes the direction of the last order. */
function cards(name: string, fields: readonly string[], values: readonly unknown[]): ClientQuery {
  const parts = { filters: fields.map(equal), orderBy: [descending('rating')] };
  return clientQuery(name, listenerCards, parts, () => ({ path: 'listeners', values }));
}

const ownCalls: readonly ClientQuery[] = [
  clientQuery(
    'ringing calls',
    calls,
    { filters: [equal('calleeId'), equal('state')], orderBy: [] },
    (uid) => ({ path: 'calls', values: [uid, 'ringing'] }),
  ),
  ...['callerId', 'calleeId'].map((field) =>
    clientQuery(
      `calls by ${field}`,
      calls,
      { filters: [equal(field)], orderBy: [descending('createdAt')] },
      (uid) => ({ path: 'calls', values: [uid] }),
    ),
  ),
];

const ownEntries = clientQuery(
  'own entries',
  entries,
  { filters: [], orderBy: [descending('createdAt')] },
  (uid) => ({ path: `wallets/${uid}/entries`, values: [] }),
);

export const clientQueries: readonly ClientQuery[] = [
  ...ownCalls,
  ownEntries,
  cards('cards', [], []),
  cards('cards by availability', ['availability'], ['available']),
  ...LANGUAGE_CODES.flatMap((language) => [
    cards(`cards in ${language}`, [`languageKeys.${language}`], [true]),
    cards(
      `cards by availability in ${language}`,
      ['availability', `languageKeys.${language}`],
      ['available', true],
    ),
  ]),
];
