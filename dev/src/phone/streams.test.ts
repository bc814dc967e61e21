/** Apps that the emulator has made deaf. */
import { expect, it } from '@jest/globals';
import { Streams, type LogListener } from './streams.ts';

function played() {
  const restarted: string[] = [];
  let tell: LogListener = () => undefined;
  let listeners = 0;
  const streams = new Streams<string>({
    onError: (listener) => {
      tell = listener;
      listeners += 1;
    },
    restart: async (db) => {
      restarted.push(db);
      if (db === 'broken') throw new Error('terminated');
    },
  });
  const say = (message: string) => tell({ message });
  return { streams, restarted, say, listeners: () => listeners };
}

it('begins a new stream for every open app when one of them waits for its longest time', () => {
  const { streams, restarted, say, listeners } = played();
  streams.watch('one');
  const stop = streams.watch('gone');
  streams.watch('broken');
  stop();
  say('Firestore (12.19.0): Using maximum backoff delay to prevent overloading the backend.');
  expect(restarted).toEqual(['one', 'broken']);
  expect(listeners()).toBe(1);
});

it('leaves alone what mends itself', () => {
  const { streams, restarted, say } = played();
  streams.watch('one');
  say('Firestore (12.19.0): Uncaught Error in snapshot listener: permission-denied');
  expect(restarted).toEqual([]);
});
