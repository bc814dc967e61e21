/** The checks after the soak: silent when all is right, and each finds the damage that it is there for. */
import { describe, expect, it } from '@jest/globals';
import type { Call } from '../../functions/src/calls/documents.ts';
import { emptyWallet } from '../../functions/src/ledger/domain/wallet.ts';
import type { Entry, EntryType, Wallet } from '../../functions/src/ledger/documents.ts';
import { at, moved, ongoingCall, ringingCall } from '../../functions/src/testing/calls.ts';
import { checksOf } from './checks.ts';
import type { Known, Rest } from './evidence.ts';

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

/** Of the caller, but for earnings. */
const entriesOf = (...all: Entry[]): Rest['entries'] =>
  new Map(
    all.map((one, index) => [
      `wallets/${one.type === 'earning' ? 'callee' : 'caller'}/entries/e${index}`,
      one,
    ]),
  );
const purchase: Entry = { ...entry('purchase', 300), ref: { kind: 'payment', id: 'pay_1' } };
const settled = [
  purchase,
  entry('hold', -100),
  entry('release', 100),
  entry('charge', -20),
  entry('earning', 30),
];
const empty = emptyWallet();
/** Paid 300 and spent 20; the listener earned 30. */
const callerWallet: Wallet = {
  ...empty,
  coins: { ...empty.coins, available: 280, purchased: 300, spent: 20 },
};
const calleeWallet: Wallet = { ...empty, earnings: { ...empty.earnings, available: 30, total: 30 } };
const walletsWith = (more: { caller?: Partial<Wallet>; callee?: Partial<Wallet> }): Rest['wallets'] =>
  new Map([
    ['caller', { ...callerWallet, ...more.caller }],
    ['callee', { ...calleeWallet, ...more.callee }],
  ]);
const coinsOff = (more: Partial<Wallet['coins']>): Partial<Rest> => ({
  wallets: walletsWith({ caller: { coins: { ...callerWallet.coins, ...more } } }),
});
const earningsOff = (more: Partial<Wallet['earnings']>): Partial<Rest> => ({
  wallets: walletsWith({ callee: { earnings: { ...calleeWallet.earnings, ...more } } }),
});

const right: Rest = {
  calls: new Map([
    ['talked', ended],
    ['rang', unanswered],
  ]),
  wallets: walletsWith({}),
  entries: entriesOf(...settled, entry('hold', -100, 'rang'), entry('release', 100, 'rang')),
  cards: new Map([['callee', 'available']]),
  leftovers: [],
  channels: new Map([['talked', 'channel-1']]),
  closed: new Set(['channel-1']),
  credited: new Map([['pay_1', { uid: 'caller', coins: 300 }]]),
  auditFindings: [],
};
const paid = { paymentId: 'pay_1', uid: 'caller', coins: 300 };
const known: Known = {
  started: new Set(['talked', 'rang']),
  people: ['caller', 'callee'],
  paidBefore: [],
  captured: [paid],
  failed: [],
  kills: 0,
  faults: { 'tasks.drop': 0 },
};

const failing = (rest: Rest, of: Known = known): string[] =>
  checksOf(rest, of, 2)
    .filter(({ problems }) => problems.length > 0)
    .map(({ name }) => name);

