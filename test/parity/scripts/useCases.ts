/** Scripts of whole use cases: what they answer, what they leave, and how much they read and write. */
import { acceptCall } from '../../../functions/src/calls/acceptCall.ts';
import { readHistory } from '../../../functions/src/calls/callHistory.ts';
import { callToken } from '../../../functions/src/calls/callToken.ts';
import { calls, type Call } from '../../../functions/src/calls/documents.ts';
import { adminEndCall, emergencyEnd, hangUp, rejectCall } from '../../../functions/src/calls/endCall.ts';
import { runDeadline } from '../../../functions/src/calls/events.ts';
import { getCall } from '../../../functions/src/calls/getCall.ts';
import { joinCall } from '../../../functions/src/calls/joinCall.ts';
import { startCall } from '../../../functions/src/calls/startCall.ts';
import { adjustCoins } from '../../../functions/src/ledger/adjustCoins.ts';
import { readBalance, readTransactions } from '../../../functions/src/ledger/readWallet.ts';
import { derivedId } from '../../../functions/src/platform/ids.ts';
import { sweepOutbox } from '../../../functions/src/platform/outbox.ts';
import { heartbeat } from '../../../functions/src/presence/heartbeat.ts';
import { updatePresence } from '../../../functions/src/presence/updatePresence.ts';
import { appOn, ADMIN, CALLEE, CALLER, reason, RIVAL, type App } from '../app.ts';
import { outcome, together, type Script } from '../scene.ts';

const CALL_ID = derivedId('calls/start', CALLER, 'start');

async function start({ ports, actor }: App, uid = CALLER, requestId = 'start') {
  return await startCall(ports, actor(uid), { calleeId: CALLEE, type: 'audio', requestId });
}

async function accept({ ports, actor }: App, requestId = 'accept') {
  return await acceptCall(ports, actor(CALLEE), { callId: CALL_ID, requestId });
}

async function join({ ports, actor }: App, uid: string) {
  return await joinCall(ports, actor(uid), { callId: CALL_ID });
}

async function end({ ports, actor }: App, uid = CALLER) {
  return await hangUp(ports, actor(uid), { callId: CALL_ID });
}

/** A call that both have joined. @returns every answer on the way */
async function connect(app: App): Promise<unknown[]> {
  const started = await start(app);
  app.clock.advance(5);
  const accepted = await accept(app);
  app.clock.advance(3);
  return [started, accepted, await join(app, CALLER), await join(app, CALLEE)];
}

/** The deadline task of the slice as it is stored. */
async function deadline(app: App): Promise<string> {
  const { callerId, slice } = await callOf(app);
  return await reason(async () => await runDeadline(app.ports, { callId: CALL_ID, callerId, slice }));
}

async function callOf({ ports }: App): Promise<Call> {
  const [call] = await ports.store.getAll(calls.doc(CALL_ID));
  if (call === undefined) throw new Error('there is no call');
  return call;
}

async function state(app: App): Promise<unknown> {
  const { state: now, endReason, grantedMinutes, billedMinutes, final } = await callOf(app);
  return [now, endReason, grantedMinutes, billedMinutes, final];
}

