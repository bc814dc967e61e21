/** A client that gets no answer asks again, with the same input. */
import type { AppPorts } from '../../functions/src/ports.ts';
import type { Result } from './parts.ts';
import type { World } from './world.ts';

const MAX_TRIES = 6;

/** @returns the last answer; `unknown` when none came to any of the tries */
export async function persist<T>(
  world: World,
  name: string,
  work: (ports: AppPorts) => Promise<T>,
): Promise<Result<T>> {
  for (let tries = 1; ; tries++) {
    const result = await world.invoke(name, work);
    if (result.kind !== 'unknown' || tries >= MAX_TRIES) return result;
    world.hit('client retry');
    await world.scheduler.sleep(world.random.between(0.5, 10));
  }
}
