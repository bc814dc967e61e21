/**
 * Looks at every wallet, entry and open call, and tells what does not fit. It goes on while people call: what seems to be
 * off is read again at one moment before it is told.
 */
import { calls, callsInStates, type Call, type OpenState } from '../calls/documents.ts';
import {
  allEntries,
  allWallets,
  entries,
  entriesOfOwner,
  wallets,
  type Asset,
  type Entry,
  type Wallet,
} from '../ledger/documents.ts';
import { postingsSum } from '../ledger/domain/books.ts';
import { allPayments, payments } from '../payments/documents.ts';
import { paymentIdOf } from '../payments/domain/paid.ts';
import type { Clock } from '../platform/clock.ts';
import { describeFault } from '../platform/log.ts';
import { readPage } from '../platform/paging.ts';
import type { PlatformPorts } from '../platform/operation.ts';
import type { DocRef, DocumentData } from '../platform/store/collection.ts';
import { StoreError, type Found, type Store } from '../platform/store/port.ts';
import { walk } from '../platform/store/walk.ts';
import {
  callFindings,
  entryFindings,
  holdFindings,
  paymentFindings,
  purchaseFindings,
  walletFindings,
  type Finding,
} from './findings.ts';

export interface AuditPorts {
  readonly store: Store;
  readonly clock: Pick<Clock, 'now'>;
}

export interface AuditReport {
  readonly wallets: number;
  readonly entries: number;
  readonly openCalls: number;
  readonly payments: number;
  /** All postings of all entries: zero unless coins appeared or vanished. */
  readonly trialBalance: Readonly<Record<Asset, number>>;
  readonly findings: readonly Finding[];
}

const OPEN: readonly OpenState[] = ['ringing', 'connecting', 'ongoing'];

/** Reads every wallet and entry once, and what seems off a second time. */
export async function auditBooks(ports: AuditPorts): Promise<AuditReport> {
  const findings: Finding[] = [];
  const told = new Set<string>();
  const unreadable = (fault: unknown): void => {
    const detail = describeFault(fault).split('\n')[0] ?? '';
    // It may be come upon more than once: by itself, and where another document names it.
    if (!told.has(detail)) findings.push({ kind: 'unreadable_document', detail });
    told.add(detail);
  };
  const ledger = await readEntries(ports.store, unreadable, findings);
  const walletCount = await checkWallets(ports.store, ledger.byOwner, unreadable, findings);
  const openCalls = await checkOpenCalls(ports, unreadable, findings);
  const paymentCount = await checkPayments(ports.store, unreadable, findings);
  const { count, trialBalance } = ledger;
  return {
    wallets: walletCount,
    entries: count,
    openCalls,
    payments: paymentCount,
    trialBalance,
    findings,
  };
}

/** The scheduled audit: silent when all is right, else one line for each finding, with ids and no numbers. */
export async function reportAudit(ports: PlatformPorts): Promise<void> {
  const { findings, entries: count } = await auditBooks(ports);
  for (const { kind, uid, callId, key, detail } of findings) {
    const ids = { ...(uid && { uid }), ...(callId && { callId }), ...(key && { key }) };
    // What cannot be read is known only by its path, which its fault names.
    const fault = kind === 'unreadable_document' ? { fault: detail } : {};
    ports.log.write('ERROR', 'the books are off', { reason: kind, ...ids, ...fault });
  }
  ports.log.write('INFO', 'the books were audited', { count });
}

type TakeFault = (fault: unknown) => void;

interface Ledger {
  readonly count: number;
  readonly trialBalance: Record<Asset, number>;
  /** The postings of each owner, summed up into one entry an owner: a replay needs no more. */
  readonly byOwner: Map<string, Entry>;
}

async function readEntries(store: Store, onUnreadable: TakeFault, findings: Finding[]): Promise<Ledger> {
  const trialBalance: Record<Asset, number> = { coin: 0, earned: 0 };
  const byOwner = new Map<string, Entry>();
  let count = 0;
  for await (const page of walk(store, { query: allEntries, parentIds: [], values: [], onUnreadable })) {
    count += page.length;
    findings.push(...(await checkPurchases(store, page, onUnreadable)));
    for (const { path, data } of page) {
      const uid = ownerOf(path);
      const sum = postingsSum(data);
      trialBalance.coin += sum.coin;
      trialBalance.earned += sum.earned;
      findings.push(...entryFindings(uid, data));
      byOwner.set(uid, merged(byOwner.get(uid), data));
    }
  }
  return { count, trialBalance, byOwner };
}

