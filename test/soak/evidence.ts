/** What the checks after the soak look at, as plain data. */
import type { Call } from '../../functions/src/calls/documents.ts';
import type { Entry, Wallet } from '../../functions/src/ledger/documents.ts';

/** What lies in the database after the soak, and what the clients know to have happened. */
export interface Rest {
  readonly calls: ReadonlyMap<string, Call>;
  readonly wallets: ReadonlyMap<string, Wallet>;
  /** By path. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Availability on each card, by listener. */
  readonly cards: ReadonlyMap<string, string>;
  /** What is left of what should be empty, by path. */
  readonly leftovers: readonly string[];
  /** Channels of accepted calls, by call. */
  readonly channels: ReadonlyMap<string, string>;
  /** Channels that the media provider was told to close. */
  readonly closed: ReadonlySet<string>;
  /** Who is credited for a payment in the books, by payment. */
  readonly credited: ReadonlyMap<string, { readonly uid: string; readonly coins: number }>;
  /** What the audit found. */
  readonly auditFindings: readonly string[];
}

/** A payment that a customer made. */
export interface Paid {
  readonly paymentId: string;
  readonly uid: string;
  readonly coins: number;
}

/** What the clients were told. */
export interface Told {
  /** Calls whose start was answered. */
  readonly started: ReadonlySet<string>;
  readonly captured: readonly Paid[];
  readonly failed: readonly Paid[];
}

/** What is known of the run from outside the backend. */
export interface Known extends Told {
  readonly people: readonly string[];
  /** What they had paid before the first call. */
  readonly paidBefore: readonly Paid[];
  /** Workers that were killed in the middle of their work. */
  readonly kills: number;
  /** How often each fault that was asked for was really put in, by its name. */
  readonly faults: Readonly<Record<string, number>>;
}

/** One thing that must hold. */
export interface Check {
  readonly name: string;
  readonly problems: readonly string[];
}
