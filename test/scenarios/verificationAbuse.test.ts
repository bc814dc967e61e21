/** What is no sample is not taken, and nobody decides or hears what is not theirs. */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AUDIO, NOT_AUDIO } from '../../functions/src/testing/audio.ts';
import { MAX_SAMPLE_BYTES } from '../../functions/src/verification/domain/audio.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { adminOf, banUntil, dump, sendJson } from './helpers.ts';
import { reasonOf, refusalOf } from './seenRefusal.ts';
import { applicant, handIn, putAsAdministrator, review, submit, upload } from './samples.ts';
import { expectRefusal, useStack, type SignedIn } from './support.ts';

const stack = useStack();
let listener: SignedIn;
let other: SignedIn;
let operator: Phone;

beforeAll(async () => {
  listener = await applicant(stack);
  other = await applicant(stack);
  operator = await stack.operator();
});

// Nothing comes due meanwhile: what a dump shows came from the test.
beforeEach(async () => stack.freeze());

/** @returns what is said about the path */
async function complaint(objectPath: string, phone: Phone = listener): Promise<string> {
  const { code, details } = await refusalOf(submit(phone, objectPath));
  expect({ code, reason: details.reason }).toEqual({ code: 'invalid-argument', reason: 'INVALID_INPUT' });
  const [issue, ...more] = details['issues'] as { path: string; message: string }[];
  expect(more).toEqual([]);
  expect(issue?.path).toBe('objectPath');
  return issue?.message ?? '';
}

async function nothingWritten(work: () => Promise<void>): Promise<void> {
  const before = await uncounted();
  await work();
  expect(await uncounted()).toEqual(before);
}

/** All documents but the counts of limits: to read a file counts, whatever is in it. */
async function uncounted(): Promise<Record<string, unknown>> {
  const documents = Object.entries(await dump(stack));
  return Object.fromEntries(documents.filter(([path]) => !path.startsWith('limits/')));
}

describe('handed in is only', () => {
  it('a file of one’s own folder', async () => {
    const theirs = await upload(other);
    const mine = `verification-audio/${listener.uid}`;
    const bucket = `${stack.info.projectId}.appspot.com`;
    await nothingWritten(async () => {
      for (const path of [
        theirs,
        `${mine}/../${other.uid}/a.mp3`,
        `${mine}//a.mp3`,
        `/${mine}/a.mp3`,
        `${mine}%2Fa.mp3`,
        `${mine}/..%2F${other.uid}%2Fa.mp3`,
        `${mine}/deeper/a.mp3`,
        `${mine}/`,
        mine,
        `profile-images/${listener.uid}/a.mp3`,
        `https://example.com/${mine}/a.mp3`,
        `http://127.0.0.1:${stack.info.ports.storage}/v0/b/${bucket}/o/${encodeURIComponent(theirs)}?alt=media`,
        `gs://${bucket}/${mine}/a.mp3`,
        'file:///etc/passwd',
        '.',
      ])
        expect([path, await complaint(path)]).toEqual([
          path,
          'not an audio file of your own folder, verification-audio/{your uid}/',
        ]);
    });
  });

  it('a file that is there', async () => {
    await nothingWritten(async () =>
      expectRefusal(submit(listener, `verification-audio/${listener.uid}/none.mp3`), 'NOT_FOUND'),
    );
  });

  it.each(Object.entries(NOT_AUDIO))('audio, not %s under its name', async (_name, content) => {
    const path = await upload(listener, { content });
    await nothingWritten(async () => {
      expect(await complaint(path)).toBe('the content of the file is not mp3 audio');
    });
  });

  it('audio of the kind that the name says', async () => {
    const path = await upload(listener, { format: 'ogg', content: AUDIO.wav });
    expect(await complaint(path)).toBe('the content of the file is not ogg audio');
  });

  it('what the rules would have let in, also where somebody got around them', async () => {
    const path = (name: string): string => `verification-audio/${listener.uid}/${name}`;
    await putAsAdministrator(stack, path('typed.mp3'), AUDIO.mp3, 'text/html');
    expect(await complaint(path('typed.mp3'))).toBe('the file was not uploaded with a type of mp3 audio');
    await putAsAdministrator(stack, path('empty.mp3'), Buffer.alloc(0), 'audio/mpeg');
    expect(await complaint(path('empty.mp3'))).toBe('the file is empty');
    const large = Buffer.concat([AUDIO.mp3, Buffer.alloc(MAX_SAMPLE_BYTES)]);
    await putAsAdministrator(stack, path('large.mp3'), large, 'audio/mpeg');
    expect(await complaint(path('large.mp3'))).toBe('the file is larger than 10 MB');
    const largest = large.subarray(0, MAX_SAMPLE_BYTES);
    await putAsAdministrator(stack, path('largest.mp3'), largest, 'audio/mpeg');
    // Somebody else hands it in, so that the listener of this test keeps none that waits.
    const another = await applicant(stack);
    expect((await handIn(another, { content: largest })).status).toBe('pending');
  });
});

