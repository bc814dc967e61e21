/**
 * Which indexes queries need, by Firestore's rules. The emulator answers every query without an index, so nothing
 * else would notice a missing one before production does.
 */
import type {
  Collection,
  DeclaredFilter,
  DeclaredQuery,
  DocumentData,
} from '../../functions/src/platform/store/collection.ts';
import { isInequality, resultOrders } from '../../functions/src/platform/store/queryRun.ts';

type Scope = 'COLLECTION' | 'COLLECTION_GROUP';
type Mode = { readonly order: 'ASCENDING' | 'DESCENDING' } | { readonly arrayConfig: 'CONTAINS' };
type IndexField = { readonly fieldPath: string } & Mode;

export interface CompositeIndex {
  readonly collectionGroup: string;
  readonly queryScope: Scope;
  /** Firestore itself appends the document id, in the direction of the last field. */
  readonly fields: readonly IndexField[];
}

export interface FieldOverride {
  readonly collectionGroup: string;
  readonly fieldPath: string;
  readonly ttl?: boolean;
  /** Replaces the automatic indexes of the field, so it lists all that are wanted. */
  readonly indexes: readonly (Mode & { readonly queryScope: Scope })[];
}

/** The content of firestore.indexes.json. */
export interface IndexFile {
  readonly indexes: readonly CompositeIndex[];
  readonly fieldOverrides: readonly FieldOverride[];
}

/** The field that TTL policies look at, wherever a schema has it. */
const TTL_FIELD = 'expireAt';

/** The indexes that the queries need, and the overrides that the fields of the collections want. */
export function deriveIndexes(
  queries: readonly DeclaredQuery[],
  collections: readonly Collection<DocumentData>[],
): IndexFile {
  const indexes = queries.flatMap(compositesFor);
  return {
    indexes: distinct(indexes),
    fieldOverrides: distinct([
      ...groupOverrides(queries),
      ...collections.flatMap((collection) => schemaOverrides(collection, queries)),
    ]),
  };
}

/** What the file lacks and what it has too much, as one line of JSON each. */
export function differences(needed: IndexFile, file: IndexFile) {
  const want = lines(needed);
  const have = lines(file);
  return {
    missing: want.filter((line) => !have.includes(line)),
    superfluous: have.filter((line) => !want.includes(line)),
  };
}

function lines(file: IndexFile): string[] {
  return [...file.indexes, ...file.fieldOverrides].map((one) => JSON.stringify(one, sortedKeys));
}

/** Properties come in one order, whoever wrote them. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value, sortedKeys), value])).values()];
}

interface Plan {
  readonly equalities: readonly DeclaredFilter[];
  readonly orders: readonly IndexField[];
}

function planOf(query: DeclaredQuery): Plan {
  const equalities = query.filters.filter((filter) => !isInequality(filter));
  const fixed = new Set(equalities.filter((filter) => filter.op === '==').map((filter) => filter.field));
  const orders = resultOrders(query)
    .filter(({ field }) => !fixed.has(field))
    .map(({ field, direction }) => ({
      fieldPath: field,
      order: direction === 'asc' ? ('ASCENDING' as const) : ('DESCENDING' as const),
    }));
  return { equalities, orders };
}

/**
 * One order or inequality alone is served by the field's own index, and so are equalities alone, which Firestore
 * merges. It also merges composite indexes that end in the same orders: so each equality gets one with the orders, and
 * these serve every combination of such equalities. That is promised for `==` only; a query with another filter of
 * equality gets one index of all its fields.
 */
function compositesFor(query: DeclaredQuery): CompositeIndex[] {
  const { equalities, orders } = planOf(query);
  const base = { collectionGroup: query.collection.group, queryScope: scopeOf(query) };
  const fields = equalities.map(equalityField);
  if (fields.length === 0) return orders.length < 2 ? [] : [{ ...base, fields: orders }];
  if (equalities.every((filter) => filter.op === '==')) {
    if (orders.length === 0) return [];
    return fields.map((field) => ({ ...base, fields: [field, ...orders] }));
  }
  if (fields.length + orders.length < 2) return [];
  return [{ ...base, fields: [...fields, ...orders] }];
}

function equalityField({ field, op }: DeclaredFilter): IndexField {
  const isArray = op === 'array-contains' || op === 'array-contains-any';
  return { fieldPath: field, ...(isArray ? { arrayConfig: 'CONTAINS' } : { order: 'ASCENDING' }) };
}

function modeOf(field: IndexField): Mode {
  return 'order' in field ? { order: field.order } : { arrayConfig: field.arrayConfig };
}

function scopeOf(query: DeclaredQuery): Scope {
  return query.scope === 'group' ? 'COLLECTION_GROUP' : 'COLLECTION';
}

/** The indexes of single fields that a query lives on. */
function singleFieldsFor(query: DeclaredQuery): IndexField[] {
  if (compositesFor(query).length > 0) return [];
  const { equalities, orders } = planOf(query);
  return [...equalities.map(equalityField), ...orders];
}

/** Automatic indexes reach over one collection; a group query needs its own. */
function groupOverrides(queries: readonly DeclaredQuery[]): FieldOverride[] {
  const group = queries.filter((query) => query.scope === 'group');
  return group.flatMap((query) =>
    singleFieldsFor(query).map(({ fieldPath }) => overrideOf(query.collection.group, fieldPath, queries)),
  );
}

/** What the queries need of a field's own indexes, in place of the automatic ones. */
function overrideOf(
  collectionGroup: string,
  fieldPath: string,
  queries: readonly DeclaredQuery[],
): FieldOverride {
  const indexes = queries
    .filter((query) => query.collection.group === collectionGroup)
    .flatMap((query) =>
      singleFieldsFor(query)
        .filter((field) => field.fieldPath === fieldPath)
        .map((field) => ({ ...modeOf(field), queryScope: scopeOf(query) })),
    );
  return { collectionGroup, fieldPath, indexes: distinct(indexes) };
}

/** The part of a schema that tells what kind of value it takes. */
interface Schema {
  readonly def: {
    readonly type: string;
    readonly innerType?: Schema;
    readonly element?: Schema;
    readonly shape?: Readonly<Record<string, Schema>>;
  };
}

/**
 * TTL policies; and no index for a map, or an array of maps, that no query names: each of its leaves would be indexed
 * twice, on every write. A TTL field keeps no index either: its values only grow, which makes one end of an index hot.
 */
function schemaOverrides(
  collection: Collection<DocumentData>,
  queries: readonly DeclaredQuery[],
): FieldOverride[] {
  const { shape = {} } = (collection.schema as unknown as Schema).def;
  const named = queries
    .filter((query) => query.collection.group === collection.group)
    .flatMap((query) => [...query.filters, ...query.orderBy].map(({ field }) => field.split('.')[0]));
  return Object.entries(shape).flatMap(([field, schema]): FieldOverride[] => {
    if (field === TTL_FIELD) return [{ ...overrideOf(collection.group, field, queries), ttl: true }];
    if (!isNested(schema) || named.includes(field)) return [];
    return [{ collectionGroup: collection.group, fieldPath: field, indexes: [] }];
  });
}

function isNested({ def }: Schema): boolean {
  if (def.innerType !== undefined) return isNested(def.innerType);
  if (def.element !== undefined) return isNested(def.element);
  return def.type === 'object' || def.type === 'record';
}
