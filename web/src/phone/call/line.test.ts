import { describe, expect, it } from '@jest/globals';
import { EarshotError } from '../../../../client/src/error.ts';
import type { ActiveCall, Call, CallState } from '../../../../client/src/index.ts';
import { callToOpen, Line, type LinePorts } from './line.ts';

/** A call whose state the test tells. */
class ToldCall {
  state: Partial<CallState>;
  ended = false;
  offline = false;
  closed = false;
  readonly #listeners = new Set<(state: CallState) => void>();

  constructor(state: Partial<CallState>) {
    this.state = state;
  }

  onChange(listener: (state: CallState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.state as CallState);
    return () => this.#listeners.delete(listener);
  }

  tell(change: Partial<CallState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener(this.state as CallState);
  }

  async end(): Promise<void> {
    await Promise.resolve();
    if (this.offline) throw new Error('nobody could be told');
    this.ended = true;
  }

  close(): void {
    this.closed = true;
  }
}

/** A client that makes such calls. */
class World {
  readonly made: ToldCall[] = [];
  found: ToldCall | undefined;
  /** What `calls.ongoing` tells. */
  ongoing: Partial<Call> | null = null;
  /** Settled with what `calls.ongoing` tells, where the test lets it wait. */
  answer: Promise<void> = Promise.resolve();
  watched = 0;
  /** What the call that is watched becomes. */
  become: (call: Partial<Call> | undefined) => void = () => undefined;
  readonly takenOver = new ToldCall({ phase: 'connecting', callId: 'theirs' });
  ring: (...callIds: string[]) => void = () => undefined;
  readonly line = new Line({
    call: (target: unknown) => {
      const call = new ToldCall(
        typeof target === 'string' ? { phase: 'ringing', callId: target } : { phase: 'idle' },
      );
      this.made.push(call);
      return call as unknown as ActiveCall;
    },
    resume: async ({ takeOver = false } = {}) =>
      await Promise.resolve((takeOver ? this.takenOver : this.found) as unknown as ActiveCall | undefined),
    calls: {
      ongoing: async () => {
        await this.answer;
        return { call: this.ongoing as Call | null };
      },
    },
    watchCall: (_callId, onChange) => {
      this.watched += 1;
      this.become = (call) => onChange(call as Call | undefined);
      this.become(this.ongoing ?? undefined);
      return () => {
        this.become = () => undefined;
      };
    },
    watchIncoming: (onChange) => {
      this.ring = (...callIds) => onChange(callIds.map((callId) => ({ callId }) as Call));
      return () => undefined;
    },
  } satisfies LinePorts);

  get shown(): string | undefined {
    return this.line.get()?.state.callId;
  }
}

const busy = (role: 'caller' | 'callee'): EarshotError =>
  new EarshotError({
    code: 'failed-precondition',
    reason: 'CALLER_BUSY',
    details: { callId: 'theirs', role },
    message: 'busy',
  });

describe('the one call of a phone', () => {
  it('is the one that rings, made once', () => {
    const world = new World();
    world.line.open()();
    world.line.open();
    world.ring('theirs');
    world.ring('theirs');
    expect(world.shown).toBe('theirs');
    expect(world.made).toHaveLength(1);
  });

  it('is the other’s when two call each other, though no news comes after the refusal', () => {
    const world = new World();
    world.line.open();
    world.line.start({ calleeId: 'them', type: 'audio' }, 'Them');
    world.ring('theirs');
    expect(world.shown).toBeUndefined();
    world.made[0]?.tell({ phase: 'ended', error: busy('callee') });
    expect(world.shown).toBe('theirs');
    expect(world.made).toHaveLength(2);
  });

  it('stays refused when it is this person who is calling already, elsewhere', () => {
    const shown = { phase: 'ended', callId: undefined, error: busy('caller') } as const;
    expect(callToOpen(shown, undefined)).toBeUndefined();
  });

  it('is the one that has begun to ring while another went on', () => {
    const world = new World();
    world.line.open();
    world.ring('first');
    world.ring('first', 'second');
    world.ring('second');
    expect(world.shown).toBe('first');
    world.made[0]?.tell({ phase: 'ended' });
    expect(world.shown).toBe('second');
  });

  it('does not come back by late news once it was declined', () => {
    const world = new World();
    world.line.open();
    world.ring('theirs');
    world.made[0]?.tell({ phase: 'ended' });
    world.line.close();
    expect(world.shown).toBeUndefined();
    world.ring('theirs');
    expect(world.shown).toBeUndefined();
  });

  it('is the one of before, unless another has come meanwhile', async () => {
    const world = new World();
    world.found = new ToldCall({ phase: 'ongoing', callId: 'before' });
    world.line.open();
    await Promise.resolve();
    await Promise.resolve();
    expect(world.shown).toBe('before');
    const other = new World();
    other.found = new ToldCall({ phase: 'ringing', callId: 'theirs' });
    other.line.open();
    other.ring('theirs');
    await Promise.resolve();
    await Promise.resolve();
    expect([other.shown, other.found.closed]).toEqual(['theirs', true]);
  });
});

