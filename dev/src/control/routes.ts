/** The routes of the control API. */
import { Router as makeRouter, type Router } from 'express';
import { FieldValue } from 'firebase-admin/firestore';
import { z } from 'zod';
import { InputError, parseInput } from './input.ts';
import { NO_PUSH_FAULTS, NO_TASK_FAULTS } from './faults.ts';
import { agoraFaultsSchema, NO_AGORA_FAULTS } from './sandbox/agora.ts';
import { messageFaultsSchema, NO_MESSAGE_FAULTS } from './sandbox/messages.ts';
import { NO_RAZORPAY_FAULTS, razorpayFaultsSchema } from './sandbox/razorpay.ts';
import { seedSchema } from './seed.ts';
import type { World } from './world.ts';

const IDLE_LIMIT_MS = 30_000;
/** After an advance: an entry of the outbox that nobody works on waits for a sweep, not for us. */
const OUTBOX_LIMIT_MS = 5000;

const uids = z.array(z.string().min(1)).default([]);
const advanceSchema = z.strictObject({
  seconds: z.number().min(0).max(1_000_000),
  silent: uids,
  /** People who beat again; for those the stack keeps online. */
  beating: uids,
  /** Whether to run what comes due, in order, and to wait for all that is at work; else it begins by itself. */
  settle: z.boolean().default(true),
});

const probability = z.number().min(0).max(1).default(0);
const queueFaults = z
  .strictObject({
    duplicate: probability,
    delaySec: z.number().min(0).max(86_400).default(0),
    reorder: probability,
    drop: probability,
  })
  .optional();
const faultsSchema = z.strictObject({
  tasks: queueFaults,
  webhooks: queueFaults,
  messages: messageFaultsSchema.optional(),
  razorpay: razorpayFaultsSchema.optional(),
  agora: agoraFaultsSchema.optional(),
  pushes: z
    .strictObject({ unregistered: z.array(z.string().min(1)).default([]), refuse: probability })
    .optional(),
  kill: z.string().min(1).optional(),
});

const grantSchema = z.strictObject({ uid: z.string().min(1), role: z.literal('admin') });
const nothing = z.strictObject({});

/** Everything but the recorders and the task queues. */
export function controlRoutes(world: World): Router {
  const router = makeRouter();
  addClockRoutes(router, world);
  addFaultRoutes(router, world);
  addPeopleRoutes(router, world);
  addAgoraRoutes(router, world);
  router.get('/idle', async (_request, response) => {
    const busy = await world.idle(IDLE_LIMIT_MS);
    if (busy.length === 0) response.json({ idle: true });
    else response.status(503).json({ error: { message: `still busy: ${busy.join(', ')}`, busy } });
  });
  router.get('/counters', (_request, response) => {
    response.json(world.counters());
  });
  router.delete('/counters', (_request, response) => {
    world.resetCounters();
    response.json({});
  });
  return router;
}

/** The state of the clock, as answered by every clock route. */
export function clockView({ clock }: World): {
  now: string;
  offsetSec: number;
  frozen: boolean;
  epoch: number;
} {
  const now = new Date(clock.nowMs()).toISOString();
  return { now, offsetSec: clock.leadMs() / 1000, frozen: clock.frozen, epoch: clock.epoch };
}

function addClockRoutes(router: Router, world: World): void {
  router.get('/clock', (_request, response) => {
    response.json(clockView(world));
  });
  router.post('/clock/freeze', async (request, response) => {
    parseInput(nothing, request.body);
    await world.driver.exclusively(async () => world.clock.freeze());
    response.json(clockView(world));
  });
  router.post('/clock/resume', async (request, response) => {
    parseInput(nothing, request.body);
    await world.driver.exclusively(async () => world.clock.resume());
    response.json(clockView(world));
  });
  router.post('/clock/advance', async (request, response) => {
    const { seconds, silent, beating, settle } = parseInput(advanceSchema, request.body);
    const prepare = async () => world.beats.choose(silent, beating);
    if (!settle) {
      await world.driver.skip(seconds, prepare);
      response.json({ now: new Date(world.clock.nowMs()).toISOString(), ran: [] });
      return;
    }
    const ran = await world.driver.advance(seconds, prepare);
    const busy = await world.idle(IDLE_LIMIT_MS, false);
    if (busy.length > 0) {
      response.status(503).json({ error: { message: `still busy: ${busy.join(', ')}`, busy }, ran });
      return;
    }
    await world.idle(OUTBOX_LIMIT_MS);
    response.json({ now: new Date(world.clock.nowMs()).toISOString(), ran });
  });
}

