/**
 * Mistakes in the code itself, as somebody might make them: each changes a line or two while the code is loaded. All of
 * them must be found by the schedules; one that is not shows that an invariant is missing.
 */
import type { Edit } from './mutate.ts';

export interface Mutation {
  readonly name: string;
  readonly edits: readonly Edit[];
}

export const MUTATIONS: readonly Mutation[] = [
  {
    // Every source of coins tells of them again and again.
    name: 'credit-without-marker',
    edits: [
      {
        file: 'ledger/creditCoins.ts',
        find: 'if (existing !== undefined) return replayed(existing, wallet, hash);',
        put: 'if (existing !== undefined && wallet === undefined) return replayed(existing, wallet, hash);',
      },
      {
        file: 'ledger/saveWallet.ts',
        find: 'writer.create(entries.doc(change.uid, entry.transactionId), entry)',
        put: 'writer.set(entries.doc(change.uid, entry.transactionId), entry)',
      },
    ],
  },
  {
    name: 'settled-again',
    edits: [
      {
        file: 'calls/domain/lifecycle.ts',
        find: "if (call.state === 'ended') return repeatEnd(call, event);",
        put: "if (call.state === 'ended' && author(event).endedBy === 'system') return repeatEnd(call, event); if (call.state === 'ended') call = { ...call, state: 'ongoing' };",
      },
    ],
  },
  {
    name: 'no-slice-fence',
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
    edits: [
      {
        file: 'calls/domain/lifecycle.ts',
        find: 'const endedAt = clampToGrant(call, endInstant(call, event, now));',
        put: 'const endedAt = endInstant(call, event, now);',
      },
    ],
  },
  {
    name: 'start-without-marker',
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
    name: 'effects-unawaited',
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
    edits: [
      {
        file: 'ledger/domain/wallet.ts',
        find: 'Math.ceil((earnedCoins * chargedBonusCoins) / chargeCoins)',
        put: '(earnedCoins * chargedBonusCoins) / chargeCoins',
      },
    ],
  },
  {
    name: 'extended-after-the-end',
    edits: [
      {
        file: 'calls/domain/extension.ts',
        find: "  if (call.state === 'ended') return { kind: 'none' };\n  if (planHold",
        put: '  if (planHold',
      },
    ],
  },
  {
    name: 'field-of-another-version-dropped',
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
    edits: [{ file: 'calls/takeMediaNotice.ts', find: 'if (!closeAgain) return {};', put: 'return {};' }],
  },
  {
    name: 'payment-of-any-amount',
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
    edits: [{ file: 'calls/sweepCalls.ts', find: '.filter(({ id }) => !waiting.has(id))', put: '' }],
  },
];
