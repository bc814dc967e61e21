/** What an audit can find, judged on documents that were read at one moment. Pure. */
import type { Call } from '../calls/documents.ts';
import { heldCoins } from '../calls/domain/charging.ts';
import type { Entry, Wallet } from '../ledger/documents.ts';
import { postingsSum, walletDifferences } from '../ledger/domain/books.ts';
import type { Payment } from '../payments/documents.ts';
import { addSec } from '../platform/clock.ts';

export type FindingKind =
  | 'unreadable_document'
  | 'unbalanced_entry'
  | 'wallet_differs_from_entries'
  | 'entries_without_wallet'
  | 'held_differs_from_holds'
  | 'hold_differs_from_call'
  | 'call_without_hold'
  | 'occupied_by_no_open_call'
  | 'payment_credited_twice'
  | 'payment_not_credited'
  | 'credit_without_payment'
  | 'call_past_grant';

/** One thing that is off, told by ids. */
export interface Finding {
  readonly kind: FindingKind;
  readonly uid?: string;
  readonly callId?: string;
  /** Of the entry. */
  readonly key?: string;
  /** Numbers for whoever reads it on a screen; not for a log. */
  readonly detail: string;
}

/** How long after its grant an open call is a fault and not just about to be ended. */
export const GRANT_GRACE_SEC = 300;

/** An entry that makes or loses coins. */
export function entryFindings(uid: string, entry: Entry): Finding[] {
  const { coin, earned } = postingsSum(entry);
  if (coin === 0 && earned === 0) return [];
  const detail = `its postings sum to ${coin} coins and ${earned} earned coins`;
  return [{ kind: 'unbalanced_entry', uid, key: entry.transactionId, detail }];
}

/** A wallet against the entries that made it. */
export function walletFindings(
  uid: string,
  wallet: Wallet | undefined,
  entries: readonly Entry[],
): Finding[] {
  if (wallet === undefined) {
    const detail = `${entries.length} entries`;
    return entries.length === 0 ? [] : [{ kind: 'entries_without_wallet', uid, detail }];
  }
  return walletDifferences(wallet, entries).map((detail) => ({
    kind: 'wallet_differs_from_entries',
    uid,
    detail,
  }));
}

/** An accepted payment against the entry that it names, which one commit has made with it. */
export function paymentFindings(payment: Payment, entry: Entry | undefined): Finding[] {
  const { uid, transactionId: key, coins } = payment;
  if (entry?.type === 'purchase' && entry.amount === coins) return [];
  const credited = entry === undefined ? 'there is no such entry' : `credited are ${entry.amount}`;
  return [{ kind: 'payment_not_credited', uid, key, detail: `${coins} coins were paid for, ${credited}` }];
}

/** An entry of a purchase against the payment that its key names. */
export function purchaseFindings(uid: string, entry: Entry, payment: Payment | undefined): Finding[] {
  if (entry.type !== 'purchase') return [];
  const { transactionId: key, amount } = entry;
  if (payment === undefined) {
    const detail = `${amount} coins were credited, nobody has paid for them`;
    return [{ kind: 'credit_without_payment', uid, key, detail }];
  }
  if (payment.uid === uid) return [];
  return [{ kind: 'payment_credited_twice', uid, key, detail: `${payment.uid} has paid for it` }];
}

/** What a wallet reserves, against itself and against the calls that it names. @param callOf undefined: no such call */
export function holdFindings(
  uid: string,
  { coins, holds, openCallId }: Wallet,
  callOf: (callId: string) => Call | undefined,
): Finding[] {
  const found: Finding[] = [];
  const sum = Object.values(holds).reduce((total, hold) => total + hold.coins, 0);
  if (sum !== coins.held) {
    const detail = `held is ${coins.held}, its holds are ${sum}`;
    found.push({ kind: 'held_differs_from_holds', uid, detail });
  }
  for (const [callId, hold] of Object.entries(holds)) {
    const call = callOf(callId);
    const said = call === undefined || call.state === 'ended' || call.callerId !== uid ? 0 : heldCoins(call);
    const detail = `the wallet holds ${hold.coins}, the call says ${said}`;
    if (said !== hold.coins) found.push({ kind: 'hold_differs_from_call', uid, callId, detail });
  }
  const open = openCallId === null ? undefined : callOf(openCallId);
  if (openCallId !== null && (open === undefined || open.state === 'ended')) {
    const detail = open === undefined ? 'there is no such call' : 'the call has ended';
    found.push({ kind: 'occupied_by_no_open_call', uid, callId: openCallId, detail });
  }
  return found;
}

/** An open call against the caller's wallet and the clock. */
export function callFindings(callId: string, call: Call, wallet: Wallet | undefined, now: Date): Finding[] {
  if (call.state === 'ended') return [];
  const found: Finding[] = [];
  const { callerId: uid, grantedUntil } = call;
  if (heldCoins(call) > 0 && wallet?.holds[callId] === undefined) {
    const detail = `the call says ${heldCoins(call)} coins, the wallet holds none for it`;
    found.push({ kind: 'call_without_hold', uid, callId, detail });
  }
  if (grantedUntil !== null && addSec(grantedUntil, GRANT_GRACE_SEC) < now) {
    const detail = `granted until ${grantedUntil.toISOString()}, still ${call.state}`;
    found.push({ kind: 'call_past_grant', uid, callId, detail });
  }
  return found;
}
