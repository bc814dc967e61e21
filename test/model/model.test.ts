/**
 * Random sequences of what can happen around a paid call: after each step the real use cases must show what a simple
 * model says. A failure is shrunk to the shortest sequence that has it.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(__dirname, '../..');
const SEQUENCES = 2000;
const MINUTES_MS = 180_000;

function compare(...args: string[]) {
  return spawnSync(process.execPath, ['test/model/run.ts', ...args], { cwd: ROOT, encoding: 'utf8' });
}

describe('the paid call', () => {
  it(
    `does what the model says, in ${SEQUENCES} sequences`,
    () => {
      const { status, stdout, stderr } = compare('--sequences', String(SEQUENCES));
      expect([stdout, stderr, status]).toEqual([expect.stringMatching(/^\{.*\}\n$/u), '', 0]);
      const { sequences, reached } = JSON.parse(stdout) as { sequences: number; reached: object };
      expect(sequences).toBe(SEQUENCES);
      // Whatever ends a call has ended some.
      const reasons = [
        'completed',
        'rejected',
        'cancelled',
        'no_answer',
        'connect_timeout',
        'connection_lost',
      ];
      const forced = ['coins_exhausted', 'max_duration', 'emergency', 'admin_ended'];
      expect(Object.keys(reached)).toEqual(expect.arrayContaining([...reasons, ...forced]));
    },
    MINUTES_MS,
  );

  it.each([
    ['forgets the keys of credits', 'forgetful'],
    ['takes no notice of a ringing that has ended', 'lenient'],
    ['pays out the earnings of given coins', 'openhanded'],
  ])(
    'would find a difference: a model that %s',
    (_, model) => {
      const { status, stdout } = compare('--model', model);
      expect(stdout).toMatch(/Counterexample: \[.*by the model.*\nreplay: .* --seed=-?\d+/su);
      expect(status).toBe(1);
    },
    MINUTES_MS,
  );
});
