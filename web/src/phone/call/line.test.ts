import { describe, expect, it } from '@jest/globals';
import { EarshotError } from '../../../../client/src/error.ts';
import type { ActiveCall, Call, CallState } from '../../../../client/src/index.ts';
import { callToOpen, Line, type LinePorts } from './line.ts';

/** A call whose state the test tells. */
class ToldCall {
  state: Partial<CallState>;
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
    calls: { ongoing: async () => await Promise.resolve({ call: this.ongoing as Call | null }) },
    watchCall: (_callId, onChange) => {
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
    close();
    world.become({ ...talking, state: 'ended' });
    expect(world.line.getElsewhere()).toBeUndefined();
  });
});
