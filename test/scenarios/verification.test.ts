/** A listener is heard before anybody can call them. */
import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { VerificationPendingOutput, VoiceSample } from '../../client/src/index.ts';
import { AUDIO, mp4Of } from '../../functions/src/testing/audio.ts';
import { SAMPLE_FORMATS } from '../../functions/src/verification/domain/audio.ts';
import { adminOf } from './helpers.ts';
import { applicant, handIn, heard, putAsAdministrator, review, submit, upload } from './samples.ts';
import { connectedCall, expectRefusal, hangUp, readDocument, useStack } from './support.ts';

const stack = useStack();

describe('an applicant', () => {
  it('hands in a sample, is heard, approved and called', async () => {
    const listener = await applicant(stack);
    const operator = await stack.operator();
    const [caller] = await stack.people({ listeners: 0, callers: 1, coins: 500 });
    if (caller === undefined) throw new Error('the seed made nobody');
    const wish = {
      calleeId: listener.uid,
      type: 'audio' as const,
      requestId: '7d1f2a04-55c0-4d33-9a8e-6c1d7f0e1a01',
    };
    await expectRefusal(caller.earshot.calls.start(wish), 'CALLEE_NOT_CALLABLE');
    expect(await listener.earshot.verification.status()).toEqual({
      verified: false,
      status: 'none',
      sample: null,
    });

    const sample = await handIn(listener);
    expect(sample).toMatchObject({
      listenerId: listener.uid,
      status: 'pending',
      remarks: null,
      reviewedAt: null,
    });
    const { items } = await operator.earshot.verification.pending({ limit: 100 });
    const waiting = items.find(({ sampleId }) => sampleId === sample.sampleId);
    expect((await heard(waiting?.audioUrl)).equals(AUDIO.mp3)).toBe(true);

    const approved = await review(operator, sample.sampleId, 'approved', 'A calm voice.');
    expect(approved).toMatchObject({ status: 'approved', remarks: 'A calm voice.' });
    expect(approved.reviewedAt).not.toBeNull();
    expect(await listener.earshot.verification.status()).toMatchObject({
      verified: true,
      status: 'approved',
      sample: { sampleId: sample.sampleId, remarks: 'A calm voice.' },
    });
    const after = await operator.earshot.verification.pending({ limit: 100 });
    expect(after.items.map(({ sampleId }) => sampleId)).not.toContain(sample.sampleId);

    const card = await readDocument<Record<string, unknown>>(caller, `listeners/${listener.uid}`);
    expect(card).toMatchObject({
      listenerId: listener.uid,
      bio: 'I listen.',
      rating: 0,
      ratingCount: 0,
      callCount: 0,
      availability: 'available',
      online: true,
    });
    expect(card).not.toHaveProperty('phone');
    expect(card).not.toHaveProperty('dateOfBirth');
    const [push] = await stack.pushesOf(listener.uid, 'verification_result');
    expect(push).toMatchObject({
      data: { type: 'verification_result', sampleId: sample.sampleId, status: 'approved' },
      notification: { title: 'Your application' },
    });

    const call = await connectedCall(stack, { pair: { caller, callee: listener } });
    expect((await hangUp(caller, call.callId)).endReason).toBe('completed');
    const afterCall = await readDocument<Record<string, unknown>>(caller, `listeners/${listener.uid}`);
    expect(afterCall).toMatchObject({ availability: 'available' });
  });

  it('who is rejected hears why and hands in another one', async () => {
    const listener = await applicant(stack);
    const operator = await stack.operator();
    const path = await upload(listener);
    const first = await submit(listener, path);
    await review(operator, first.sampleId, 'rejected', 'Too quiet.');
    expect(await listener.earshot.verification.status()).toMatchObject({
      verified: false,
      status: 'rejected',
      sample: { remarks: 'Too quiet.' },
    });
    expect(await readDocument(listener, `users/${listener.uid}`)).toMatchObject({
      listenerStatus: 'rejected',
    });
    const [push] = await stack.pushesOf(listener.uid, 'verification_result');
    expect(push?.data).toMatchObject({ sampleId: first.sampleId, status: 'rejected' });
    await expectRefusal(submit(listener, path), 'INVALID_TRANSITION', { state: 'rejected' });

    const second = await handIn(listener);
    expect(second.sampleId).not.toBe(first.sampleId);
    expect(await readDocument(listener, `users/${listener.uid}`)).toMatchObject({
      listenerStatus: 'pending',
    });
    await review(operator, second.sampleId, 'approved');
    const { items } = await listener.earshot.verification.history();
    expect(items.map(({ sampleId, status }) => [sampleId, status])).toEqual([
      [second.sampleId, 'approved'],
      [first.sampleId, 'rejected'],
    ]);
    await expectRefusal(handIn(listener), 'INVALID_TRANSITION', { state: 'approved' });
  });

  it('who was never here is approved as offline, and comes with the first beat', async () => {
    const listener = await applicant(stack);
    const operator = await stack.operator();
    await adminOf(stack).doc(`presence/${listener.uid}`).delete();
    const { sampleId } = await handIn(listener);
    await review(operator, sampleId, 'approved');
    expect(await readDocument(operator, `listeners/${listener.uid}`)).toMatchObject({
      availability: 'offline',
      online: false,
    });
    const presence = await adminOf(stack).doc(`presence/${listener.uid}`).get();
    expect(presence.data()).toMatchObject({ online: false, willing: true, hasCard: true });
  });
});