const alone: Script[] = [
  {
    name: 'use case: a call is started, accepted, joined and ended',
    run: async (scene) => {
      const app = await appOn(scene);
      const before = await connect(app);
      app.clock.advance(90);
      const ended = await end(app);
      const { ports, actor } = app;
      return [before, ended, await getCall(ports, actor(CALLEE), { callId: CALL_ID })];
    },
  },
  {
    name: 'use case: a call is settled once, whoever ends it again',
    run: async (scene) => {
      const app = await appOn(scene);
      await connect(app);
      app.clock.advance(61);
      const first = await end(app);
      app.clock.advance(100);
      const { ports, actor } = app;
      const help = { callId: CALL_ID, note: 'help' };
      return [
        first,
        await end(app),
        await end(app, CALLEE),
        await emergencyEnd(ports, actor(CALLEE), help),
        await reason(async () => await adminEndCall(ports, actor(ADMIN), { callId: CALL_ID, note: 'over' })),
      ];
    },
  },
  {
    name: 'use case: a call is declined, and the caller calls again',
    run: async (scene) => {
      const app = await appOn(scene);
      await start(app);
      const declined = await rejectCall(app.ports, app.actor(CALLEE), { callId: CALL_ID });
      return [declined, await start(app), await start(app, CALLER, 'again')];
    },
  },
  {
    name: 'use case: nobody answers',
    run: async (scene) => {
      const app = await appOn(scene);
      await start(app);
      const early = await outcome(async () => await deadline(app));
      app.clock.advance(60);
      return [early, await deadline(app), await state(app), await reason(async () => await accept(app))];
    },
  },
  {
    name: 'use case: coins come in the middle of a call, and it goes on',
    run: async (scene) => {
      const app = await appOn(scene, 20);
      await connect(app);
      app.clock.advance(60);
      const states = [await deadline(app), await state(app)];
      states.push(await app.credit(CALLER, 'top-up', 300), await state(app));
      states.push(await app.credit(CALLER, 'top-up', 300), await app.credit(CALLER, 'top-up', 301));
      app.clock.advance(150);
      return [states, await end(app), await state(app)];
    },
  },
  {
    name: 'use case: a call is extended until its coins are gone, and cut',
    run: async (scene) => {
      const app = await appOn(scene, 55);
      await connect(app);
      const states: unknown[] = [];
      for (let minute = 0; minute < 6; minute++) {
        app.clock.advance(60);
        states.push(await outcome(async () => await deadline(app)), await state(app));
      }
      return states;
    },
  },
  {
    name: 'use case: a token renewed late extends as the timer would have',
    run: async (scene) => {
      const app = await appOn(scene);
      await connect(app);
      app.clock.advance(115);
      const renewed = await callToken(app.ports, app.actor(CALLER), { callId: CALL_ID });
      return [renewed, await state(app)];
    },
  },
  {
    name: 'use case: a refused start leaves nothing, and may be repeated',
    run: async (scene) => {
      const app = await appOn(scene, 0);
      const refused = [
        await reason(async () => await start(app)),
        await reason(async () => await start(app)),
      ];
      await app.credit(CALLER, 'now', 100);
      return [refused, await start(app), await reason(async () => await start(app, CALLER, 'another'))];
    },
  },
  {
    name: 'use case: an adjustment answers again, refuses another input, and takes no more than there is',
    run: async (scene) => {
      const { ports, actor } = await appOn(scene);
      const adjust = async (coins: number, requestId: string): Promise<unknown> =>
        await outcome(
          async () =>
            await adjustCoins(ports, actor(ADMIN), {
              userId: CALLER,
              coins,
              source: 'adjust',
              note: 'corrected',
              requestId,
            }),
        );
      return [
        await adjust(-30, 'a'),
        await adjust(-30, 'a'),
        await adjust(-31, 'a'),
        await adjust(-71, 'b'),
        await adjust(-70, 'b'),
      ];
    },
  },
  {
    name: 'use case: what a provider refuses stays in the outbox until a sweep delivers it',
    run: async (scene) => {
      const app = await appOn(scene);
      const { ports, refused, clock } = app;
      refused.add('push');
      await start(app);
      const swept = [await sweepOutbox(ports, ports.deliver)];
      clock.advance(61);
      swept.push(await sweepOutbox(ports, ports.deliver));
      refused.clear();
      clock.advance(600);
      return [...swept, await sweepOutbox(ports, ports.deliver), await sweepOutbox(ports, ports.deliver)];
    },
  },
  {
    name: 'use case: entries and calls are listed page by page',
    run: async (scene) => {
      const app = await appOn(scene);
      const { ports, actor, clock } = app;
      await connect(app);
      clock.advance(125);
      await end(app);
      await app.credit(CALLER, 'gift', 7, 'bonus');
      const pages: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await readTransactions(ports, actor(CALLER), { limit: 2, ...(cursor && { cursor }) });
        pages.push(page);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      pages.push(await readTransactions(ports, actor(CALLER), { limit: 2, type: 'charge' }));
      pages.push(await readHistory(ports, actor(CALLEE), { limit: 5 }));
      return pages;
    },
  },
  {
    name: 'use case: a listener pauses, leaves and comes back',
    run: async (scene) => {
      const app = await appOn(scene);
      const { ports, actor, clock } = app;
      const say = async (input: Parameters<typeof updatePresence>[2]): Promise<unknown> =>
        await updatePresence(ports, actor(CALLEE), input);
      const said = [await say({ willing: false }), await reason(async () => await start(app))];
      said.push(await say({ willing: true }), await say({ online: false }));
      said.push(await reason(async () => await start(app, RIVAL)));
      clock.advance(10);
      return [said, await heartbeat(ports, actor(CALLEE)), await start(app)];
    },
  },
  {
    name: 'use case: the sixth call to one listener in an hour is refused, with the time to wait',
    run: async (scene) => {
      const app = await appOn(scene);
      const answers: unknown[] = [];
      for (let count = 0; count < 6; count++) {
        const requestId = `start ${count}`;
        const callId = derivedId('calls/start', CALLER, requestId);
        answers.push(await outcome(async () => await start(app, CALLER, requestId)));
        await reason(async () => await rejectCall(app.ports, app.actor(CALLEE), { callId }));
        app.clock.advance(10);
      }
      return answers.map((answer) => JSON.stringify(answer));
    },
  },
];

