/** The ports of a world: its store and clock, and providers that refuse, or do what was asked and do not say so. */
import type { AppPorts } from '../../functions/src/ports.ts';
import { deliverEffect } from '../../functions/src/effects.ts';
import type { Clock } from '../../functions/src/platform/clock.ts';
import type { Store } from '../../functions/src/platform/store/port.ts';
import type { Settings } from '../../functions/src/settings.ts';
import { runTask } from '../../functions/src/sweeps.ts';
import { silentGateways } from '../../functions/src/testing/gateways.ts';
import type { Agora } from './agora.ts';
import { answeringStore } from './answeringStore.ts';
import type { Counter, Counters } from './counters.ts';
import type { Defect } from './defects.ts';
import { Injected } from './faults.ts';
import { SimulatedQueue } from './queue.ts';
import type { Surroundings } from './parts.ts';
import type { Shop } from './shop.ts';

/** Also the providers. */
interface Provided extends Surroundings {
  readonly counters: Counters;
  readonly settings: Settings;
  readonly shop: Shop;
  readonly agora: Agora;
  /** Whether an invocation may die at any point, so that none may be left out. */
  readonly everyPoint: boolean;
  /** What the code has logged. */
  logged(severity: string, text: string): void;
}

/** @param clock of the machine that runs the use cases */
export function makeWorldPorts(world: Provided, clock: Clock, defect: Defect | undefined): AppPorts {
  const { random, counters, store } = world;
  const tasks = new SimulatedQueue({
    world,
    counters,
    deliver: async (payload) => {
      const result = await world.invoke('deadline', async (ports) => await runTask(ports, payload));
      return result.kind === 'ok';
    },
    step: async (effect) =>
      await portStep(world, { fault: 'tasksRefused', counter: 'tasks refused', effect }),
  });
  const ports: AppPorts = {
    store: everyAnswer(world, defect?.store?.(store) ?? store),
    clock,
    log: { write: (severity, message, fields) => world.logged(severity, fields?.fault ?? message) },
    ids: { random128: () => random.hex128(), integer: (max) => random.integer(1, max) },
    ...silentGateways(),
    tasks,
    payments: { razorpay: world.shop.gateway() },
    push: {
      send: async () => {
        await portStep(world, { fault: 'pushRefused', counter: 'push refused' });
        return { gone: [] };
      },
    },
    media: {
      credentials: async (request) => await asked(world, () => credentials(world, request)),
      closeChannel: async ({ channel, lockSec, uid }) => {
        const effect = (): void =>
          uid === undefined ? world.agora.close(channel, lockSec) : world.agora.remove(channel, uid, lockSec);
        await portStep(world, { fault: 'mediaRefused', counter: 'media refused', effect });
      },
    },
    settings: async () => await asked(world, () => world.settings),
    deliver: async (effect) => await deliverEffect(ports, effect),
  };
  return ports;
}

function everyAnswer(world: Provided, store: Store): Store {
  return world.everyPoint ? answeringStore(store, async () => await world.answerPause()) : store;
}

/** What is at hand is given at once, except where every point is tried: there it has one before and one after. */
async function asked<T>(world: Provided, answer: () => T): Promise<T> {
  if (!world.everyPoint) return await Promise.resolve(answer());
  await world.answerPause();
  const given = answer();
  await world.answerPause();
  return given;
}

function credentials(world: Provided, request: { channel: string; uid: number; expiresAt: Date }) {
  if (world.random.chance(world.rates.tokenFailed)) {
    world.hit('failed token');
    return undefined;
  }
  const { channel, uid, expiresAt } = request;
  world.agora.issued(channel, uid, expiresAt);
  return { provider: 'agora', channel, uid, token: 'token', appId: 'app', expiresAt } as const;
}

interface PortStep {
  readonly fault: 'tasksRefused' | 'pushRefused' | 'mediaRefused';
  readonly counter: Counter;
  readonly effect?: () => unknown;
}

/** A call of a provider: it may refuse, and it may do what was asked and then not say so. */
async function portStep(world: Provided, { fault, counter, effect }: PortStep): Promise<void> {
  await world.portPause();
  const refused = world.random.chance(world.rates[fault]);
  const done = !refused || world.random.chance(0.3);
  if (done) effect?.();
  await world.answerPause();
  if (!refused) return;
  world.hit(done ? 'port answer lost' : counter);
  throw new Injected(counter);
}
