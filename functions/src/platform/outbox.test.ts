import { describe, expect, it } from '@jest/globals';
import { testPorts } from '../testing/ports.ts';
import { MemoryStore } from './store/memory.ts';
import {
  commitAndDeliver,
  deliverPosted,
  outbox,
  post,
  sweepOutbox,
  type Effect,
  type Posted,
} from './outbox.ts';

const effects: Effect[] = [{ kind: 'push' }, { kind: 'task' }];

async function posted(ports: ReturnType<typeof testPorts>): Promise<Posted | undefined> {
  let result: Posted | undefined;
  await ports.store.commit((writer) => {
    result = post(writer, 'c1-0', effects, { now: ports.clock.now() });
  });
  return result;
}

/** Delivers, and refuses the kinds it is told to. */
function deliverer(refused: string[] = []) {
  const delivered: string[] = [];
  const deliver = async ({ kind }: Effect): Promise<void> => {
    await Promise.resolve();
    if (refused.includes(kind)) throw new Error(`${kind} is down`);
    delivered.push(kind);
  };
  return { delivered, deliver, refused };
}

describe('the outbox', () => {
  it('delivers after the commit and is empty then', async () => {
    const ports = testPorts();
    const { delivered, deliver } = deliverer();
    await deliverPosted(ports, await posted(ports), deliver);
    expect(delivered).toEqual(['push', 'task']);
    expect(await ports.store.getAll(outbox.doc('c1-0'))).toEqual([undefined]);
  });

  it('posts nothing when there is nothing to do', async () => {
    const ports = testPorts();
    await ports.store.commit((writer) => {
      expect(post(writer, 'c1-0', [], { now: ports.clock.now() })).toBeUndefined();
    });
    await deliverPosted(ports, undefined, deliverer().deliver);
  });

  it('keeps only what failed, tries the rest all the same, and waits longer each time', async () => {
    const ports = testPorts();
    const line = deliverer(['push']);
    await deliverPosted(ports, await posted(ports), line.deliver);
    expect(line.delivered).toEqual(['task']);
    const [waiting] = await ports.store.getAll(outbox.doc('c1-0'));
    expect(waiting).toMatchObject({ effects: [{ kind: 'push' }], attempts: 1 });
    ports.clock.advance(59);
    expect(await sweepOutbox(ports, line.deliver)).toBe(0);
    ports.clock.advance(1);
    expect(await sweepOutbox(ports, line.deliver)).toBe(1);
    const [again] = await ports.store.getAll(outbox.doc('c1-0'));
    expect(again?.attempts).toBe(2);
    line.refused.length = 0;
    ports.clock.advance(120);
    expect(await sweepOutbox(ports, line.deliver)).toBe(1);
    expect(line.delivered).toEqual(['task', 'push']);
    expect(await ports.store.getAll(outbox.doc('c1-0'))).toEqual([undefined]);
  });

  it('is given up after many tries, for a person to look at, and no longer taken up by the sweep', async () => {
    const ports = testPorts();
    const { deliver } = deliverer(['push']);
    const now = ports.clock.now();
    const entry = { effects: [{ kind: 'push' }], createdAt: now, notBefore: now, attempts: 29, postedBy: '' };
    ports.store.write('outbox/c1-0', entry);
    expect(await sweepOutbox(ports, deliver)).toBe(1);
    ports.clock.advance(365 * 86_400);
    expect(await sweepOutbox(ports, deliver)).toBe(0);
    expect(await ports.store.getAll(outbox.doc('c1-0'))).toMatchObject([{ attempts: 30 }]);
    expect(ports.lines).toContainEqual(
      expect.objectContaining({ severity: 'ERROR', fields: { key: 'c1-0' } }),
    );
  });

  it('leaves a fresh entry to the handler that wrote it, and takes over what a crash left', async () => {
    const ports = testPorts();
    await posted(ports);
    const { delivered, deliver } = deliverer();
    ports.clock.advance(29);
    expect(await sweepOutbox(ports, deliver)).toBe(0);
    ports.clock.advance(1);
    expect(await sweepOutbox(ports, deliver)).toBe(1);
    expect(delivered).toEqual(['push', 'task']);
  });
});

describe('an effect that hangs', () => {
  it('holds up no answer, and no sweep; the others are done, and it is tried again', async () => {
    const ports = { ...testPorts(), patience: { answerMs: 20, sweepMs: 30 } };
    const done: string[] = [];
    const deliver = async ({ kind }: Effect): Promise<void> => {
      if (kind === 'push') await new Promise(() => undefined);
      done.push(kind);
    };
    await commitAndDeliver({ ...ports, deliver }, async (tx, postInto) => {
      await tx.getAll(outbox.doc('c1-0'));
      return { posted: postInto('c1-0', effects, ports.clock.now()) };
    });
    expect(done).toEqual(['task']);
    const left = async () => (await ports.store.getAll(outbox.doc('c1-0')))[0];
    expect(await left()).toMatchObject({ effects: [{ kind: 'push' }], attempts: 1 });
    ports.clock.advance(60);
    expect(await sweepOutbox(ports, deliver)).toBe(1);
    expect(await left()).toMatchObject({ effects: [{ kind: 'push' }], attempts: 2 });
  });
});

describe('a commit whose acknowledgement is lost', () => {
  const work = (ports: ReturnType<typeof testPorts>, line: ReturnType<typeof deliverer>) =>
    commitAndDeliver({ ...ports, deliver: line.deliver }, async (tx, postInto) => {
      const [marker] = await tx.getAll(outbox.doc('marker'));
      if (marker !== undefined) return {};
      const now = ports.clock.now();
      tx.create(outbox.doc('marker'), {
        effects: [],
        createdAt: now,
        notBefore: now,
        attempts: 0,
        postedBy: '',
      });
      return { posted: postInto('c1-0', effects, now) };
    });

  it('delivers at once what its first run posted', async () => {
    let lost = false;
    const pause = async (point: string) => {
      if (point !== 'afterCommit' || lost) return undefined;
      lost = true;
      return Promise.resolve('lostAck' as const);
    };
    const ports = { ...testPorts(), store: new MemoryStore({ pause }) };
    const line = deliverer();
    await work(ports, line);
    expect(lost).toBe(true);
    expect(line.delivered).toEqual(['push', 'task']);
    expect(await ports.store.getAll(outbox.doc('c1-0'))).toEqual([undefined]);
  });

  it('leaves alone what somebody else has posted under the same key', async () => {
    const ports = testPorts();
    const line = deliverer();
    let first = true;
    await commitAndDeliver({ ...ports, deliver: line.deliver }, async (tx, postInto) => {
      await tx.getAll(outbox.doc('marker'));
      if (!first) return {};
      first = false;
      // A rival commits between our read and our commit, so that our first run is thrown away.
      const now = ports.clock.now();
      ports.store.write('outbox/marker', { effects: [], createdAt: now, notBefore: now, attempts: 0 });
      // Even in the same instant.
      const theirs = {
        effects: [...effects],
        createdAt: now,
        notBefore: now,
        attempts: 0,
        postedBy: 'rival',
      };
      ports.store.write('outbox/c1-0', theirs);
      return { posted: postInto('c1-0', effects, now) };
    });
    expect(line.delivered).toEqual([]);
  });
});
