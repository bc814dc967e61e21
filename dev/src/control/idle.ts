/** Whether anything is still at work. */

const LOOK_EVERY_MS = 20;

/** What keeps the stack from being idle, in words; empty when it is. */
export type Busy = readonly string[];

/**
 * Waits until nothing is at work, as seen twice in a row: a task that was just delivered may have begun more.
 * @param look lists what is at work
 * @returns what still was when time ran out; empty when the stack is idle
 */
export async function waitUntilIdle(look: () => Promise<Busy>, limitMs: number): Promise<Busy> {
  const deadlineMs = performance.now() + limitMs;
  let quiet = 0;
  for (;;) {
    const busy = await look();
    quiet = busy.length === 0 ? quiet + 1 : 0;
    if (quiet >= 2) return [];
    if (performance.now() > deadlineMs) return busy.length === 0 ? [] : busy;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
