/** The checks after the soak: silent when all is right, and each finds the damage that it is there for. */
import { describe, expect, it } from '@jest/globals';
import type { Call } from '../../functions/src/calls/documents.ts';
import { changeWallet } from '../../functions/src/ledger/domain/wallet.ts';
import type { Entry, EntryType } from '../../functions/src/ledger/documents.ts';
import { at, moved, ongoingCall, ringingCall } from '../../functions/src/testing/calls.ts';
import { checksOf, type Rest, type Told } from './checks.ts';

/** Connected at 10 s, hung up at 100 s: two minutes. */
const ended: Call = moved(ongoingCall(), { type: 'end', by: 'caller' }, at(100));
const unanswered: Call = moved(ringingCall(), { type: 'timeout' }, at(60));

function entry(type: EntryType, amount: number, callId = 'talked'): Entry {
  return {
    transactionId: `${type}-${callId}`,
    type,
    asset: type === 'earning' ? 'earned' : 'coin',
    amount,
    balanceAfter: 0,
    description: '',
    ref: { kind: 'call', id: callId },
    createdAt: at(100),
    postings: [],
    inputHash: '',
  };
}

const entriesOf = (...all: Entry[]): Rest['entries'] => new Map(all.map((one, index) => [`e${index}`, one]));
const settled = [entry('hold', -100), entry('release', 100), entry('charge', -20), entry('earning', 30)];
const { wallet } = changeWallet('caller', undefined);

const right: Rest = {
  calls: new Map([
    ['talked', ended],
    ['rang', unanswered],
  ]),
  wallets: new Map([['caller', wallet]]),
  entries: entriesOf(...settled, entry('hold', -100, 'rang'), entry('release', 100, 'rang')),
  cards: new Map([['callee', 'available']]),
  leftovers: [],
  channels: new Map([['talked', 'channel-1']]),
  closed: new Set(['channel-1']),
  credited: new Map([['pay_1', { uid: 'caller', coins: 300 }]]),
  auditFindings: [],
};
const paid = { paymentId: 'pay_1', uid: 'caller', coins: 300 };
const told: Told = { started: new Set(['talked', 'rang']), captured: [paid], failed: [] };

const failing = (rest: Rest, told_: Told = told): string[] =>
  checksOf(rest, told_, 2)
    .filter(({ problems }) => problems.length > 0)
    .map(({ name }) => name);

describe('the checks of the soak', () => {
  it('find nothing where all has come right', () => {
    expect(failing(right)).toEqual([]);
  });

  const damages: readonly (readonly [string, Partial<Rest>, string])[] = [
    [
      'a call that nobody ended',
      { calls: new Map([...right.calls, ['open', ongoingCall()]]) },
      'every call has ended',
    ],
    ['a call that is lost', { calls: new Map([['talked', ended]]) }, '2 calls were made'],
    [
      'a charge too little',
      { entries: entriesOf(...settled.with(2, entry('charge', -10))) },
      'every call is settled, once and rightly',
    ],
    [
      'a charge made twice',
      { entries: entriesOf(...settled, entry('charge', -20)) },
      'every call is settled, once and rightly',
    ],
    [
      'earnings that are missing',
      { entries: entriesOf(...settled.slice(0, 3)) },
      'every call is settled, once and rightly',
    ],
    [
      'a hold that stayed',
      { entries: entriesOf(...settled, entry('hold', -100, 'rang')) },
      'every call is settled, once and rightly',
    ],
    [
      'somebody who is still in a call',
      { wallets: new Map([['caller', { ...wallet, openCallId: 'talked' }]]) },
      'nobody is stuck busy',
    ],
    ['a card that stayed busy', { cards: new Map([['callee', 'busy']]) }, 'nobody is stuck busy'],
    ['a payment without coins', { credited: new Map() }, 'every payment is credited, once'],
    [
      'coins for somebody else',
      { credited: new Map([['pay_1', { uid: 'other', coins: 300 }]]) },
      'every payment is credited, once',
    ],
    [
      'coins that nobody paid',
      { credited: new Map([...right.credited, ['pay_2', { uid: 'caller', coins: 300 }]]) },
      'every payment is credited, once',
    ],
    ['a channel that is open', { closed: new Set() }, 'every channel is closed'],
    ['something in the outbox', { leftovers: ['outbox/x'] }, 'outbox and beats are empty'],
    ['a finding of the audit', { auditFindings: ['wallet_differs_from_entries'] }, 'the books balance'],
  ];

  it.each(damages)('find %s', (_name, damage, check) => {
    expect(failing({ ...right, ...damage })).toEqual([check]);
  });

  it('find a failed payment that brought coins', () => {
    expect(failing(right, { ...told, captured: [], failed: [paid] })).toEqual([
      'every payment is credited, once',
    ]);
  });

  it('find that too few calls were made', () => {
    expect(checksOf(right, told, 3)[0]?.problems).toEqual(['only 2 calls were started']);
  });
});