/** `wallets/{uid}/entries/{key}` */
const ownerOf = (path: string): string => path.split('/')[1] ?? '';

/** One commit has made both, so the payment of an entry that was read can be read now. */
async function checkPurchases(
  store: Store,
  page: readonly Found<Entry>[],
  onUnreadable: TakeFault,
): Promise<Finding[]> {
  const bought = page.filter(({ data }) => data.type === 'purchase');
  const named = bought.map(({ data }) => payments.doc(paymentIdOf(data.transactionId) ?? NO_PAYMENT));
  const made = await readAll(store, named, onUnreadable);
  return bought.flatMap(({ path, data }, index) => purchaseFindings(ownerOf(path), data, made[index]));
}

/** Stands for the payment of an entry whose key names none. */
const NO_PAYMENT = 'none';

/** Like the store's, and goes on where a document cannot be read: that one counts as missing. */
async function readAll<T extends DocumentData>(
  store: Store,
  refs: readonly DocRef<T>[],
  onUnreadable: TakeFault,
): Promise<readonly (T | undefined)[]> {
  try {
    return await store.getAll(...refs);
  } catch (fault) {
    if (!isUnreadable(fault)) throw fault;
    if (refs.length === 1) {
      onUnreadable(fault);
      return [undefined];
    }
    // Halves, so that a page with one bad document takes a few requests more, and not five hundred.
    const middle = Math.ceil(refs.length / 2);
    return [
      ...(await readAll(store, refs.slice(0, middle), onUnreadable)),
      ...(await readAll(store, refs.slice(middle), onUnreadable)),
    ];
  }
}

function isUnreadable(fault: unknown): boolean {
  return fault instanceof StoreError && fault.code === 'INVALID_DOCUMENT';
}

/** @returns nothing when a document that is needed cannot be read, which is a finding of its own */
async function unlessUnreadable(check: Promise<Finding[]>, onUnreadable: TakeFault): Promise<Finding[]> {
  try {
    return await check;
  } catch (fault) {
    if (!isUnreadable(fault)) throw fault;
    onUnreadable(fault);
    return [];
  }
}

function merged(soFar: Entry | undefined, entry: Entry): Entry {
  const sums = new Map((soFar?.postings ?? []).map((posting) => [posting.account, posting]));
  for (const posting of entry.postings) {
    const amount = (sums.get(posting.account)?.amount ?? 0) + posting.amount;
    sums.set(posting.account, { ...posting, amount });
  }
  return { ...entry, postings: [...sums.values()] };
}

/** @returns how many wallets there are */
async function checkWallets(
  store: Store,
  byOwner: Map<string, Entry>,
  onUnreadable: TakeFault,
  findings: Finding[],
): Promise<number> {
  let count = 0;
  for await (const page of walk(store, { query: allWallets, parentIds: [], values: [], onUnreadable })) {
    count += page.length;
    const callOf = await callsOf(store, page, onUnreadable);
    for (const { id: uid, data } of page) {
      const told = byOwner.get(uid);
      byOwner.delete(uid);
      if (walletFindings(uid, data, told === undefined ? [] : [told]).length > 0)
        findings.push(...(await unlessUnreadable(checkAgain(store, uid), onUnreadable)));
      if (holdFindings(uid, data, callOf).length > 0)
        findings.push(...(await unlessUnreadable(checkHoldsAgain(store, uid), onUnreadable)));
    }
  }
  for (const uid of byOwner.keys())
    findings.push(...(await unlessUnreadable(checkAgain(store, uid), onUnreadable)));
  return count;
}

/** Every call that a page of wallets names, in one read. */
async function callsOf(store: Store, page: readonly Found<Wallet>[], onUnreadable: TakeFault) {
  const ids = [...new Set(page.flatMap(({ data }) => namedCalls(data)))];
  const found = await readAll(
    store,
    ids.map((id) => calls.doc(id)),
    onUnreadable,
  );
  const byId = new Map(ids.map((id, index) => [id, found[index]]));
  return (callId: string): Call | undefined => byId.get(callId);
}

