/**
 * What the control API has for the phones in the browser. All but `begin`, which belongs to whoever starts the stack,
 * may be seen by a network.
 */
import { randomBytes } from 'node:crypto';
import { Router as makeRouter, type Router } from 'express';
import { z } from 'zod';
import { REGION } from '../../../functions/src/platform/region.ts';
import { availabilityFields } from '../../../functions/src/listeners/documents.ts';
import { InputError, parseInput } from './input.ts';
import { seedSchema, type Seeded } from './seed.ts';
import type { World } from './world.ts';

/** Of whoever calls: enough for a talk, and few enough to see them go. */
const CALLER_COINS = 120;

const nothing = z.strictObject({});
/** `keep` says that whatever empties the world prepares it again. */
const beginSchema = z.strictObject({ keep: z.boolean().default(false) });
const paySchema = z.strictObject({ orderId: z.string().min(1), outcome: z.enum(['captured', 'failed']) });
const phoneSchema = z.string().regex(/^\+\d{8,15}$/u);

/** Who is there to be tried: Asha, who listens, and Ravi, who calls. */
class DemoPeople {
  readonly #world: World;
  #seeded: { readonly emptiedMs: number; readonly people: Promise<Seeded[]> } | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** The same two until the world is emptied. */
  async people(): Promise<{ role: Seeded['role']; phone: string; customToken: string }[]> {
    const { emptiedMs, backend } = this.#world;
    if (this.#seeded?.emptiedMs !== emptiedMs) this.#seeded = { emptiedMs, people: this.#seed() };
    const seeded = this.#seeded;
    const people = await seeded.people.catch((fault: unknown) => {
      // What failed once may be tried again.
      if (this.#seeded === seeded) this.#seeded = undefined;
      throw fault;
    });
    return Promise.all(
      people.map(async ({ uid, role, phone }) => ({
        role,
        phone,
        customToken: await backend.auth.createCustomToken(uid),
      })),
    );
  }

  /** Their phones beat for themselves, so that the stack sees when one is closed. */
  async #seed(): Promise<Seeded[]> {
    const { seeder, backend } = this.#world;
    const people = await seeder.seed({
      listeners: 1,
      callers: 1,
      coins: CALLER_COINS,
      limits: 'generous',
      profiles: [
        { username: 'Asha', languages: ['hi', 'en'], interests: ['music', 'everyday'] },
        { username: 'Ravi', gender: 'male' },
      ],
    });
    const away = people.filter(({ role }) => role === 'listener').map(({ uid }) => uid);
    await Promise.all(
      away.flatMap((uid) => [
        backend.db.doc(`presence/${uid}`).update({ online: false }),
        backend.db.doc(`listeners/${uid}`).update(availabilityFields('offline')),
      ]),
    );
    return people;
  }
}

/**
 * Calls of the phones go from page to page, because no test and no laptop on a train reaches a media server or a relay.
 * Limits are generous, because all phones come from one address.
 */
async function prepare({ backend, clock, seeder }: World): Promise<void> {
  const features = { mediaProviders: { audio: 'webrtc', video: 'webrtc' }, relayOnly: false };
  await seeder.seed(seedSchema.parse({}));
  await backend.db.doc('config/features').set(features, { merge: true });
  clock.nextEpoch();
}

/** Routes below `/web`. */
export function webRoutes(world: World): Router {
  const router = makeRouter();
  const demo = new DemoPeople(world);
  const startId = randomBytes(6).toString('hex');
  router.post('/begin', async (request, response) => {
    const { keep } = parseInput(beginSchema, request.body);
    if (keep) world.afterReset(async () => await prepare(world));
    await prepare(world);
    response.json({});
  });
  router.get('/info', (_request, response) => {
    const { projectId } = world.backend;
    response.json({ projectId, region: REGION, stackId: `${startId}-${world.emptiedMs}` });
  });
  router.post('/people', async (request, response) => {
    parseInput(nothing, request.body);
    response.json({ items: await demo.people() });
  });
  router.get('/messages', (request, response) => {
    const to = phoneSchema.safeParse(request.query['to']);
    if (!to.success) throw new InputError('to', 'must be a phone number');
    response.json({ items: world.recorders.messagesTo(to.data).slice(0, 5) });
  });
  router.post('/pay', (request, response) => {
    response.json(world.razorpay.pay({ ...parseInput(paySchema, request.body), webhook: 'once' }));
  });
  return router;
}
