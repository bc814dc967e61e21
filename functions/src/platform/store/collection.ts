/**
 * Collections and queries as plain data. A capability declares them in its documents.ts; both stores, the rules
 * tests and the index test read the same declarations.
 */
import { z } from 'zod';

/** What the store holds: plain data, with `Date` for instants. No Firestore type ever reaches a use case. */
export type DocumentData = Record<string, unknown>;

/** Accepts every document: for tools that look at the store without knowing what lies in it. */
export const anyDocument: z.ZodType<DocumentData> = z.looseObject({});

/** A place in the store whose content is parsed by `schema` on every read. */
export interface DocRef<T extends DocumentData = DocumentData> {
  /** Slash-separated path, e.g. `calls/abc/beats/u1`. */
  readonly path: string;
  readonly schema: z.ZodType<T>;
}

/** A family of documents with one schema. `pattern` is the path with `{}` for every id, e.g. `calls/{}/beats/{}`. */
export interface Collection<T extends DocumentData> {
  readonly pattern: string;
  /** The last collection segment, as collection-group queries name it, e.g. `beats`. */
  readonly group: string;
  readonly schema: z.ZodType<T>;
  /** @param ids one id for every `{}` of the pattern, in order. */
  doc(...ids: string[]): DocRef<T>;
}

/**
 * Declares a collection.
 * @param pattern the path of its documents, `{}` for each id
 * @param schema parses a stored document; it must be loose (`z.looseObject`), so that a field added by a newer
 *   version survives an older reader
 */
export function defineCollection<T extends DocumentData>(
  pattern: string,
  schema: z.ZodType<T>,
): Collection<T> {
  const parts = pattern.split('/');
  /** What stands between the ids. */
  const [before = '', ...behind] = pattern.split('{}');
  const holes = behind.length;
  const group = parts.at(-2);
  if (group === undefined || parts.length % 2 !== 0) throw new Error(`not a document path: ${pattern}`);
  return {
    pattern,
    group,
    schema,
    doc(...ids) {
      if (ids.length !== holes) throw new Error(`${pattern} takes ${holes} ids, got ${ids.length}`);
      let path = before;
      for (let index = 0; index < holes; index++) {
        const id = ids[index] ?? '';
        assertDocumentId(id);
        path += id + (behind[index] ?? '');
      }
      return { path, schema };
    },
  };
}

function assertDocumentId(id: string): void {
  if (id === '' || id.includes('/') || id === '.' || id === '..' || id.startsWith('__') || id.length > 256) {
    throw new Error('not a document id');
  }
}

export type FilterOp = '==' | '<' | '<=' | '>' | '>=' | 'in' | 'array-contains' | 'array-contains-any';

/** One filter of a declared query; the value comes with each use. */
export interface DeclaredFilter {
  readonly field: string;
  readonly op: FilterOp;
}

export interface DeclaredOrder {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

/** A query as data: which filters and orders it uses. `where` values are given at run time, in the same order. */
export interface DeclaredQuery<T extends DocumentData = DocumentData> {
  readonly name: string;
  readonly collection: Collection<T>;
  /** `group`: every collection of that name, wherever it lies. `collection`: one, under the parent ids given. */
  readonly scope: 'collection' | 'group';
  readonly filters: readonly DeclaredFilter[];
  readonly orderBy: readonly DeclaredOrder[];
}

/** One run of a declared query. */
export interface QueryRun<T extends DocumentData = DocumentData> {
  readonly query: DeclaredQuery<T>;
  /** Ids for the `{}` of the pattern before the last one; empty for group queries and root collections. */
  readonly parentIds: readonly string[];
  /** One value for each declared filter, in order. */
  readonly values: readonly unknown[];
  /** 1–500. */
  readonly limit: number;
  /** Start after this document, by its path and one value for each of `resultOrders(query)` (a decoded cursor). */
  readonly startAfter?: { readonly values: readonly unknown[]; readonly path: string };
  /**
   * Takes what does not match the schema, row by row; without it one such row fails the query. For sweeps, which must
   * not be stopped for everybody by one document.
   */
  readonly onUnreadable?: (fault: unknown) => void;
}

/** One count of a declared query's results. */
export type CountRun<T extends DocumentData = DocumentData> = Pick<
  QueryRun<T>,
  'query' | 'parentIds' | 'values'
>;

/** Every query of the code, by name; the index test derives firestore.indexes.json from it. */
export const declaredQueries = new Map<string, DeclaredQuery>();

/**
 * Declares a query. Ties after the declared orders are broken by document path, in the direction of the last order.
 * @throws when two queries share a name
 */
export function defineQuery<T extends DocumentData>(query: DeclaredQuery<T>): DeclaredQuery<T> {
  if (declaredQueries.has(query.name)) throw new Error(`query declared twice: ${query.name}`);
  declaredQueries.set(query.name, query);
  return query;
}