function namedCalls({ holds, openCallId }: Wallet): string[] {
  return [...Object.keys(holds), ...(openCallId === null ? [] : [openCallId])];
}

/** A wallet that changes while its entries are read is read once more; who changes that often is in use, not off. */
const MOST_TRIES = 5;

/**
 * A call that is placed and cancelled meanwhile leaves the wallet as it was before, and its entries half read. Entries are
 * only ever added, in one commit with the wallet: when the same ones are there before and after it, they are its own.
 */
async function checkAgain(store: Store, uid: string): Promise<Finding[]> {
  let before = await entriesOf(store, uid);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const [wallet] = await store.getAll(wallets.doc(uid));
    const after = await entriesOf(store, uid);
    if (sameKeys(before, after)) return walletFindings(uid, wallet, after);
    before = after;
  }
  return [];
}

function sameKeys(some: readonly Entry[], others: readonly Entry[]): boolean {
  const keys = new Set(some.map(({ transactionId }) => transactionId));
  return some.length === others.length && others.every(({ transactionId }) => keys.has(transactionId));
}

async function entriesOf(store: Store, uid: string): Promise<Entry[]> {
  const own: Entry[] = [];
  let cursor: string | null = null;
  do {
    const run = { query: entriesOfOwner, parentIds: [uid], values: [] };
    const page: Awaited<ReturnType<typeof readPage<Entry>>> = await readPage(store, run, {
      limit: 100,
      cursor,
    });
    own.push(...page.items.map(({ data }) => data));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return own;
}

/** The wallet says which calls to read, so they are read first and then everything at one moment. */
async function checkHoldsAgain(store: Store, uid: string): Promise<Finding[]> {
  const [seen] = await store.getAll(wallets.doc(uid));
  if (seen === undefined) return [];
  const ids = namedCalls(seen);
  return await store.transaction(async (tx) => {
    const [wallet, ...found] = await tx.getAll(wallets.doc(uid), ...ids.map((id) => calls.doc(id)));
    if (wallet === undefined) return [];
    const byId = new Map(ids.map((id, index) => [id, found[index]]));
    // Whatever the wallet names since is a call that has just begun, which the next audit looks at.
    const known = namedCalls(wallet).every((id) => byId.has(id));
    return known ? holdFindings(uid, wallet, (callId) => byId.get(callId)) : [];
  });
}

/** @returns how many open calls there are */
async function checkOpenCalls(
  { store, clock }: AuditPorts,
  onUnreadable: TakeFault,
  findings: Finding[],
): Promise<number> {
  let count = 0;
  const run = { query: callsInStates, parentIds: [], values: [OPEN], onUnreadable };
  for await (const page of walk(store, run)) {
    count += page.length;
    const named = page.map(({ data }) => wallets.doc(data.callerId));
    const callers = await readAll(store, named, onUnreadable);
    const suspects = page.filter(
      ({ id, data }, index) => callFindings(id, data, callers[index], clock.now()).length > 0,
    );
    for (const { id, data } of suspects) {
      const check = checkCallAgain({ store, clock }, id, data.callerId);
      findings.push(...(await unlessUnreadable(check, onUnreadable)));
    }
  }
  return count;
}

async function checkCallAgain(
  { store, clock }: AuditPorts,
  id: string,
  callerId: string,
): Promise<Finding[]> {
  return await store.transaction(async (tx) => {
    const [call, wallet] = await tx.getAll(calls.doc(id), wallets.doc(callerId));
    return call === undefined ? [] : callFindings(id, call, wallet, clock.now());
  });
}

/** Each payment is there only because its coins were credited in the same commit. @returns how many there are */
async function checkPayments(store: Store, onUnreadable: TakeFault, findings: Finding[]): Promise<number> {
  let count = 0;
  for await (const page of walk(store, { query: allPayments, parentIds: [], values: [], onUnreadable })) {
    count += page.length;
    const named = page.map(({ data }) => entries.doc(data.uid, data.transactionId));
    const made = await readAll(store, named, onUnreadable);
    for (const [index, { data }] of page.entries()) findings.push(...paymentFindings(data, made[index]));
  }
  return count;
}
