/**
 * Mistakes in the code itself, as somebody might make them: each changes a line or two while the code is loaded. All of
 * them must be found by the schedules; one that is not shows that an invariant is missing.
 */
import type { Edit } from './mutate.ts';

export interface Mutation {
  readonly name: string;
  /** As of any defect. */
  readonly foundBy: readonly string[];
  readonly edits: readonly Edit[];
}

const ENTRY_OVERWRITTEN: Edit = {
  file: 'ledger/saveWallet.ts',
  find: 'writer.create(entries.doc(change.uid, entry.transactionId), entry)',
  put: 'writer.set(entries.doc(change.uid, entry.transactionId), entry)',
};

export const MUTATIONS: readonly Mutation[] = [
  {
    // Every source of coins tells of them again and again.
    name: 'credit-without-marker',
    foundBy: ['I5'],
    edits: [
      {
        file: 'ledger/creditCoins.ts',
        find: 'if (existing !== undefined) return replayed(existing, wallet, hash);',
        put: 'if (existing !== undefined && wallet === undefined) return replayed(existing, wallet, hash);',
      },
      ENTRY_OVERWRITTEN,
    ],
  },
  {
    // The defences behind it are gone too: the check of the hold, and the entry that is there already.
    name: 'settled-again',
    foundBy: ['I5', 'I11'],
    edits: [
      {
        file: 'calls/domain/lifecycle.ts',
        find: "if (call.state === 'ended') return repeatEnd(call, event);",
        put: "if (call.state === 'ended' && author(event).endedBy === 'system') return repeatEnd(call, event); if (call.state === 'ended') call = { ...call, state: 'ongoing' };",
      },
      {
        file: 'calls/finishCall.ts',
        find: "invariant(settled.heldCoins === held, 'the wallet holds what the call says');",
        put: '',
      },
      {
        file: 'ledger/domain/wallet.ts',
        find: "    invariant(chargeCoins === 0, 'a charge needs a hold');\n",
        put: '',
      },
      ENTRY_OVERWRITTEN,
    ],
  },
  {
    // What an early end leaves of the last slice stays reserved for ever.
    name: 'final-hold-kept',
    foundBy: ['I4'],
    edits: [
      {
        file: 'calls/finishCall.ts',
        find: 'import { changeWallet, creditEarning, settleHold, vacate }',
        put: 'import { changeWallet, creditEarning, placeHold, settleHold, vacate }',
      },
      {
        file: 'calls/finishCall.ts',
        find: 'saveWallet(tx, vacate(settled.change, callId));',
        put: 'const left = ended.final ? held - chargeCoins : 0; saveWallet(tx, vacate(placeHold(settled.change, { callId, slice: ended.slice + 1, coins: left }, now), callId));',
      },
    ],
  },
  {
    // A credit between this read and the commit is lost.
    name: 'balance-read-beside',
    foundBy: ['I10'],
    edits: [
      {
        file: 'calls/reachDeadline.ts',
        find: 'const [call, wallet] = await tx.getAll(calls.doc(callId), wallets.doc(callerId));',
        put: 'const [call] = await tx.getAll(calls.doc(callId));',
      },
      {
        file: 'calls/reachDeadline.ts',
        find: 'const result = await commitAndDeliver(ports,',
        put: 'const [wallet] = await ports.store.getAll(wallets.doc(callerId)); const result = await commitAndDeliver(ports,',
      },
    ],
  },
  {
    // A repeated start reserves and rings again.
    name: 'hold-without-call-marker',
    foundBy: ['I5', 'I11'],
    edits: [
      {
        file: 'calls/startCall.ts',
        find: "    if (existing !== undefined) {\n      if (existing.inputHash !== hash) throw refuse('IDEMPOTENCY_MISMATCH');\n      return { kind: 'started', call: existing };\n    }\n",
        put: '',
      },
      {
        file: 'calls/startCall.ts',
        find: 'tx.create(calls.doc(callId), call);',
        put: 'tx.set(calls.doc(callId), call);',
      },
      ENTRY_OVERWRITTEN,
    ],
  },
  {
    // Nobody waits for the transaction: what it would do is answered, whatever becomes of it.
    name: 'answered-before-the-commit',
    foundBy: ['I9'],
    edits: [
      {
        file: 'platform/outbox.ts',
        find: 'const result = await ports.store.transaction(async (tx) => {',
        put: 'const result = await new Promise((answer, fail) => void ports.store.transaction(async (tx) => {',
      },
      {
        file: 'platform/outbox.ts',
        find: '    lastPosted = outcome.posted ?? lastPosted;\n    return outcome;\n  });',
        put: '    lastPosted = outcome.posted ?? lastPosted; answer(outcome); return outcome; }).catch(fail));',
      },
    ],
  },
  {
    // What was earned from given coins would be paid out.
    name: 'bonus-as-payable',
    foundBy: ['I14'],
    edits: [
      {
        file: 'ledger/domain/wallet.ts',
        find: 'const promotional = chargeCoins === 0 ? 0 : Math.ceil((earnedCoins * chargedBonusCoins) / chargeCoins);',
        put: 'const promotional = 0;',
      },
    ],
  },
  {
    name: 'video-at-audio-price',
    foundBy: ['I14'],
    edits: [{ file: 'calls/price.ts', find: '= pricing[type];', put: '= pricing.audio;' }],
  },
  {
    name: 'free-seconds-times-ten',
    foundBy: ['I14'],
    edits: [
      {
        file: 'calls/price.ts',
        find: 'freeSec: pricing.freeSeconds,',
        put: 'freeSec: pricing.freeSeconds * 10,',
      },
    ],
  },
  {
    name: 'no-slice-fence',
    foundBy: ['I8'],
    edits: [
      {
        file: 'calls/reachDeadline.ts',
        find: 'request.slice === undefined || request.slice === call.slice\n      ? decideAtDeadline(call, availableCoins, now)',
        put: 'request.slice === undefined || request.slice <= call.slice\n      ? decideAtDeadline(call, availableCoins, now, request.slice !== undefined)',
      },
      {
        file: 'calls/domain/extension.ts',
        find: 'export function decideAtDeadline(call: Call, availableCoins: number, now: Date): Decision {\n  if (call.state',
        put: 'export function decideAtDeadline(call: Call, availableCoins: number, at: Date, fired = false): Decision {\n  const now = fired && call.deadlineAt !== null && at < call.deadlineAt ? call.deadlineAt : at;\n  if (call.state',
      },
    ],
  },
  {
    name: 'billed-by-arrival',
    foundBy: ['I14', 'I15'],
    edits: [
      {
        file: 'calls/domain/lifecycle.ts',
        find: "if (event.type === 'lost') return event.at;",
        put: "if (event.type === 'lost') return now;",
      },
    ],
  },
  {
    name: 'end-beyond-the-grant',
    foundBy: ['I6'],
    edits: [
      {
        file: 'calls/domain/lifecycle.ts',
        find: 'const endedAt = clampToGrant(call, endInstant(call, event, now));',
        put: 'const endedAt = endInstant(call, event, now);',
      },
    ],
  },
  {
    name: 'mismatch-unnoticed',
    foundBy: ['I12'],
    edits: [
      {
        file: 'calls/startCall.ts',
        find: "if (existing.inputHash !== hash) throw refuse('IDEMPOTENCY_MISMATCH');",
        put: '',
      },
    ],
  },
  {
    // Nobody waits for what follows a commit, so nobody learns that it failed.
    name: 'failed-effects-forgotten',
    foundBy: ['I13'],
    edits: [
      {
        file: 'platform/outbox.ts',
        find: 'const failed = await tryAll(ports, posted, deliver);',
        put: 'void tryAll(ports, posted, deliver); const failed: Effect[] = [];',
      },
    ],
  },
  {
    name: 'fraction-of-a-coin',
    foundBy: ['I3'],
    edits: [
      {
        file: 'ledger/domain/wallet.ts',
        find: 'Math.ceil((earnedCoins * chargedBonusCoins) / chargeCoins)',
        put: '(earnedCoins * chargedBonusCoins) / chargeCoins',
      },
      // What the ledger asserts before each write would keep it out.
      { file: 'ledger/saveWallet.ts', find: '  assertSound(change.uid, change.wallet);\n', put: '' },
      {
        file: 'ledger/saveWallet.ts',
        find: '  for (const entry of change.entries) assertBalanced(entry);\n',
        put: '',
      },
    ],
  },
  {
    name: 'extended-after-the-end',
    foundBy: ['I11'],
    edits: [
      {
        file: 'calls/domain/extension.ts',
        find: "  if (call.state === 'ended') return { kind: 'none' };\n  if (planHold",
        put: '  if (planHold',
      },
      {
        file: 'calls/domain/extension.ts',
        find: "  if (call.state !== 'ongoing' || call.grantedUntil === null) {",
        put: "  if ((call.state !== 'ongoing' && call.state !== 'ended') || call.grantedUntil === null) {",
      },
    ],
  },
  {
    name: 'field-of-another-version-dropped',
    foundBy: ['I17'],
    edits: [
      {
        file: 'ledger/saveWallet.ts',
        find: 'else writer.update(ref, { coins, earnings, holds, openCallId, openCallRole });',
        put: 'else writer.set(ref, { coins, earnings, holds, openCallId, openCallRole });',
      },
    ],
  },
  {
    name: 'old-media-notice-taken',
    foundBy: ['I14'],
    edits: [
      {
        file: 'calls/domain/mediaEvent.ts',
        find: "if (event.seq <= track.seq || call.state === 'ringing'",
        put: "if (call.state === 'ringing'",
      },
    ],
  },
  {
    // Free minutes for whoever never says that they have come.
    name: 'only-apps-say-who-came',
    foundBy: ['I14'],
    edits: [
      {
        file: 'calls/domain/mediaEvent.ts',
        find: "  return outcome.kind === 'moved' ? outcome.call : call;",
        put: "  return outcome.kind === 'refused' ? outcome : call;",
      },
    ],
  },
  {
    name: 'passing-leave-ends-the-call',
    foundBy: ['I14'],
    edits: [
      {
        file: 'calls/domain/mediaEvent.ts',
        find: 'const leftAt = event.passing === true ? track.leftAt : (track.leftAt ?? at);',
        put: 'const leftAt = track.leftAt ?? at;',
      },
    ],
  },
  {
    name: 'open-channel-left-open',
    foundBy: ['I13'],
    edits: [{ file: 'calls/takeMediaNotice.ts', find: 'if (!closeAgain) return {};', put: 'return {};' }],
  },
  {
    name: 'payment-of-any-amount',
    foundBy: ['I13'],
    edits: [
      {
        file: 'payments/acceptPayment.ts',
        find: 'const verdict = judge(order.data, payment);',
        put: 'const { amountPaise, currency } = order.data; const verdict = judge(order.data, { ...payment, amountPaise, currency });',
      },
    ],
  },
  {
    name: 'payment-taken-before-capture',
    foundBy: ['I13'],
    edits: [
      {
        file: 'payments/acceptPayment.ts',
        find: 'const verdict = judge(order.data, payment);',
        put: "const verdict = judge(order.data, payment.status === 'authorized' ? { ...payment, status: 'captured' } : payment);",
      },
    ],
  },
  {
    name: 'second-payment-forgotten',
    foundBy: ['I13'],
    edits: [
      {
        file: 'payments/acceptPayment.ts',
        find: 'if (isPaidBy(order, paymentId)) return',
        put: "if (order.status === 'paid') return",
      },
    ],
  },
  {
    name: 'checkout-unsigned',
    foundBy: ['I13'],
    edits: [
      {
        file: 'payments/confirmPayment.ts',
        find: 'gatewayOrderId !== null && gateway.isCheckoutGenuine({ gatewayOrderId, paymentId, signature });',
        put: 'gatewayOrderId !== null && gateway !== undefined && signature.length > 0;',
      },
    ],
  },
  {
    name: 'vanished-party-not-waited-for',
    foundBy: ['I14', 'I15'],
    edits: [{ file: 'calls/sweepCalls.ts', find: '.filter(({ id }) => !waiting.has(id))', put: '' }],
  },
];
