import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from './clock.ts';
import { Driver } from './driver.ts';
import { ScheduleBook } from './schedules.ts';
import { TaskServer } from './tasks.ts';

const MINUTE = 60_000;

function world(workFromMs = () => Infinity) {
  const machine = { ms: 0 };
  const events: string[] = [];
  const clock = new VirtualClock(
    () => machine.ms,
    () => undefined,
  );
  const at = () => clock.nowMs() / 1000;
  const follow = new Map<string, [string, number]>();
  const tasks: TaskServer = new TaskServer({
    nowMs: () => clock.nowMs(),
    random: () => 0,
    async dispatch({ task }) {
      machine.ms += 5;
      events.push(`${task.name}@${at()}`);
      const next = follow.get(task.name);
      if (next !== undefined) enqueue(...next);
      return 204;
    },
  });
  const enqueue = (name: string, atSec: number) =>
    tasks.create({
      name,
      queue: 'q',
      body: new Uint8Array(),
      headers: {},
      scheduledMs: atSec * 1000,
      deadlineSec: 10,
    });
  const shifts: number[] = [];
  const driver = new Driver({
    clock,
    tasks,
    schedules: new ScheduleBook([{ name: 'sweep', everyMs: MINUTE }], 0),
    async fire(name) {
      machine.ms += 5;
      events.push(`${name}@${at()}`);
      return 200;
    },
    async shiftSilent(deltaMs) {
      shifts.push(deltaMs);
    },
    workFromMs: async () => workFromMs(),
  });
  return { machine, clock, driver, events, follow, enqueue, shifts };
}

describe('an advance', () => {
  it('runs tasks at their instants and the schedule once, tasks first when both are due', async () => {
    const { driver, events, enqueue } = world();
    enqueue('b', 120);
    enqueue('a', 30);
    enqueue('later', 121);
    await driver.advance(120);
    expect(events).toEqual(['a@30', 'b@120', 'sweep@120']);
  });

  it('includes what was enqueued meanwhile and falls due within it', async () => {
    const { driver, events, follow, enqueue } = world();
    follow.set('a', ['b', 10]);
    follow.set('b', ['c', 50]);
    enqueue('a', 40);
    const ran = await driver.advance(55);
    expect(events).toEqual(['a@40', 'b@40', 'c@50']);
    expect(ran.map(({ kind, at }) => [kind, at])).toEqual([
      ['task', '1970-01-01T00:00:40.000Z'],
      ['task', '1970-01-01T00:00:40.000Z'],
      ['task', '1970-01-01T00:00:50.000Z'],
    ]);
  });

  it('can leave what comes due to begin by itself', async () => {
    const { clock, driver, events, enqueue, shifts } = world();
    enqueue('a', 30);
    await driver.skip(90, async () => void events.push('prepared'));
    expect(events).toEqual(['prepared']);
    expect(clock.nowMs()).toBe(90_000);
    expect(clock.frozen).toBe(false);
    expect(shifts).toEqual([90_000]);
  });

  it('runs the schedule at every boundary where work could exist', async () => {
    const { driver, events } = world(() => 2.5 * MINUTE);
    await driver.advance(300);
    expect(events).toEqual(['sweep@180', 'sweep@240', 'sweep@300']);
  });

  it('ends exactly where it should, whatever real time it took, and ticks on', async () => {
    const { driver, clock, machine, enqueue } = world();
    enqueue('a', 10);
    await driver.advance(100);
    expect(clock.nowMs()).toBe(100_000);
    machine.ms += 7;
    expect(clock.nowMs()).toBe(100_007);
    await driver.advance(0.5);
    expect(clock.nowMs()).toBe(100_507);
  });

  it('leaves a frozen clock frozen', async () => {
    const { driver, clock, machine } = world();
    clock.freeze();
    await driver.advance(10);
    machine.ms += 1000;
    expect(clock.frozen).toBe(true);
    expect(clock.nowMs()).toBe(10_000);
  });

  it('ages the silent by the whole of the move of the offset', async () => {
    const { driver, clock, shifts, enqueue } = world();
    enqueue('a', 10);
    await driver.advance(100);
    expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBe(clock.leadMs() + 10);
  });

  it('waits for the one before', async () => {
    const { driver, events, enqueue } = world();
    enqueue('a', 10);
    enqueue('b', 25);
    await Promise.all([driver.advance(20), driver.advance(20)]);
    expect(events).toEqual(['a@10', 'b@25']);
  });
});
