/** Reads what the soak has left behind, with an administrator's rights. */
import { Timestamp, type Firestore, type Query } from 'firebase-admin/firestore';
import type { Control } from '../../dev/src/phone/control.ts';
import { callSchema } from '../../functions/src/calls/documents.ts';
import { entrySchema, walletSchema } from '../../functions/src/ledger/documents.ts';
import { paymentSchema } from '../../functions/src/payments/documents.ts';
import { Meter } from '../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import { auditBooks } from '../../functions/src/system/auditBooks.ts';
import type { Paid, Rest } from './evidence.ts';

/** Dates for instants, as the documents' schemas have them. */
function withDates(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(withDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withDates(inner)]));
}

/** Every document of a query, parsed. */
async function allOf<T>(query: Query, parse: (data: unknown) => T): Promise<[string, T][]> {
  const found = await query.get();
  return found.docs.map((document) => [document.ref.path, parse(withDates(document.data()))]);
}

const idOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const byId = <T>(rows: readonly [string, T][]): Map<string, T> =>
  new Map(rows.map(([path, data]) => [idOf(path), data]));

/** Paths of what should have been deleted. */
async function leftoversOf(db: Firestore): Promise<string[]> {
  const found = await Promise.all([db.collection('outbox').get(), db.collectionGroup('beats').get()]);
  return found.flatMap(({ docs }) => docs.map(({ ref }) => ref.path));
}

/** The payments that are credited. */
async function creditedOf(db: Firestore): Promise<Rest['credited']> {
  return byId(await allOf(db.collection('payments'), (data) => paymentSchema.parse(data)));
}

/** What people had paid before it began: the seed buys them their first coins. */
export async function readPaid(db: Firestore): Promise<Paid[]> {
  return [...(await creditedOf(db))].map(([paymentId, { uid, coins }]) => ({ paymentId, uid, coins }));
}

async function auditFindings(db: Firestore, control: Control): Promise<string[]> {
  const now = await control.now();
  const { findings, trialBalance } = await auditBooks({
    store: new FirestoreStore(db, new Meter()),
    clock: { now: () => now },
  });
  const { coin, earned } = trialBalance;
  return [
    ...findings.map(({ kind, uid = '', callId = '', key = '', detail }) =>
      [kind, uid, callId, key, detail].filter(Boolean).join(' · '),
    ),
    ...(coin === 0 && earned === 0 ? [] : [`all postings sum to ${coin} coins, ${earned} earned coins`]),
  ];
}

/** Everything that the checks look at. */
export async function readRest(db: Firestore, control: Control): Promise<Rest> {
  const calls = await allOf(db.collection('calls'), (data) => callSchema.parse(data));
  const media = await db.collectionGroup('private').get();
  const channels = media.docs.flatMap((document): [string, string][] => {
    const channel: unknown = document.get('channel');
    const callId = document.ref.parent.parent?.id ?? '';
    return document.id === 'media' && typeof channel === 'string' ? [[callId, channel]] : [];
  });
  const rules = await control.request<{ items: { cname: string }[] }>('GET', '/agora/rules');
  const cards = await db.collection('listeners').get();
  return {
    calls: byId(calls),
    wallets: byId(await allOf(db.collection('wallets'), (data) => walletSchema.parse(data))),
    entries: new Map(await allOf(db.collectionGroup('entries'), (data) => entrySchema.parse(data))),
    cards: new Map(cards.docs.map((card) => [card.id, String(card.get('availability'))])),
    leftovers: await leftoversOf(db),
    channels: new Map(channels),
    closed: new Set(rules.items.map(({ cname }) => cname)),
    credited: await creditedOf(db),
    auditFindings: await auditFindings(db, control),
  };
}
