/**
 * Live documents as operations would answer them. A document holds more than its reader is promised; what is passed on
 * is the promise.
 */
import type { Balance, Call, ListenerCard, Transaction, User } from '../api/index.ts';
import type { PlainDocument } from '../ports.ts';

/** The names of some fields, all of them checked against the type. */
type Fields<T> = readonly (keyof T & string)[];

const CALL: Fields<Call> = [
  'callerId',
  'calleeId',
  'caller',
  'callee',
  'type',
  'state',
  'endReason',
  'coinsPerMinute',
  'createdAt',
  'ringExpiresAt',
  'acceptedAt',
  'connectedAt',
  'grantedUntil',
  'final',
  'endedAt',
  'durationSec',
  'billedMinutes',
];

const CARD: Fields<ListenerCard> = [
  'listenerId',
  'displayName',
  'bio',
  'languages',
  'languageKeys',
  'interests',
  'gender',
  'age',
  'country',
  'rating',
  'ratingCount',
  'callCount',
  'imageUrl',
  'callTypes',
  'rates',
  'availability',
];

const USER: Fields<User> = [
  'username',
  'alias',
  'phone',
  'country',
  'fullName',
  'gender',
  'dateOfBirth',
  'languages',
  'bio',
  'interests',
  'location',
  'imageUrl',
  'roles',
  'listenerStatus',
  'createdAt',
];

const TRANSACTION: Fields<Transaction> = [
  'transactionId',
  'type',
  'asset',
  'amount',
  'balanceAfter',
  'description',
  'ref',
  'createdAt',
];

function pick(data: Readonly<Record<string, unknown>>, fields: readonly string[]): object {
  return Object.fromEntries(fields.map((field) => [field, data[field] ?? null]));
}

/** A call as `calls/get` answers it to `uid`. */
export function callOf({ id, data }: PlainDocument, uid: string): Call {
  const role = data['callerId'] === uid ? 'caller' : 'callee';
  return { callId: id, role, ...pick(data, CALL) } as Call;
}

/** A card as `listeners/get` answers it. */
export function cardOf({ data }: PlainDocument): ListenerCard {
  return { ...pick(data, CARD), ...(data['away'] === true && { away: true }) } as ListenerCard;
}

/** A profile as `users/me` answers it, without the age, which is of a day and not of the document. */
export function profileOf({ id, data }: PlainDocument): Profile {
  return { userId: id, ...pick(data, USER) } as Profile;
}
export type Profile = Omit<User, 'age'>;

/** An entry as an item of `wallet/transactions`. */
export function transactionOf({ data }: PlainDocument): Transaction {
  return pick(data, TRANSACTION) as Transaction;
}

/** A wallet as `wallet/balance` answers it. */
export function balanceOf({ data }: PlainDocument): Balance {
  return pick(data, ['coins', 'earnings'] satisfies Fields<Balance>) as Balance;
}
