/** One call as one object, from the ring to the receipt. */
import type { Call, CallsStartInput, Media } from '../api/index.ts';
import { isPassing, mediaFailed, signInRequired, toEarshotError, type EarshotError } from '../error.ts';
import type { Stop } from '../ports.ts';
import { newUuid } from '../random.ts';
import { Deadlines } from './deadlines.ts';
import { followCall } from './follow.ts';
import { MediaKit } from './kit.ts';
import { learnTime, type Asked } from './learn.ts';
import type { CallPorts, CallTarget } from './ports.ts';
import { Seat } from './seat.ts';
import {
  endedEarly,
  hasReached,
  IDLE,
  isOlder,
  LOW_SEC,
  timeLeft,
  type CallPhase,
  type CallState,
  type TimeLeft,
} from './state.ts';

/**
 * A call of this person. It follows the call, joins and leaves the media, beats, and renews what runs out; an app shows
 * `state` and calls `accept`, `end`, `mute`.
 */
export class ActiveCall {
  readonly #ports: CallPorts;
  readonly #listeners = new Set<(state: CallState) => void>();
  readonly #resume: boolean;
  /** Whether this object has started the call. */
  readonly #made: boolean;
  /** Settled once it is known whether there is a call. */
  readonly #started: Promise<void>;
  readonly #stopSession: Stop;
  readonly #deadlines: Deadlines;
  readonly #kit: MediaKit;
  #state: CallState = IDLE;
  #seat: Seat | undefined;
  #stopFollowing: Stop | undefined;
  /** Whether this device takes part as the callee. */
  #accept: 'no' | 'asked' | 'granted' = 'no';
  /** What the accept has brought, until it is used. */
  #granted: Media | undefined;
  /** Microphone and camera are being asked for. */
  #preparing = false;
  #asked: Asked | undefined;
  /** Kept, so that an accept whose answer was lost can be repeated. */
  readonly #acceptId = newUuid();
  #hangingUp = false;
  #over = false;
  #refreshing: Promise<void> | undefined;

  constructor(ports: CallPorts, { target, resume }: CallTarget) {
    this.#ports = ports;
    this.#deadlines = new Deadlines(ports.timers, ports.clock);
    this.#kit = new MediaKit(ports.adapters);
    this.#resume = resume;
    this.#made = typeof target !== 'string';
    this.#stopSession = ports.session.onChange(() => this.#finish({ error: signInRequired() }));
    if (typeof target === 'string') {
      this.#started = Promise.resolve();
      this.#follow(target);
    } else this.#started = this.#start(target);
  }

  /** All there is to show. */
  get state(): CallState {
    return this.#state;
  }

