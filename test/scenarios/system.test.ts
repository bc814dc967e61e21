/** What a deployment tells about itself: little to strangers, more to operators; and what these can do about it. */
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { adminOf, sendJson, setClaims } from './helpers.ts';
import { connectedCall, expectEnded, expectRefusal, hangUp, startedCall, useStack } from './support.ts';

const stack = useStack();
let admin: Firestore;
let operator: Phone;
beforeAll(async () => {
  admin = adminOf(stack);
  operator = await stack.operator();
});

const root = process.env['EARSHOT_ROOT'] ?? process.cwd();
const { version } = JSON.parse(readFileSync(join(root, 'functions/package.json'), 'utf8')) as {
  version: string;
};
const HEALTHY = { status: 'ok' };
const VERSION = { version, api: 'v1' };

describe('health and version', () => {
  it('are there for everybody, over REST and as callables, and tell nothing else', async () => {
    const health = await sendJson(stack, 'api/v1/health', { method: 'GET' });
    expect({ status: health.status, body: health.body }).toEqual({ status: 200, body: HEALTHY });
    const told = await sendJson(stack, 'api/v1/version', { method: 'GET' });
    expect({ status: told.status, body: told.body }).toEqual({ status: 200, body: VERSION });
    const stranger = await stack.phone();
    expect(await stranger.earshot.system.health()).toEqual(HEALTHY);
    expect(await stranger.earshot.system.version()).toEqual(VERSION);
  });

  it('tell operators more', async () => {
    expect(await operator.earshot.system.health()).toEqual({
      status: 'ok',
      details: {
        storeMs: expect.any(Number),
        overdueEffects: 0,
        overdueCalls: 0,
        media: 'configured',
        payments: { razorpay: 'ok' },
      },
    });
    expect(await operator.earshot.system.version()).toEqual({
      ...VERSION,
      details: { node: expect.stringMatching(/^24\./u), revision: expect.any(String) },
    });
    const token = await operator.idToken();
    expect((await sendJson(stack, 'api/v1/health', { method: 'GET', token })).body).toMatchObject({
      details: { overdueCalls: 0 },
    });
  });

  it('tell operators, and nobody else, that Razorpay does not answer', async () => {
    await stack.control.faults({ razorpay: { refuse: 1 } });
    expect(await operator.earshot.system.health()).toMatchObject({
      status: 'ok',
      details: { payments: { razorpay: 'no_answer' } },
    });
    expect(await (await stack.phone()).earshot.system.health()).toEqual(HEALTHY);
  });

  it('tell no more to those who have only the claim, only the role, a session that ended, or a ban', async () => {
    const [claim, role, ended, banned] = await stack.people({ listeners: 0, callers: 4, coins: 0 });
    if (!claim || !role || !ended || !banned) throw new Error('the seed made too few people');
    for (const { uid } of [claim, ended, banned]) await setClaims(stack, uid, { admin: true });
    const roles = ['user', 'admin'];
    await admin.doc(`users/${role.uid}`).update({ roles });
    await admin.doc(`users/${ended.uid}`).update({ roles, sessionsValidAfter: 9_999_999_999 });
    await admin.doc(`users/${banned.uid}`).update({ roles, bannedUntil: new Date('2099-01-01') });
    for (const phone of [claim, role, ended, banned]) {
      await phone.idToken(true);
      expect(await phone.earshot.system.health()).toEqual(HEALTHY);
      expect(await phone.earshot.system.version()).toEqual(VERSION);
    }
  });
});

describe('the state of all calls', () => {
  it('is counted for operators and for nobody else', async () => {
    const before = await operator.earshot.calls.systemStatus();
    const ringing = await startedCall(stack);
    const ongoing = await connectedCall(stack);
    const more = (name: 'ongoingCalls' | 'ringingCalls' | 'openCalls' | 'busyUsers', by: number): number =>
      before[name] + by;
    expect(await operator.earshot.calls.systemStatus()).toEqual({
      ongoingCalls: more('ongoingCalls', 1),
      ringingCalls: more('ringingCalls', 1),
      openCalls: more('openCalls', 2),
      busyUsers: more('busyUsers', 4),
      overdueCalls: 0,
      status: 'ok',
    });
    await expectRefusal(ringing.caller.earshot.calls.systemStatus(), 'NOT_ALLOWED');
    await hangUp(ringing.caller, ringing.callId);
    await hangUp(ongoing.caller, ongoing.callId);
    expect(await operator.earshot.calls.systemStatus()).toEqual(before);
  });
});

describe('cleaning up', () => {
  it('is not for callers', async () => {
    const { caller } = await stack.pair();
    await expectRefusal(caller.earshot.calls.cleanup(), 'NOT_ALLOWED');
  });

  it('finds nothing to do in a world that works', async () => {
    await stack.control.idle();
    expect(await operator.earshot.calls.cleanup()).toEqual({ calls: 0, effects: 0 });
  });

  it('ends a call that everybody has forgotten', async () => {
    await stack.freeze(10);
    await stack.control.faults({ tasks: { drop: 1 } });
    const call = await startedCall(stack);
    const longAgo = Timestamp.fromMillis((await stack.control.now()).getTime() - 300_000);
    await admin.doc(`calls/${call.callId}`).update({ deadlineAt: longAgo, ringExpiresAt: longAgo });
    expect(await operator.earshot.system.health()).toMatchObject({
      status: 'ok',
      details: { overdueCalls: 1 },
    });
    expect(await operator.earshot.calls.systemStatus()).toMatchObject({
      overdueCalls: 1,
      status: 'degraded',
    });
    expect(await operator.earshot.calls.cleanup()).toEqual({ calls: 1, effects: 0 });
    await expectEnded(call, 500, { endReason: 'no_answer', endedBy: 'system' });
    expect(await operator.earshot.calls.systemStatus()).toMatchObject({ overdueCalls: 0, status: 'ok' });
  });

  it('delivers what was left behind', async () => {
    await stack.freeze(10);
    const call = await startedCall(stack);
    await stack.control.faults({ pushes: { refuse: 1 } });
    await hangUp(call.caller, call.callId);
    await stack.control.clearFaults();
    const [left, ...others] = (await admin.collection('outbox').get()).docs;
    expect(others).toEqual([]);
    const longAgo = Timestamp.fromMillis((await stack.control.now()).getTime() - 300_000);
    await left?.ref.update({ notBefore: longAgo });
    expect(await operator.earshot.system.health()).toMatchObject({ details: { overdueEffects: 1 } });
    expect(await operator.earshot.calls.cleanup()).toEqual({ calls: 0, effects: 1 });
    expect(await stack.pushesOf(call.callee.uid, 'call_cancelled')).toHaveLength(1);
    expect((await admin.collection('outbox').get()).size).toBe(0);
  });
});