describe('the checks of the soak', () => {
  it('find nothing where all has come right', () => {
    expect(failing(right)).toEqual([]);
  });

  const SETTLED = 'every call is settled, once and rightly';
  const PAID = 'every payment is credited, once';
  const BOOKS = 'the books balance';
  const damages: readonly (readonly [string, Partial<Rest>, ...string[]])[] = [
    [
      'a call that nobody ended',
      { calls: new Map([...right.calls, ['open', ongoingCall()]]) },
      'every call has ended',
      'every channel is closed',
    ],
    ['a call that is lost', { calls: new Map([['talked', ended]]) }, '2 calls were made'],
    [
      'a charge too little, in the entries',
      { entries: entriesOf(...settled.with(3, entry('charge', -10))) },
      SETTLED,
      BOOKS,
    ],
    ['a charge made twice', { entries: entriesOf(...settled, entry('charge', -20)) }, SETTLED, BOOKS],
    ['earnings that are missing', { entries: entriesOf(...settled.slice(0, 4)) }, SETTLED, BOOKS],
    ['a hold that stayed', { entries: entriesOf(...settled, entry('hold', -100, 'rang')) }, SETTLED, BOOKS],
    [
      'somebody who is still in a call',
      { wallets: walletsWith({ caller: { openCallId: 'talked' } }) },
      'nobody is stuck busy',
    ],
    ['coins that are still held', coinsOff({ available: 270, held: 10 }), 'nobody is stuck busy', BOOKS],
    ['a card that stayed busy', { cards: new Map([['callee', 'busy']]) }, 'nobody is stuck busy'],
    ['a payment without coins', { credited: new Map() }, PAID],
    ['coins for somebody else', { credited: new Map([['pay_1', { uid: 'other', coins: 300 }]]) }, PAID],
    [
      'coins that nobody paid',
      { credited: new Map([...right.credited, ['pay_2', { uid: 'caller', coins: 300 }]]) },
      PAID,
    ],
    ['a channel that is open', { closed: new Set() }, 'every channel is closed'],
    ['an accepted call without a channel', { channels: new Map() }, 'every channel is closed'],
    ['something in the outbox', { leftovers: ['outbox/x'] }, 'outbox and beats are empty'],
    ['a balance that is one too high', coinsOff({ available: 281 }), BOOKS],
    ['coins that were bought and never paid', coinsOff({ purchased: 600 }), BOOKS],
    ['a sum of what was spent that is too low', coinsOff({ spent: 10 }), BOOKS],
    ['a bonus that nobody gave', coinsOff({ bonus: 50 }), BOOKS],
    ['an entry of a bonus that nobody gave', { entries: entriesOf(...settled, entry('bonus', 50)) }, BOOKS],
    [
      'a wallet and entries that agree on a purchase made twice',
      { ...coinsOff({ available: 580, purchased: 600 }), entries: entriesOf(...settled, purchase) },
      BOOKS,
    ],
    ['earnings that the wallet has lost', earningsOff({ available: 0, total: 0 }), BOOKS],
    ['earnings that are not payable', earningsOff({ available: 0, promotional: 30 }), BOOKS],
    ['a wallet that is gone', { wallets: new Map([['caller', callerWallet]]) }, BOOKS],
    ['a finding of the audit', { auditFindings: ['wallet_differs_from_entries'] }, 'the audit finds nothing'],
    [
      'a wallet of somebody who was never there',
      { wallets: new Map([...right.wallets, ['stranger', empty]]) },
      'it has happened',
    ],
  ];

  it.each(damages)('find %s', (_name, damage, ...checks) => {
    expect(failing({ ...right, ...damage })).toEqual(checks);
  });

  it('find a failed payment that brought coins', () => {
    expect(failing(right, { ...known, captured: [], failed: [paid] })).toEqual([PAID, BOOKS]);
  });

  it('find that too few calls were made', () => {
    expect(checksOf(right, known, 3)[0]?.problems).toEqual(['only 2 calls were started']);
  });

  it('find that nothing has happened, however right all is that is there', () => {
    const calls = new Map(Array.from({ length: 200 }, (_, index) => [`call-${index}`, unanswered] as const));
    const nothing: Rest = { ...right, calls, wallets: new Map(), entries: new Map(), channels: new Map() };
    const found = checksOf(nothing, { ...known, started: new Set(calls.keys()), captured: [] }, 200);
    expect(found.at(-1)).toEqual({
      name: 'it has happened',
      problems: [
        'calls connected and charged: 0, fewer than 60',
        'payments captured: 0, fewer than 10',
        'workers killed: 0, fewer than 3',
        'faults tasks.drop: 0, fewer than 1',
        'calls completed: 0, fewer than 1',
        'calls cancelled: 0, fewer than 1',
        'calls rejected: 0, fewer than 1',
        'calls connection_lost: 0, fewer than 1',
      ],
    });
    expect(found.find(({ name }) => name === BOOKS)?.problems).toContain('caller has no wallet');
  });
});
