/**
 * The ledger's documents. `wallets/{uid}` holds the balances of one person, `wallets/{uid}/entries/{key}` the entries
 * that made them. An entry is a list of postings that sums to zero per asset, it belongs to exactly one wallet, it never
 * changes, and its document id is its idempotency key. The other side of a posting that is nobody's wallet is a
 * platform account, which exists only as the sum of its postings: no document that all users write.
 */
import { z } from 'zod';
import { defineCollection, defineQuery } from '../platform/store/collection.ts';

const coins = z.number().int().nonnegative();

/** Coins reserved for one call. `bonusCoins` is the part of `coins` that was given, which is spent first. */
export const holdSchema = z.object({ coins, bonusCoins: coins });
export type Hold = z.infer<typeof holdSchema>;

export const walletSchema = z.looseObject({
  coins: z.object({
    available: coins,
    held: coins,
    /** The part of available + held that was given, not bought. */
    bonus: coins,
    /** Lifetime sums. */
    purchased: coins,
    spent: coins,
  }),
  earnings: z.object({
    available: coins,
    /** Earned from bonus coins: never payable. */
    promotional: coins,
    pending: coins,
    paidOut: coins,
    total: coins,
  }),
  /** Open holds by call id; `coins.held` is their sum. */
  holds: z.record(z.string(), holdSchema),
  /** The one open call of this person, as caller or callee. */
  openCallId: z.string().nullable(),
  openCallRole: z.enum(['caller', 'callee']).nullable(),
});
export type Wallet = z.infer<typeof walletSchema>;
export const wallets = defineCollection('wallets/{}', walletSchema);

export const assetSchema = z.enum(['coin', 'earned']);
export type Asset = z.infer<typeof assetSchema>;

export const entryTypeSchema = z.enum([
  'bonus',
  'purchase',
  'hold',
  'release',
  'charge',
  'earning',
  'adjustment',
]);
export type EntryType = z.infer<typeof entryTypeSchema>;

/** Where a posting lands. `wallet…` accounts are the owner's; `platform…` accounts have no document. */
export const accountSchema = z.enum([
  'walletAvailable',
  'walletHeld',
  'earningsAvailable',
  'earningsPromotional',
  'platformIssued',
  'platformRevenue',
  'platformPayable',
]);
export type Account = z.infer<typeof accountSchema>;

export const postingSchema = z.object({
  account: accountSchema,
  asset: assetSchema,
  amount: z.number().int(),
});
export type Posting = z.infer<typeof postingSchema>;

export const entrySchema = z.looseObject({
  transactionId: z.string(),
  type: entryTypeSchema,
  asset: assetSchema,
  /** Signed change of what the owner can use: coins available, or earned coins. */
  amount: z.number().int(),
  /** Available after this entry. */
  balanceAfter: z.number().int().nonnegative(),
  description: z.string(),
  ref: z.object({ kind: z.enum(['call', 'payment', 'admin']), id: z.string() }),
  createdAt: z.date(),
  postings: z.array(postingSchema),
  /** Hash of what was asked for, so that the same key with other input is found out. */
  inputHash: z.string(),
});
export type Entry = z.infer<typeof entrySchema>;
export const entries = defineCollection('wallets/{}/entries/{}', entrySchema);

/** Wallets whose owner is in an open call, to be counted: those whose `openCallId` is a string. */
export const occupiedWallets = defineQuery({
  name: 'occupiedWallets',
  collection: wallets,
  scope: 'collection',
  filters: [{ field: 'openCallId', op: '>' }],
  orderBy: [],
});

export const entriesOfOwner = defineQuery({
  name: 'entriesOfOwner',
  collection: entries,
  scope: 'collection',
  filters: [],
  orderBy: [{ field: 'createdAt', direction: 'desc' }],
});

export const entriesOfOwnerByType = defineQuery({
  name: 'entriesOfOwnerByType',
  collection: entries,
  scope: 'collection',
  filters: [{ field: 'type', op: '==' }],
  orderBy: [{ field: 'createdAt', direction: 'desc' }],
});

/** Every wallet, by id, for the audit. */
export const allWallets = defineQuery({
  name: 'allWallets',
  collection: wallets,
  scope: 'collection',
  filters: [],
  orderBy: [],
});

/** Every entry of everybody, by path, for the audit. */
export const allEntries = defineQuery({
  name: 'allEntries',
  collection: entries,
  scope: 'group',
  filters: [],
  orderBy: [],
});
