/**
 * The sixteen kinds of faults that a distributed system on Firestore, Cloud Tasks and webhooks has to live with: which
 * rates bring each about, and by which counters a run shows that it has met it.
 */
import type { FAULT_COUNTERS } from './counters.ts';
import type { Rate } from './faults.ts';

export interface FaultKind {
  readonly name: string;
  readonly rates: readonly Rate[];
  readonly counters: readonly (typeof FAULT_COUNTERS)[number][];
}

export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'duplicate delivery', rates: ['taskDuplicated'], counters: ['task duplicated'] },
  { name: 'delay of up to five minutes', rates: ['taskDelayed'], counters: ['task delayed'] },
  { name: 'reordering', rates: ['taskReordered'], counters: ['task reordered'] },
  { name: 'lost enqueue', rates: ['taskLost', 'tasksRefused'], counters: ['task lost', 'tasks refused'] },
  {
    name: 'crash before or after the commit',
    rates: ['crash'],
    counters: ['crash before commit', 'crash after commit', 'crash elsewhere', 'handler retried'],
  },
  {
    name: 'hang to the time-out with a second copy running',
    rates: ['hang'],
    counters: ['handler hung', 'late handler goes on'],
  },
  { name: 'aborted transaction', rates: ['aborted'], counters: ['commit aborted'] },
  {
    name: 'commit applied with its answer lost',
    rates: ['lostAck'],
    counters: ['acknowledgement lost', 'commit answered with an error'],
  },
  { name: 'commit not applied, with an error', rates: ['commitFailed'], counters: ['commit failed'] },
  { name: 'slow read', rates: ['slowRead', 'slow'], counters: ['slow read', 'slow step'] },
  {
    name: 'lock held until it expires',
    rates: ['crash', 'lockHeld'],
    counters: ['lock left behind', 'lock met'],
  },
  {
    name: 'webhooks lost, late, doubled and out of order',
    rates: ['webhookLost', 'webhookLate', 'webhookDoubled', 'webhookReordered'],
    counters: [
      'media notice lost',
      'media notice delayed',
      'media notice doubled',
      'media notice reordered',
      'payment report lost',
      'payment report delayed',
      'payment report doubled',
      'payment report reordered',
    ],
  },
  { name: 'clock of a client off by up to ten minutes', rates: ['clockOff'], counters: ['client clock off'] },
  {
    name: 'client retry and double tap',
    rates: ['answerLost', 'doubleTap'],
    counters: ['answer lost', 'client retry', 'double tap'],
  },
  { name: 'both parties end at once', rates: ['bothEnd'], counters: ['both ends at once'] },
  {
    name: 'deploy in the middle of a call',
    rates: ['deploy'],
    counters: [
      'two versions at once',
      'document of the previous version',
      'field of the next version kept',
      'call across a deploy',
    ],
  },
];