/** Who comes first is chance here, so each returns only what is certain. */
const races: Script[] = [
  {
    name: 'use case: a caller who hangs up on two devices at once pays once',
    contended: true,
    run: async (scene) => {
      const app = await appOn(scene);
      await connect(app);
      app.clock.advance(90);
      return await together([async () => await end(app), async () => await end(app)]);
    },
  },
  {
    name: 'use case: a start that is sent three times at once makes one call',
    contended: true,
    run: async (scene) => {
      const app = await appOn(scene);
      const answers = await together(Array.from({ length: 3 }, () => async () => await start(app)));
      return [new Set(answers).size, answers[0], await state(app)];
    },
  },
  {
    name: 'use case: one payment told of four times at once is credited once',
    contended: true,
    run: async (scene) => {
      const app = await appOn(scene);
      return await together(
        Array.from({ length: 4 }, () => async () => await app.credit(CALLER, 'told', 300)),
      );
    },
  },
  {
    name: 'use case: of two who call one listener at once, one is told that she is busy',
    contended: true,
    leavesChance: true,
    run: async (scene) => {
      const app = await appOn(scene);
      return await together(
        [CALLER, RIVAL].map((uid) => async () => await reason(async () => await start(app, uid))),
      );
    },
  },
  {
    name: 'use case: of two devices that accept at once, one is told that it was answered elsewhere',
    contended: true,
    leavesChance: true,
    run: async (scene) => {
      const app = await appOn(scene);
      await start(app);
      const answers = await together(
        ['phone', 'tablet'].map((device) => async () => await reason(async () => await accept(app, device))),
      );
      return [answers, await state(app)];
    },
  },
  {
    name: 'use case: a credit and the end of the call it is for, at once',
    contended: true,
    leavesChance: true,
    run: async (scene) => {
      const app = await appOn(scene);
      await connect(app);
      app.clock.advance(90);
      await together([async () => await end(app), async () => await app.credit(CALLER, 'late', 50)]);
      // Whichever came first: two minutes are paid for, and nothing is held any more.
      const { coins } = await readBalance(app.ports, app.actor(CALLER));
      const { endReason, billedMinutes } = await callOf(app);
      return [coins, endReason, billedMinutes];
    },
  },
];

export const useCaseScripts: readonly Script[] = [...races, ...alone];
