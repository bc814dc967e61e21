/** Logging out: every session ends at once, in operations and in live reads, and nobody can reach the person any more. */
import type { Firestore } from '@google-cloud/firestore';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  collection,
  doc,
  getDocFromServer,
  getDocsFromServer,
  limit,
  onSnapshot,
  query,
  where,
} from 'firebase/firestore';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { adminOf, banUntil, claimsOf, contracts, dump, sendJson } from './helpers.ts';
import { reasonOf } from './seenRefusal.ts';
import { newcomer, register, registeredPerson } from './newcomers.ts';
import { lastCode, newPhone } from './signInHelpers.ts';
import { connectedCall, expectRefusal, hangUp, readDocument, startedCall, useStack } from './support.ts';
import type { SignedIn } from './support.ts';

const stack = useStack();
let admin: Firestore;
beforeAll(() => {
  admin = adminOf(stack);
});

/** Sessions count in whole seconds, and one of the second of leaving still holds. */
async function laterSecond(phone: Phone): Promise<void> {
  const { auth_time: sec } = claimsOf(await phone.idToken());
  while (Math.floor(Date.now() / 1000) <= sec) await pause(20);
}

async function leave(phone: Phone, input: Record<string, unknown> = {}): Promise<void> {
  await laterSecond(phone);
  expect(await phone.earshot.auth.logout(input)).toEqual({});
}

/** What the rules say to each private read of one's own. */
async function ownReads(phone: Phone): Promise<Record<string, string>> {
  const { db, uid } = phone;
  const reads: Record<string, Promise<unknown>> = {
    profile: getDocFromServer(doc(db, `users/${uid}`)),
    wallet: getDocFromServer(doc(db, `wallets/${uid}`)),
    entries: getDocsFromServer(query(collection(db, `wallets/${uid}/entries`), limit(1))),
    calls: getDocsFromServer(query(collection(db, 'calls'), where('callerId', '==', uid), limit(1))),
    live: new Promise((resolve, reject) => {
      const stop = onSnapshot(
        doc(db, `wallets/${uid}`),
        { includeMetadataChanges: true },
        (found) => {
          if (found.metadata.fromCache) return;
          stop();
          resolve(found);
        },
        reject,
      );
    }),
  };
  const outcomes = Object.entries(reads).map(async ([name, read]) => {
    const outcome = await read.then(
      () => 'shown',
      (fault: { code?: string }) => fault.code ?? 'a fault without a code',
    );
    return [name, outcome] as const;
  });
  return Object.fromEntries(await Promise.all(outcomes));
}

const all = (outcome: string) => ({
  profile: outcome,
  wallet: outcome,
  entries: outcome,
  calls: outcome,
  live: outcome,
});

const closed = contracts.filter(({ access }) => access !== 'public').map(({ name }) => name);

async function everyOperation(phone: Phone): Promise<string[]> {
  // Any input: session and ban are judged before it.
  const outcomes = await Promise.all(closed.map(async (name) => reasonOf(phone.call(name, { surprise: 1 }))));
  return [...new Set(outcomes)];
}

describe('whoever leaves', () => {
  let person: SignedIn;
  let second: Phone;
  let other: SignedIn;
  beforeAll(async () => {
    person = await registeredPerson(stack);
    second = await stack.secondPhoneOf(person);
    other = await registeredPerson(stack);
    expect(await ownReads(person)).toEqual(all('shown'));
    await laterSecond(second);
    await leave(person);
  });

  it('is refused by every operation, on every phone', async () => {
    for (const phone of [person, second]) expect(await everyOperation(phone)).toEqual(['SESSION_REVOKED']);
    // Every service starts for it.
  }, 120_000);

  it('is refused over REST with the same token', async () => {
    const token = await person.idToken();
    for (const path of ['users/me', 'wallet/balance']) {
      expect(await sendJson(stack, `api/v1/${path}`, { method: 'GET', token })).toMatchObject({
        status: 401,
        body: { error: { code: 'unauthenticated', reason: 'SESSION_REVOKED' } },
      });
    }
  });

  it('reads nothing of their own any more, on any phone', async () => {
    for (const phone of [person, second]) expect(await ownReads(phone)).toEqual(all('permission-denied'));
  });

  it('is refused with a fresh ID token of an old session too', async () => {
    await person.idToken(true);
    expect(await reasonOf(person.earshot.users.me())).toBe('SESSION_REVOKED');
    expect(await ownReads(person)).toEqual(all('permission-denied'));
  });

  it('does not disturb anybody else', async () => {
    expect(await reasonOf(other.earshot.users.me())).toBe('OK');
    expect(await ownReads(other)).toEqual(all('shown'));
  });

  it('comes back with a new session', async () => {
    const back = await stack.secondPhoneOf(person);
    expect(await reasonOf(back.earshot.users.me())).toBe('OK');
    expect(await ownReads(back)).toEqual(all('shown'));
    expect(await reasonOf(person.earshot.users.me())).toBe('SESSION_REVOKED');
  });

  it('leaves nothing in the outbox', async () => {
    await stack.control.idle();
    expect(Object.keys(await dump(stack)).filter((path) => path.startsWith('outbox/'))).toEqual([]);
  });
});