describe('one at a time', () => {
  it('waits, however many are handed in at once', async () => {
    const person = await applicant(stack);
    const paths = [await upload(person), await upload(person), await upload(person)];
    const reasons = await Promise.all(paths.map(async (path) => reasonOf(submit(person, path))));
    expect(reasons.toSorted()).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION', 'OK']);
    expect((await person.earshot.verification.history()).items).toHaveLength(1);
  });

  it('is made, however often the same one is handed in at once', async () => {
    const person = await applicant(stack);
    const path = await upload(person);
    const answers = await Promise.all([1, 2, 3].map(async () => submit(person, path)));
    expect(new Set(answers.map(({ sampleId }) => sampleId)).size).toBe(1);
    expect((await person.earshot.verification.history()).items).toHaveLength(1);
  });

  it('waits: a second one is refused until the first is reviewed', async () => {
    const person = await applicant(stack);
    const first = await handIn(person);
    const path = await upload(person);
    await nothingWritten(async () =>
      expectRefusal(submit(person, path), 'INVALID_TRANSITION', { state: 'pending' }),
    );
    await review(operator, first.sampleId, 'rejected');
    expect((await submit(person, path)).status).toBe('pending');
  });
});

describe('a review', () => {
  it('of two operators with different verdicts is won by one of them', async () => {
    const person = await applicant(stack);
    const { sampleId } = await handIn(person);
    const second = await stack.operator();
    const [approved, rejected] = await Promise.all([
      reasonOf(review(operator, sampleId, 'approved', 'yes')),
      reasonOf(review(second, sampleId, 'rejected', 'no')),
    ]);
    expect([approved, rejected].toSorted()).toEqual(['INVALID_TRANSITION', 'OK']);
    const verdict = approved === 'OK' ? 'approved' : 'rejected';
    const store = adminOf(stack);
    const [sample, user, card] = await Promise.all(
      [`verificationSamples/${sampleId}`, `users/${person.uid}`, `listeners/${person.uid}`].map(
        async (path) => store.doc(path).get(),
      ),
    );
    expect(sample?.data()).toMatchObject({ status: verdict, remarks: approved === 'OK' ? 'yes' : 'no' });
    expect(user?.data()).toMatchObject({ listenerStatus: verdict });
    expect(card?.exists).toBe(verdict === 'approved');
    expect(await stack.pushesOf(person.uid, 'verification_result')).toHaveLength(1);
  });

  it('said twice is one review, and the other verdict comes too late', async () => {
    const person = await applicant(stack);
    const { sampleId } = await handIn(person);
    const first = await review(operator, sampleId, 'approved', 'first');
    await nothingWritten(async () => {
      expect(await review(operator, sampleId, 'approved', 'second')).toEqual(first);
      await expectRefusal(review(operator, sampleId, 'rejected'), 'INVALID_TRANSITION', {
        state: 'approved',
      });
    });
    expect(await stack.pushesOf(person.uid, 'verification_result')).toHaveLength(1);
  });

  it.each([
    ['is no listener any more', { roles: ['user'] }],
    ['is banned', { bannedUntil: new Date(Date.now() + 86_400_000) }],
  ])('of somebody who %s finds nothing', async (_what, change) => {
    const person = await applicant(stack);
    const { sampleId } = await handIn(person);
    await adminOf(stack).doc(`users/${person.uid}`).update(change);
    await nothingWritten(async () => {
      await expectRefusal(review(operator, sampleId, 'approved'), 'NOT_FOUND');
      await expectRefusal(review(operator, sampleId, 'rejected'), 'NOT_FOUND');
    });
  });

  it('of somebody who has no profile any more finds nothing', async () => {
    const person = await applicant(stack);
    const { sampleId } = await handIn(person);
    await adminOf(stack).doc(`users/${person.uid}`).delete();
    await expectRefusal(review(operator, sampleId, 'approved'), 'NOT_FOUND');
  });

  it('is for operators only, also of one’s own sample', async () => {
    const person = await applicant(stack);
    const { sampleId } = await handIn(person);
    await nothingWritten(async () => {
      for (const phone of [person, other]) {
        await expectRefusal(review(phone, sampleId, 'approved'), 'NOT_ALLOWED');
        await expectRefusal(phone.earshot.verification.pending(), 'NOT_ALLOWED');
      }
    });
  });
});

