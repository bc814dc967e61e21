import { describe, expect, it } from '@jest/globals';
import { callTime, lineOf, Timeline } from './timeline.ts';

const CONNECTED = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(CONNECTED.getTime() + seconds * 1000);

describe('callTime', () => {
  it.each([
    [0, '0:00'],
    [9, '0:09'],
    [150, '2:30'],
    [3600, '60:00'],
    [-5, '0:00'],
  ])('shows %d seconds as %s', (seconds, shown) => {
    expect(callTime(CONNECTED, later(seconds))).toBe(shown);
  });
});

describe('lineOf', () => {
  it('keeps its columns, whatever is missing', () => {
    const full = lineOf({ at: '2:30', ms: 12, who: 'Ravi', what: 'waits' });
    const bare = lineOf({ at: undefined, ms: undefined, who: 'Ravi', what: 'waits' });
    expect(full).toBe('  2:30     12 ms  Ravi    waits');
    expect(bare.indexOf('Ravi')).toBe(full.indexOf('Ravi'));
  });
});

describe('Timeline', () => {
  function recorded() {
    const lines: string[] = [];
    const timeline = new Timeline({ tell: (line) => lines.push(line), now: async () => later(60) });
    return { timeline, lines };
  }

  it('records the steps in the order in which they were done', async () => {
    const { timeline } = recorded();
    await timeline.step({ name: 'one', who: 'Ravi', what: '' }, async () => 1);
    await timeline.step({ name: 'two', who: 'Ravi', what: '' }, async () => 2);
    expect(timeline.steps.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('counts from the cause when there was one before the step', async () => {
    const { timeline } = recorded();
    const sinceMs = performance.now() - 5000;
    await timeline.step({ name: 'seen', who: 'Ravi', what: '', sinceMs }, async () => undefined);
    expect(timeline.steps[0]?.ms).toBeGreaterThanOrEqual(5000);
  });

  it('shows the time of the call only while there is one', async () => {
    const { timeline, lines } = recorded();
    timeline.connected(CONNECTED);
    await timeline.step({ name: 'in', who: 'Ravi', what: 'talks' }, async () => undefined);
    timeline.hungUp();
    await timeline.step({ name: 'out', who: 'Ravi', what: 'reads' }, async () => undefined);
    expect(lines[0]).toMatch(/^ {2}1:00 +\d+ ms {2}Ravi {4}talks$/u);
    expect(lines[1]).toMatch(/^ +\d+ ms {2}Ravi {4}reads$/u);
  });

  it('names the step that failed, and does not record it', async () => {
    const { timeline } = recorded();
    const failing = timeline.step({ name: 'start', who: 'Ravi', what: '' }, async () => {
      throw new Error('no coins');
    });
    await expect(failing).rejects.toThrow('start: no coins');
    expect(timeline.steps).toEqual([]);
  });
});
