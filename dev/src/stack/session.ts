/** A process that owns a stack: whatever way it ends, the stack ends with it. */
import { startStack, type Stack } from './launcher.ts';
import { StartError } from './ports.ts';

const nothingToStop = async (): Promise<void> => undefined;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Starts a stack, does the work, stops the stack and ends the process with the work's exit code. Signals stop the
 * stack first; a stack that dies by itself ends the process with 1.
 * @param choose decides the base; its mistakes are told in one line
 * @param work resolves with the exit code
 */
export async function withStack(
  choose: () => number | Promise<number>,
  work: (stack: Stack) => Promise<number>,
): Promise<void> {
  let stop = nothingToStop;
  const end = async (code: number) => {
    await stop();
    process.exit(code);
  };
  for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => void end(code));
  try {
    const portBase = await choose();
    const stack = await startStack({
      portBase,
      tell: (line) => console.error(line),
      onStarting: (abort) => (stop = abort),
    });
    console.error(`ready in ${stack.readyInSec.toFixed(1)} s`);
    void stack.crashed.then((tail) => {
      console.error(`The emulators have ended by themselves. The end of their log:\n${tail}`);
      return end(1);
    });
    await end(await work(stack));
  } catch (fault) {
    console.error(fault instanceof StartError ? fault.message : fault);
    await end(1);
  }
}