describe('a link', () => {
  it('is given to the owner and to operators', async () => {
    const person = await applicant(stack);
    const sample = await handIn(person);
    const own = await person.earshot.verification.history();
    expect(own.items.map(({ sampleId }) => sampleId)).toEqual([sample.sampleId]);
    expect(own.items[0]?.audioUrl).toBe(sample.audioUrl);
    const waiting = await operator.earshot.verification.pending({ limit: 100 });
    expect(waiting.items.find(({ sampleId }) => sampleId === sample.sampleId)?.audioUrl).toBe(
      sample.audioUrl,
    );
    expect((await other.earshot.verification.history()).items).toEqual([]);
    const [caller] = await stack.people({ listeners: 0, callers: 1, coins: 0 });
    for (const operation of ['status', 'history', 'submit', 'pending']) {
      const input = operation === 'submit' ? { objectPath: 'x' } : {};
      expect(await reasonOf(caller?.call(`verification/${operation}`, input) ?? Promise.resolve())).toBe(
        'NOT_ALLOWED',
      );
    }
  });

  it('is not given to whoever is banned, or has left', async () => {
    const person = await applicant(stack);
    await handIn(person);
    await banUntil(adminOf(stack), person.uid, new Date(Date.now() + 86_400_000));
    await expectRefusal(person.earshot.verification.status(), 'USER_BANNED');
    await banUntil(adminOf(stack), person.uid, null);
    const later = Math.floor(Date.now() / 1000) + 60;
    await adminOf(stack).doc(`users/${person.uid}`).update({ sessionsValidAfter: later });
    await expectRefusal(person.earshot.verification.history(), 'SESSION_REVOKED');
  });
});

it('serves the same over REST', async () => {
  const person = await applicant(stack);
  const objectPath = await upload(person);
  const token = await person.idToken();
  const made = await sendJson(stack, 'api/v1/verification', { token, body: { objectPath } });
  expect(made.status).toBe(200);
  const { sample } = made.body as { sample: { sampleId: string } };
  const status = await sendJson(stack, 'api/v1/verification', { method: 'GET', token });
  expect(status.body).toMatchObject({
    verified: false,
    status: 'pending',
    sample: { sampleId: sample.sampleId },
  });
  const reviewed = await sendJson(stack, `api/v1/admin/verification/${sample.sampleId}/review`, {
    token: await operator.idToken(),
    body: { status: 'approved' },
  });
  expect(reviewed.body).toMatchObject({ sample: { status: 'approved' } });
});