  /** Calls back now and at each change. */
  onChange(listener: (state: CallState) => void): Stop {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Waits for a phase; one that has passed counts.
   * @throws EarshotError what it failed with, or INVALID_TRANSITION if it ended before
   */
  async until(phase: CallPhase): Promise<CallState> {
    return await new Promise((resolve, reject) => {
      let stop: Stop | undefined;
      const look = (state: CallState): void => {
        if (state.phase === 'ended' && phase !== 'ended') reject(state.error ?? endedEarly(state));
        else if (hasReached(state.phase, phase)) resolve(state);
        else return;
        stop?.();
      };
      stop = this.onChange(look);
      look(this.#state);
    });
  }

  /** How long the call is paid for; undefined before it is connected. Ask as often as you show it. */
  timeLeft(): TimeLeft | undefined {
    const { call, phase } = this.#state;
    if (phase !== 'ongoing' || call === undefined || call.grantedUntil === null) return undefined;
    return timeLeft(this.#ports.clock.untilMs(call.grantedUntil), call.final);
  }

  /**
   * Takes a call that rings for you, on this device.
   * @throws EarshotError INVALID_TRANSITION if it rings no more; `details.answeredElsewhere` if another device took it;
   * MEDIA_FAILED if there is no microphone: it rings on
   */
  async accept(): Promise<void> {
    await this.#started;
    // Of a call that is not known yet the media is opened when it is joined.
    const { call, callId = '' } = this.#state;
    if (call !== undefined) await this.#prepare(call.type);
    if (this.#over || this.#hangingUp) throw this.#state.error ?? endedEarly(this.#state);
    this.#accept = 'asked';
    const sentMs = this.#ports.timers.nowMs();
    try {
      const { media } = await this.#ports.operations.accept({ callId, requestId: this.#acceptId });
      this.#accept = 'granted';
      this.#granted = media;
      this.#ports.keepSeat(callId);
      this.#asked = { made: 'accept', atMs: sentMs };
      if (this.#hangingUp || this.#over) return;
      // Taken so fast that nothing is known of the call yet.
      if (this.#state.call === undefined) await this.#refresh();
      this.#update({ phase: 'connecting' });
      this.#enter(false);
    } catch (fault) {
      const error = toEarshotError(fault);
      // It may have been granted all the same: then the next try has the answer.
      if (isPassing(error)) throw error;
      this.#accept = 'no';
      if (error.has('INVALID_TRANSITION') && error.details.answeredElsewhere === true)
        this.#finishElsewhere();
      else await this.#refresh();
      throw error;
    }
  }

  /**
   * Hangs up, takes the call back, or declines it: whatever ends it now. The media stops at once.
   * @throws EarshotError when the backend cannot be told; it then finds out by the beats that stop
   */
  async end(note?: string): Promise<void> {
    await this.#hangUp('end', note);
  }

  /** Hangs up and has the call looked at by a person. */
  async emergencyEnd(note?: string): Promise<void> {
    await this.#hangUp('emergencyEnd', note);
  }

  /** Silences the microphone, or lets it be heard again. */
  async mute(muted: boolean): Promise<void> {
    this.#update({ muted });
    await this.#seat?.mute(muted);
  }

  /** Turns the camera on or off. */
  async camera(on: boolean): Promise<void> {
    this.#update({ cameraOn: on });
    await this.#seat?.camera(on);
  }

  /** Lets go of the call on this device without ending it: media, beats and following stop. */
  close(): void {
    this.#finish({});
  }

  async #start(wish: CallsStartInput): Promise<void> {
    const { operations, timers } = this.#ports;
    try {
      // Nobody's phone rings for a call that cannot be spoken in.
      const prepared = this.#prepare(wish.type);
      if (prepared !== undefined) await prepared;
      if (this.#over) return;
      const sentMs = timers.nowMs();
      const { callId } = await operations.start(wish);
      this.#ports.keepSeat(callId);
      // A start under an id of the app's own may repeat one that was long ago.
      if (wish.requestId === undefined) this.#asked = { made: 'start', atMs: sentMs };
      if (this.#over) return;
      this.#update({ phase: 'ringing', role: 'caller' });
      this.#follow(callId);
    } catch (fault) {
      this.#finish({ error: toEarshotError(fault) });
    }
  }

  /** Undefined where there is nothing to open beforehand. @throws EarshotError MEDIA_FAILED */
  #prepare(type: Call['type']): Promise<void> | undefined {
    const opening = this.#kit.prepare(type);
    if (opening === undefined) return undefined;
    this.#preparing = true;
    return opening.finally(() => {
      this.#preparing = false;
    });
  }

  #follow(callId: string): void {
    const { watchCall, session, timers, keepSeat } = this.#ports;
    this.#update({ callId });
    if (session.uid() === undefined) return this.#finish({ error: signInRequired() });
    if (this.#resume) keepSeat(callId);
    const stop = followCall(
      {
        watch: watchCall && ((onChange, onError) => watchCall(callId, onChange, onError)),
        refresh: async () => await this.#refresh(),
        timers,
      },
      (call) => this.#take(call),
    );
    if (this.#over) stop();
    else this.#stopFollowing = stop;
  }

  /** What the backend says of the call. */
  #take(call: Call): void {
    const known = this.#state.call;
    if (this.#over || isOlder(call, known)) return;
    this.#asked = learnTime(this.#ports.clock, call, this.#asked);
    this.#update({ call, role: call.role });
    if (call.state === 'ended') return this.#ended(call);
    if (this.#hangingUp) return;
    if (call.state === 'ringing') return this.#update({ phase: 'ringing' });
    if (this.#made || this.#resume || this.#accept === 'granted') this.#join(call, known);
    else if (this.#accept === 'no') this.#finishElsewhere();
  }

  #join(call: Call, known: Call | undefined): void {
    if (call.state !== 'connecting' && call.state !== 'ongoing') return;
    this.#update({ phase: call.state });
    // Whoever finds a call connected that was neither made nor just taken here was in it before.
    this.#enter(known === undefined && this.#resume);
    const moved = call.grantedUntil !== known?.grantedUntil;
    if (moved) this.#seat?.grantMoved(call.grantedUntil);
    if (moved || call.final !== known.final) this.#schedule();
  }

  #schedule(): void {
    const { call } = this.#state;
    if (call === undefined || call.grantedUntil === null) return;
    this.#deadlines.paidUntil(call.grantedUntil, {
      warn: () => this.#update({ low: this.#isLow() }),
      over: () => void this.#leaveUnlessExtended(),
    });
  }

  #isLow(): boolean {
    const left = this.timeLeft();
    return left !== undefined && left.final && left.secondsLeft <= LOW_SEC;
  }

  /** Nobody may talk on unpaid because no news came through. */
  async #leaveUnlessExtended(): Promise<void> {
    const grantedUntil = this.#state.call?.grantedUntil;
    await this.#refresh();
    if (this.#over || this.#state.call?.grantedUntil !== grantedUntil) return;
    this.#finish({ error: this.#state.error });
  }

  #enter(resumed: boolean): void {
    const { operations, documents, timers, session, onBeating } = this.#ports;
    const { call, muted, cameraOn } = this.#state;
    const uid = session.uid();
    if (this.#over || this.#seat !== undefined || call === undefined || uid === undefined) return;
    const peerId = call.role === 'caller' ? call.calleeId : call.callerId;
    this.#seat = new Seat({
      callId: call.callId,
      operations,
      kit: this.#kit,
      timers,
      context: { type: call.type, uid, peerId, documents, timers },
      wishes: { muted, cameraOn },
      onJoined: ({ state, connectedAt, grantedUntil }) => {
        const latest = this.#state.call ?? call;
        this.#take({ ...latest, state, connectedAt, grantedUntil });
      },
      onReconnecting: (reconnecting) => this.#setReconnecting(reconnecting),
      onTrouble: (error) => this.#update({ error }),
      onFailed: (error) => {
        void this.#giveUp(error);
      },
      onTaken: () => this.#finishElsewhere(),
      refresh: async () => await this.#refresh(),
    });
    onBeating(true);
    void this.#seat.enter(this.#granted, resumed);
  }

  #setReconnecting(reconnecting: boolean): void {
    this.#update({ reconnecting });
    if (!reconnecting || this.#over) return this.#deadlines.mediaIsBack();
    this.#deadlines.mediaIsAway(() => void this.#giveUp(mediaFailed('The media did not come back.')));
  }

  /** Nobody may pay for a call that this side cannot take part in. */
  async #giveUp(error: EarshotError): Promise<void> {
    this.#update({ error });
    try {
      await this.#hangUp('end');
    } catch {
      this.#finish({ error });
    }
  }

  async #hangUp(how: 'end' | 'emergencyEnd', note?: string): Promise<void> {
    this.#hangingUp = true;
    this.#leave();
    // Nothing was asked of the backend yet, and the person may never answer the browser.
    if (this.#made && this.#preparing) return this.#finish({});
    await this.#started;
    const { callId } = this.#state;
    if (this.#over || callId === undefined) return;
    try {
      const { endReason, receipt } = await this.#ports.operations[how]({ callId, note });
      this.#finish({ endReason });
      // The document may have told the end before this answer came.
      if (receipt.connectedAt !== null) this.#update({ receipt });
    } catch (fault) {
      const error = toEarshotError(fault);
      if (this.#state.call?.state === 'ended') return await this.#fetchReceipt(callId);
      if (!error.has('INVALID_TRANSITION')) throw error;
      await this.#refresh();
    }
  }

  #ended({ endReason, connectedAt, callId }: Call): void {
    this.#finish({ endReason });
    if (connectedAt !== null && !this.#hangingUp) void this.#fetchReceipt(callId);
  }

  async #fetchReceipt(callId: string): Promise<void> {
    try {
      const { receipt } = await this.#ports.operations.get({ callId });
      this.#update({ receipt });
    } catch (fault) {
      this.#update({ error: toEarshotError(fault) });
    }
  }

  /** Asks what the backend says of the call. A call that is not to be had is over for this device. */
  async #refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #refreshOnce(): Promise<void> {
    const { callId } = this.#state;
    if (this.#over || callId === undefined) return;
    try {
      const { call, receipt } = await this.#ports.operations.get({ callId });
      this.#take(call);
      if (call.connectedAt !== null && receipt !== undefined) this.#update({ receipt });
    } catch (fault) {
      const error = toEarshotError(fault);
      if (isPassing(error)) this.#update({ error });
      else this.#finish({ error });
    }
  }

  #leave(): void {
    this.#deadlines.stop();
    this.#kit.release();
    if (this.#seat === undefined) return;
    this.#seat.leave();
    this.#seat = undefined;
    this.#ports.onBeating(false);
  }

  /** Another device of this person is in the call: this one has no place in it, also after a reload. */
  #finishElsewhere(): void {
    this.#ports.keepSeat(undefined);
    this.#finish({ answeredElsewhere: true });
  }

  /** Over on this device, for whichever reason. */
  #finish(change: Partial<CallState>): void {
    if (this.#over) return;
    this.#over = true;
    this.#leave();
    this.#stopSession();
    this.#stopFollowing?.();
    this.#update({ phase: 'ended', reconnecting: false, low: false, ...change });
  }

  #update(change: Partial<CallState>): void {
    const fields = Object.entries(change) as [keyof CallState, unknown][];
    if (fields.every(([field, value]) => this.#state[field] === value)) return;
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener(this.#state);
  }
}
