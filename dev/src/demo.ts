/** `npm run demo`: a paid call from start to settlement on a stack of its own, and whether the books agree. */
import { setLogLevel } from 'firebase/app';
import { getFirestore } from 'firebase-admin/firestore';
import { auditBooks, movedByCall, readAccounts } from './demo/books.ts';
import { openStage, peopleComeIn } from './demo/cast.ts';
import { playShortCall } from './demo/shortCall.ts';
import { playPaidCall } from './demo/story.ts';
import { bookLines, receiptLines } from './demo/summary.ts';
import { HEADER, Timeline } from './demo/timeline.ts';
import { mismatchesOf, reportOf, type Outcome } from './demo/verdict.ts';
import { controlOf } from './phone/control.ts';
import { findFreeBase } from './stack/free.ts';
import type { Stack } from './stack/launcher.ts';
import { parseBase } from './stack/ports.ts';
import { withStack } from './stack/session.ts';

/** The first base tried when none is asked for; out of the way of `npm start` and `npm test`. */
const FIRST_BASE = 4610;

const args = process.argv.slice(2);
const json = args.includes('--json');
if (args.some((arg) => arg !== '--json')) {
  console.error('usage: npm run demo [-- --json]');
  process.exit(2);
}
// Standard output belongs to the one object then; whatever else is said, also by the stack, goes to standard error.
if (json) console.log = console.error;

/** Plays both calls and reads the books. */
async function play({ controlUrl }: Stack): Promise<Outcome> {
  const control = controlOf(controlUrl);
  const timeline = new Timeline({ tell: (line) => console.log(line), now: async () => await control.now() });
  const info = await control.ready();
  const stage = await openStage(control, info, timeline);
  try {
    // The clock moves only when it is told to, so the times of the call are exact.
    await control.request('POST', '/clock/freeze');
    console.log(`\n${HEADER}`);
    await peopleComeIn(stage);
    const call = await playPaidCall(stage);
    const shortReceipt = await playShortCall(stage);
    await control.idle();
    // The control API has pointed firebase-admin of this process at the stack.
    const accounts = await readAccounts(getFirestore());
    const accountOf = (uid: string) => accounts.find((account) => account.uid === uid);
    return {
      ...call,
      shortReceipt,
      books: auditBooks(accounts),
      callerMoved: movedByCall(accountOf(stage.caller.uid), call.callId),
      listenerMoved: movedByCall(accountOf(stage.listener.uid), call.callId),
      steps: timeline.steps,
    };
  } finally {
    await stage.close();
  }
}

/** @returns the exit code */
function conclude(outcome: Outcome): number {
  const { callerReceipt, listenerReceipt, books } = outcome;
  for (const line of [...receiptLines(callerReceipt, listenerReceipt), ...bookLines(books)])
    console.log(line);
  const mismatches = mismatchesOf(outcome);
  for (const mismatch of mismatches) console.error(`MISMATCH: ${mismatch}`);
  if (mismatches.length === 0) console.log('\nEverything agrees.');
  if (json) process.stdout.write(`${JSON.stringify(reportOf(outcome))}\n`);
  return mismatches.length === 0 ? 0 : 1;
}

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    interrupted = true;
    // The stack goes away under the phones' feet; they need not complain.
    setLogLevel('silent');
  });
}

const asked = process.env['EARSHOT_PORT_BASE'];
await withStack(
  () => (asked === undefined ? findFreeBase(FIRST_BASE) : parseBase(asked)),
  async (stack) => {
    try {
      return conclude(await play(stack));
    } catch (fault) {
      if (!interrupted) throw fault;
      // The session ends the process as soon as the stack is down.
      return await new Promise<number>(() => undefined);
    }
  },
);