describe('a new session', () => {
  it('holds also when it begins in the second of leaving', async () => {
    const person = await registeredPerson(stack);
    await leave(person);
    // Signing in takes less than a second, so one of several tries falls into the same one.
    for (let tries = 0; tries < 10; tries += 1) {
      const back = await stack.secondPhoneOf(person);
      expect(await reasonOf(back.earshot.users.me())).toBe('OK');
      const { auth_time: enteredSec } = claimsOf(await back.idToken());
      await back.earshot.auth.logout();
      const { sessionsValidAfter } = (await admin.doc(`users/${person.uid}`).get()).data() ?? {};
      const again = await stack.secondPhoneOf(person);
      expect(await reasonOf(again.earshot.users.me())).toBe('OK');
      if (claimsOf(await again.idToken()).auth_time === sessionsValidAfter) return;
      expect(enteredSec).toBeLessThanOrEqual(Number(sessionsValidAfter));
    }
    throw new Error('no session began in the second of leaving');
  });
});

describe('the token that a code was traded for', () => {
  it('begins no session after leaving, although it lives for an hour; a new code does', async () => {
    const number = newPhone();
    const app = await stack.phone();
    const tokenByCode = async () => {
      await app.earshot.auth.requestOtp({ phone: number });
      const code = await lastCode(stack, number);
      return (await app.earshot.auth.verifyOtp({ phone: number, code })).customToken;
    };
    const customToken = await tokenByCode();
    const person = { ...(await stack.phone(customToken)), customToken };
    await register(person);
    const alsoTheirs = await stack.phone(customToken);
    expect(await reasonOf(alsoTheirs.earshot.users.me())).toBe('OK');

    await leave(person);
    const thief = await stack.phone(customToken);
    const { sessionsValidAfter } = (await admin.doc(`users/${person.uid}`).get()).data() ?? {};
    expect(claimsOf(await thief.idToken()).auth_time).toBeGreaterThanOrEqual(Number(sessionsValidAfter));
    for (const refresh of [false, true]) {
      await thief.idToken(refresh);
      expect(await reasonOf(thief.earshot.users.me())).toBe('SESSION_REVOKED');
      expect(await ownReads(thief)).toEqual(all('permission-denied'));
    }

    await stack.control.advance(61);
    const back = await stack.phone(await tokenByCode());
    expect(await reasonOf(back.earshot.users.me())).toBe('OK');
    expect(await ownReads(back)).toEqual(all('shown'));
  });
});

describe('a listener who leaves', () => {
  it('shows as offline at once, and cannot be called', async () => {
    const { caller, callee } = await stack.pair();
    await leave(callee, { deviceId: 'a'.repeat(64), requestId: randomUUID() });
    const card = await readDocument(caller, `listeners/${callee.uid}`);
    expect(card).toMatchObject({ availability: 'offline', online: false });
    const start = { calleeId: callee.uid, type: 'audio' as const, requestId: randomUUID() };
    await expectRefusal(caller.earshot.calls.start(start), 'CALLEE_OFFLINE');
  });

  it('gets no push any more, on any phone', async () => {
    const call = await startedCall(stack);
    expect(await stack.pushesOf(call.callee.uid, 'incoming_call')).toHaveLength(1);
    await leave(call.callee);
    await call.caller.earshot.calls.cancel({ callId: call.callId });
    expect(await stack.pushesOf(call.callee.uid, 'call_cancelled')).toEqual([]);
    const left = await dump(stack);
    expect(left[`pushTargets/${call.callee.uid}`]).toMatchObject({ devices: { mapValue: {} } });
    expect(JSON.stringify(left)).not.toContain(`seeded-device-${call.callee.uid}`);
  });

  it('does not end the call that is open, and the other side pays only for it', async () => {
    const { caller, callee, callId } = await connectedCall(stack);
    await leave(callee);
    expect(await readDocument(caller, `calls/${callId}`)).toMatchObject({ state: 'ongoing' });
    expect(await readDocument(caller, `listeners/${callee.uid}`)).toMatchObject({ availability: 'busy' });
    await stack.control.advance(90);
    const { endReason, receipt } = await hangUp(caller, callId);
    expect({ endReason, billedMinutes: receipt.billedMinutes }).toEqual({
      endReason: 'completed',
      billedMinutes: 2,
    });
    expect(await stack.pushesOf(callee.uid, 'call_ended')).toEqual([]);
    // The end of a call renews the lease of who is still there. Nobody can ring a phone that is signed out.
    expect(await readDocument(caller, `listeners/${callee.uid}`)).toMatchObject({ availability: 'offline' });
    const start = { calleeId: callee.uid, type: 'audio' as const, requestId: randomUUID() };
    await expectRefusal(caller.earshot.calls.start(start), 'CALLEE_OFFLINE');
  });
});

describe('somebody without a profile', () => {
  it('leaves too, and nothing is written for it', async () => {
    const person = await newcomer(stack);
    const before = await dump(stack);
    await leave(person);
    await stack.control.idle();
    expect(await dump(stack)).toEqual(before);
  });
});

describe('a banned person', () => {
  it('is refused by every operation and every private read, with every session', async () => {
    const person = await registeredPerson(stack);
    await banUntil(admin, person.uid, new Date('2099-01-01T00:00:00Z'));
    for (const phone of [person, await stack.secondPhoneOf(person)]) {
      expect(await everyOperation(phone)).toEqual(['USER_BANNED']);
      expect(await ownReads(phone)).toEqual(all('permission-denied'));
    }
  });
});
