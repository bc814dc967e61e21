/** Agora's SDK as far as the adapter uses it: in which order it is asked for what. */
import { describe, expect, it } from '@jest/globals';
import type { MediaContext, MediaEvent } from '../call/media.ts';
import { placeOf } from '../testing/apps.ts';
import { FakeDocuments, FakeTimers, MEDIA, settle } from '../testing/world.ts';
import { agoraMedia, type AgoraSdk } from './agora.ts';

type Listener = (...told: string[]) => void;

/** What was asked of the SDK, in order. */
function fakeSdk() {
  const asked: string[] = [];
  const listeners = new Map<string, Listener>();
  const track = (kind: string) => ({
    setMuted: async (muted: boolean) => void asked.push(`${kind} ${muted ? 'off' : 'on'}`),
    close: () => void asked.push(`close ${kind}`),
  });
  const client = {
    on: (event: string, listener: Listener) => void listeners.set(event, listener),
    join: async () => void asked.push('join'),
    publish: async () => void asked.push('publish'),
    leave: async () => void asked.push('leave'),
    removeAllListeners: () => undefined,
  };
  const sdk: AgoraSdk = {
    createClient: () => client,
    createMicrophoneAudioTrack: async () => {
      asked.push('open microphone');
      return track('microphone');
    },
    createCameraVideoTrack: async () => track('camera'),
  };
  return { sdk, asked, tell: (event: string, ...told: string[]) => listeners.get(event)?.(...told) };
}

function contextOf(events: MediaEvent[], change: Partial<MediaContext> = {}): MediaContext {
  return {
    type: 'video',
    uid: 'me',
    peerId: 'other',
    resumed: false,
    place: placeOf(undefined),
    documents: new FakeDocuments(),
    timers: new FakeTimers(),
    muted: false,
    cameraOn: true,
    onEvent: (event) => void events.push(event),
    ...change,
  };
}

describe('the adapter for Agora', () => {
  it('turns off what the person has turned off before anybody can hear or see it', async () => {
    const { sdk, asked } = fakeSdk();
    const session = agoraMedia(sdk).join(MEDIA, contextOf([], { muted: true }));
    await session.setCamera(false);
    await session.ready;
    expect(asked).toEqual(['open microphone', 'join', 'microphone off', 'camera off', 'publish']);
  });

  it('joins with what was opened before, and closes it when it leaves', async () => {
    const { sdk, asked } = fakeSdk();
    const prepared = agoraMedia(sdk).prepare?.('audio');
    await prepared?.ready;
    expect(asked).toEqual(['open microphone']);
    const session = prepared?.join(MEDIA, contextOf([], { type: 'audio' }));
    await session?.ready;
    session?.leave();
    expect(asked).toEqual([
      'open microphone',
      'join',
      'microphone on',
      'publish',
      'close microphone',
      'leave',
    ]);
  });

  it('closes what opens after it was released', async () => {
    const { sdk, asked } = fakeSdk();
    agoraMedia(sdk).prepare?.('audio').release();
    await settle();
    expect(asked).toEqual(['open microphone', 'close microphone']);
  });

  it('tells another device of the same person from a lost network', async () => {
    const { sdk, tell } = fakeSdk();
    const events: MediaEvent[] = [];
    await agoraMedia(sdk).join(MEDIA, contextOf(events)).ready;
    tell('connection-state-change', 'DISCONNECTED', 'CONNECTED', 'UID_BANNED');
    tell('connection-state-change', 'DISCONNECTED', 'CONNECTED', 'NETWORK_ERROR');
    expect(events).toEqual(['taken', 'closed']);
  });
});