function addFaultRoutes(router: Router, world: World): void {
  router.post('/faults', (request, response) => {
    const { kill, ...wished } = parseInput(faultsSchema, request.body);
    const { tasks, webhooks, messages, agora, razorpay, pushes } = wished;
    if (tasks !== undefined) world.tasks.misbehave(tasks);
    if (webhooks !== undefined) world.webhooks.misbehave(webhooks);
    if (messages !== undefined) world.messaging.misbehave(messages);
    if (razorpay !== undefined) world.razorpay.misbehave(razorpay);
    if (agora !== undefined) world.agora.misbehave(agora);
    if (pushes !== undefined) world.recorders.refusePushes(pushes);
    const killed = kill !== undefined && world.killer.kill(kill);
    response.json({
      ...wished,
      ...(kill !== undefined && { kill: killed ? 'killed' : 'armed' }),
    });
  });
  router.get('/faults', (_request, response) => {
    const { killed, armed } = world.killer;
    response.json({ killed, armed, injected: world.injected.counts() });
  });
  router.delete('/faults', (_request, response) => {
    world.tasks.misbehave(NO_TASK_FAULTS);
    world.recorders.refusePushes(NO_PUSH_FAULTS);
    world.webhooks.misbehave(NO_TASK_FAULTS);
    world.messaging.misbehave(NO_MESSAGE_FAULTS);
    world.razorpay.misbehave(NO_RAZORPAY_FAULTS);
    world.agora.misbehave(NO_AGORA_FAULTS);
    world.killer.reset();
    world.injected.clear();
    response.json({});
  });
}

const agoraEventSchema = z.strictObject({
  callId: z.string().min(1),
  uid: z.string().min(1),
  type: z.enum(['join', 'leave']),
  reason: z.number().int().nonnegative().optional(),
  clientSeq: z.number().nonnegative().optional(),
});

function addAgoraRoutes(router: Router, world: World): void {
  router.post('/agora/event', async (request, response) => {
    const { callId, uid, ...event } = parseInput(agoraEventSchema, request.body);
    const { db } = world.backend;
    const [call, media] = await db.getAll(db.doc(`calls/${callId}`), db.doc(`calls/${callId}/private/media`));
    const channel: unknown = media?.get('channel');
    const role = (['caller', 'callee'] as const).find((party) => call?.get(`${party}Id`) === uid);
    if (typeof channel !== 'string')
      throw new InputError('callId', 'there is no such call with a channel', 404);
    if (role === undefined) throw new InputError('uid', 'is no party of this call', 404);
    const mediaUid = Number(media?.get(`${role}Uid`));
    response.json({ notification: world.agora.notify({ channel, uid: mediaUid, ...event }) });
  });
}

function addPeopleRoutes(router: Router, world: World): void {
  const { auth, db } = world.backend;
  router.post('/seed', async (request, response) => {
    const seed = parseInput(seedSchema, request.body);
    const items = await world.seeder.seed(seed);
    world.beats.keep(items.map(({ uid }) => uid));
    world.clock.nextEpoch();
    response.json({ items });
  });
  router.post('/admin/grant', async (request, response) => {
    const { uid } = parseInput(grantSchema, request.body);
    const account = await auth.getUser(uid).catch(() => undefined);
    const profile = await db.doc(`users/${uid}`).get();
    if (account === undefined || !profile.exists) throw new InputError('uid', 'nobody has this uid');
    await auth.setCustomUserClaims(uid, { ...account.customClaims, admin: true });
    await profile.ref.update({ roles: FieldValue.arrayUnion('admin') });
    response.json({ uid, role: 'admin' });
  });
  router.post('/reset', async (request, response) => {
    parseInput(nothing, request.body);
    await world.driver.exclusively(() => world.reset());
    response.json(clockView(world));
  });
}
