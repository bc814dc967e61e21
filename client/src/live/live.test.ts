import { describe, expect, it } from '@jest/globals';
import type { EarshotError } from '../error.ts';
import { callData, callDocument, makeWorld } from '../testing/world.ts';

describe('what is followed live', () => {
  it('comes as the operations answer it, without what else the document holds', () => {
    const { documents, earshot } = makeWorld();
    const seen: unknown[] = [];
    earshot.watchCall('call', (call) => seen.push(call));
    const { id, data } = callDocument();
    documents.only.tell([{ id, data: { ...data, slice: 3, evidence: [] } }]);
    documents.only.tell([]);
    expect(seen).toEqual([callData(), undefined]);
  });

  it('asks for incoming calls as the rules allow it', () => {
    const { documents, earshot } = makeWorld();
    earshot.watchIncoming(() => undefined);
    const equals = [
      ['calleeId', 'me'],
      ['state', 'ringing'],
    ];
    expect(documents.only.query).toEqual({ path: 'calls', equals, limit: 20 });
  });

  it('asks for cards best first, narrowed by availability and language, and for no page longer than granted', () => {
    const { documents, earshot } = makeWorld();
    earshot.watchFeed({ availableOnly: true, language: 'hi', limit: 500 }, () => undefined);
    expect(documents.only.query).toEqual({
      path: 'listeners',
      equals: [
        ['availability', 'available'],
        ['languageKeys.hi', true],
      ],
      orderBy: ['rating', 'desc'],
      limit: 50,
    });
  });

  it('falls silent when the person leaves', () => {
    const { documents, earshot, session } = makeWorld();
    const errors: EarshotError[] = [];
    earshot.watchWallet(
      () => undefined,
      (error) => errors.push(error),
    );
    earshot.watchProfile(() => undefined);
    session.signIn(undefined);
    expect(documents.watchers.size).toBe(0);
    expect(errors).toEqual([]);
  });

  it('tells once why it has ended', () => {
    const { documents, earshot } = makeWorld();
    const errors: EarshotError[] = [];
    earshot.watchTransactions(() => undefined, { onError: (error) => errors.push(error) });
    const watcher = documents.only;
    watcher.fail(Object.assign(new Error('no'), { code: 'permission-denied' }));
    watcher.fail(new Error('again'));
    expect(errors.map(({ reason }) => reason)).toEqual(['NOT_ALLOWED']);
    expect(documents.watchers.size).toBe(0);
  });

  it('is opened again after what passes, ever later, and at once again after something was heard', async () => {
    const { documents, earshot, timers } = makeWorld();
    const errors: EarshotError[] = [];
    const heard: number[] = [];
    earshot.watchIncoming(
      (calls) => heard.push(calls.length),
      (error) => errors.push(error),
    );
    const breakOff = (code: string): void => {
      const watcher = documents.only;
      documents.watchers.clear();
      watcher.fail(Object.assign(new Error('away'), { code }));
    };
    breakOff('unavailable');
    await timers.pass(1.9);
    expect(documents.watchers.size).toBe(0);
    await timers.pass(0.2);
    breakOff('aborted');
    await timers.pass(3);
    expect(documents.watchers.size).toBe(0);
    await timers.pass(2);
    documents.only.tell([callDocument()]);
    breakOff('resource-exhausted');
    await timers.pass(2);
    expect(documents.watchers.size).toBe(1);
    expect([heard, errors]).toEqual([[1], []]);
  });

  it('is not opened again once it was stopped', async () => {
    const { documents, earshot, timers } = makeWorld();
    const stop = earshot.watchWallet(() => undefined);
    documents.only.fail(Object.assign(new Error('away'), { code: 'unavailable' }));
    stop();
    documents.watchers.clear();
    await timers.pass(120);
    expect(documents.watchers.size).toBe(0);
  });

  it('needs somebody who is signed in', () => {
    const { documents, earshot } = makeWorld(null);
    const errors: EarshotError[] = [];
    earshot.watchIncoming(
      () => undefined,
      (error) => errors.push(error),
    );
    expect(errors.map(({ reason }) => reason)).toEqual(['SIGN_IN_REQUIRED']);
    expect(documents.watchers.size).toBe(0);
  });
});
