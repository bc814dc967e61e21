/** Two apps with WebRTC between which everything is fake. */
import { expect } from '@jest/globals';
import type { MediaContext, MediaEvent, MediaSession, Place, WebrtcCredentials } from '../call/media.ts';
import { webrtcMedia } from '../media/webrtc.ts';
import { FakeDevice, FakeNet } from './peers.ts';
import { SignalBoard } from './signalBoard.ts';
import { FakeTimers } from './world.ts';

export const CREDENTIALS: WebrtcCredentials = {
  provider: 'webrtc',
  iceServers: [{ urls: ['turn:relay:1'], username: '1:seat', credential: 'first' }],
  iceTransportPolicy: 'all',
  signalPath: 'calls/call/signals',
  polite: false,
  signalsExpireAt: '2026-01-06T10:00:00.000Z',
  expiresAt: '2026-01-05T10:00:50.000Z',
};

/** One party's app. */
export interface App {
  readonly device: FakeDevice;
  readonly events: MediaEvent[];
  session: MediaSession;
  /** How joining went: undefined while it goes on. */
  outcome: string | undefined;
}

/** @param number undefined for whoever takes the call over, else as it was kept */
export function placeOf(number: number | undefined): Place & { number: number | undefined } {
  return {
    number,
    take(taken) {
      this.number = taken;
    },
  };
}

/** The documents and the network between two apps. */
export class World {
  readonly timers = new FakeTimers();
  readonly board = new SignalBoard(this.timers);
  readonly net = new FakeNet(this.timers);

  /** @param uid `caller` or `callee`, who is polite */
  join(
    uid: 'caller' | 'callee',
    change: Partial<WebrtcCredentials> = {},
    device = new FakeDevice(this.net),
    choice: Partial<MediaContext> = {},
  ): App {
    const events: MediaEvent[] = [];
    const context: MediaContext = {
      type: 'audio',
      uid,
      peerId: uid === 'caller' ? 'callee' : 'caller',
      resumed: false,
      place: placeOf(undefined),
      muted: false,
      cameraOn: true,
      documents: this.board.documents,
      timers: this.timers,
      onEvent: (event) => void events.push(event),
      ...choice,
    };
    const media = { ...CREDENTIALS, polite: uid === 'callee', ...change };
    const session = webrtcMedia({ platform: device }).join(media, context);
    const app: App = { device, events, session, outcome: undefined };
    session.ready.then(
      () => (app.outcome = 'ready'),
      (fault: unknown) => (app.outcome = String(fault)),
    );
    return app;
  }

  /** Both apps, connected. */
  async both() {
    const [caller, callee] = [this.join('caller'), this.join('callee')];
    await this.timers.pass(2);
    expect([caller.outcome, callee.outcome]).toEqual(['ready', 'ready']);
    return { caller, callee };
  }

  /** Loads an app anew: what it was is gone without a word. */
  reload(uid: 'caller' | 'callee', app: App): App {
    app.session.leave();
    return this.join(uid);
  }
}

export const isConnected = ({ device }: App): boolean => device.connection.connectionState === 'connected';