describe('a sample', () => {
  it.each(SAMPLE_FORMATS)('may be %s', async (format) => {
    const listener = await applicant(stack);
    const sample = await handIn(listener, { format });
    expect(sample.status).toBe('pending');
    expect((await heard(sample.audioUrl)).equals(AUDIO[format])).toBe(true);
  });

  it('may be what Android records as .m4a', async () => {
    const listener = await applicant(stack);
    expect((await handIn(listener, { format: 'm4a', content: mp4Of('mp42') })).status).toBe('pending');
  });

  it('handed in again is the same sample', async () => {
    const listener = await applicant(stack);
    const path = await upload(listener);
    const first = await submit(listener, path);
    const again = await submit(listener, path);
    expect(again.sampleId).toBe(first.sampleId);
    expect((await listener.earshot.verification.history()).items).toHaveLength(1);
  });

  it('carries a link for ten minutes', async () => {
    const listener = await applicant(stack);
    await stack.freeze();
    const { audioUrlExpiresAt } = await handIn(listener);
    const now = await stack.control.now();
    expect(new Date(audioUrlExpiresAt ?? 0).getTime() - now.getTime()).toBe(600_000);
  });

  it('stays what was heard, whatever lies under its name later', async () => {
    const listener = await applicant(stack);
    const operator = await stack.operator();
    const path = await upload(listener);
    const { sampleId, audioUrl } = await submit(listener, path);
    const document = adminOf(stack).doc(`verificationSamples/${sampleId}`);
    const before = (await document.get()).data();
    expect(before).toMatchObject({
      objectPath: path,
      sizeBytes: AUDIO.mp3.length,
      sha256: createHash('sha256').update(AUDIO.mp3).digest('hex'),
    });
    await putAsAdministrator(stack, path, Buffer.concat([AUDIO.mp3, AUDIO.mp3]), 'audio/mpeg');
    // Another version is another object: it is not the one that waits.
    await expectRefusal(submit(listener, path), 'INVALID_TRANSITION', { state: 'pending' });
    expect((await document.get()).data()).toEqual(before);
    const { items } = await operator.earshot.verification.pending({ limit: 100 });
    const link = new URL(items.find((item) => item.sampleId === sampleId)?.audioUrl ?? '');
    expect(link.searchParams.get('generation')).toBe(before?.['generation']);
    expect(link.href).toBe(audioUrl);
    const { status } = await review(operator, sampleId, 'approved');
    expect(status).toBe('approved');
    expect((await document.get()).data()).toMatchObject({ sha256: before?.['sha256'] as string });
  });
});

describe('the lists', () => {
  it('give the history page by page, newest first', async () => {
    const listener = await applicant(stack);
    const operator = await stack.operator();
    const made: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { sampleId } = await handIn(listener);
      await review(operator, sampleId, 'rejected');
      made.unshift(sampleId);
    }
    const first = await listener.earshot.verification.history({ limit: 2 });
    expect(first.items.map(({ sampleId }) => sampleId)).toEqual(made.slice(0, 2));
    const rest = await listener.earshot.verification.history({
      limit: 2,
      cursor: first.nextCursor,
    });
    expect(rest.items.map(({ sampleId }) => sampleId)).toEqual(made.slice(2));
    expect(rest.nextCursor).toBeNull();
    for (const { audioUrl } of first.items) expect((await heard(audioUrl)).equals(AUDIO.mp3)).toBe(true);
  });

  it('show operators who has waited longest, over all listeners', async () => {
    const operator = await stack.operator();
    const listeners = [await applicant(stack), await applicant(stack), await applicant(stack)];
    const made: string[] = [];
    for (const listener of listeners) made.push((await handIn(listener)).sampleId);
    const seen: VoiceSample[] = [];
    let cursor: string | null = null;
    do {
      const page: VerificationPendingOutput = await operator.earshot.verification.pending({
        limit: 2,
        cursor,
      });
      seen.push(...page.items);
      ({ nextCursor: cursor } = page);
    } while (cursor !== null);
    const ids = seen.map(({ sampleId }) => sampleId);
    expect(ids.filter((id) => made.includes(id))).toEqual(made);
    expect(seen.every(({ status, audioUrl }) => status === 'pending' && audioUrl !== undefined)).toBe(true);
  });
});