describe('the end of a call', () => {
  it('is the person’s own only when they have pressed a button for it', async () => {
    const world = new World();
    world.line.open();
    world.line.start({ calleeId: 'them', type: 'video' }, 'Them');
    expect([world.line.getBegun(), world.line.hasHungUp()]).toEqual([{ name: 'Them', type: 'video' }, false]);
    await world.line.end();
    expect([world.line.hasHungUp(), world.made[0]?.ended]).toEqual([true, true]);
    world.line.close();
    expect(world.line.hasHungUp()).toBe(false);
  });

  it('is not the person’s own when nobody could be told: who could not decline may accept', async () => {
    const world = new World();
    world.line.open();
    world.ring('theirs');
    const [call] = world.made;
    if (call !== undefined) call.offline = true;
    await expect(world.line.end()).rejects.toThrow('nobody could be told');
    expect(world.line.hasHungUp()).toBe(false);
  });

  it('makes nothing ring any more on a phone that was put away', () => {
    const world = new World();
    const close = world.line.open();
    world.ring('first');
    world.ring('first', 'second');
    world.ring('second');
    close();
    world.made[0]?.tell({ phase: 'ended' });
    expect(world.made).toHaveLength(1);
  });
});

describe('a call on another device', () => {
  const talking = { callId: 'theirs', state: 'ongoing' } as const;
  const settled = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, 0));

  it('is told until it ends, and not while it only rings there', async () => {
    const world = new World();
    world.ongoing = { ...talking, state: 'ringing' };
    world.line.open();
    await settled();
    expect(world.line.getElsewhere()).toBeUndefined();
    world.become(talking);
    expect(world.line.getElsewhere()).toEqual(talking);
    world.become({ ...talking, state: 'ended' });
    expect(world.line.getElsewhere()).toBeUndefined();
  });

  it('is not looked for where this device is in it', async () => {
    const world = new World();
    world.found = new ToldCall({ phase: 'ongoing', callId: 'theirs' });
    world.ongoing = talking;
    world.line.open();
    await settled();
    expect(world.line.getElsewhere()).toBeUndefined();
  });

  it('is joined here when it is taken over', async () => {
    const world = new World();
    world.ongoing = talking;
    world.line.open();
    await settled();
    await world.line.takeOver();
    expect(world.shown).toBe('theirs');
  });

  it('is told after a call was taken there, and after one was refused because of it', async () => {
    for (const ended of [{ answeredElsewhere: true }, { error: busy('caller') }]) {
      const world = new World();
      world.line.open();
      await settled();
      world.ongoing = talking;
      world.line.start({ calleeId: 'them', type: 'audio' }, 'Them');
      world.made[0]?.tell({ phase: 'ended', ...ended });
      await settled();
      expect(world.line.getElsewhere()).toEqual(talking);
    }
  });

  it('is followed no more once the phone is put away', async () => {
    const world = new World();
    world.ongoing = talking;
    const close = world.line.open();
    await settled();
    const told: (Partial<Call> | undefined)[] = [];
    world.line.onChange(() => told.push(world.line.getElsewhere()));
    close();
    world.become(talking);
    expect(world.line.getElsewhere()).toBeUndefined();
    expect(told).toStrictEqual([undefined]);
  });

  it('is not followed when the answer comes after the phone was put away', async () => {
    for (const refused of [false, true]) {
      const world = new World();
      const answered = Promise.withResolvers<void>();
      world.answer = answered.promise;
      world.ongoing = talking;
      const close = world.line.open();
      await settled();
      if (refused) {
        world.line.start({ calleeId: 'them', type: 'audio' }, 'Them');
        world.made[0]?.tell({ phase: 'ended', error: busy('caller') });
      }
      close();
      answered.resolve();
      await settled();
      expect([world.watched, world.line.getElsewhere()]).toEqual([0, undefined]);
    }
  });

  it('is not joined here once the phone is put away', async () => {
    const world = new World();
    world.ongoing = talking;
    const close = world.line.open();
    await settled();
    const joining = world.line.takeOver();
    close();
    await joining;
    expect([world.shown, world.takenOver.closed]).toEqual([undefined, true]);
  });
});
