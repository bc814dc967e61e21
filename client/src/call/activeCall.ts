/** One call as one object, from the ring to the receipt. */
import type { Call, CallsRejectOutput, CallsStartInput, Receipt } from '../api/index.ts';
import { isLasting, isPassing, mediaFailed, signInRequired, toEarshotError } from '../error.ts';
import type { EarshotError } from '../error.ts';
import type { Stop } from '../ports.ts';
import { Accept } from './accept.ts';
import { Deadlines } from './deadlines.ts';
import { Following } from './follow.ts';
import { MediaKit } from './kit.ts';
import { learnTime, type Asked } from './learn.ts';
import { OwnPlace } from './place.ts';
import type { CallPorts, CallTarget } from './ports.ts';
import { ReceiptDue } from './receipt.ts';
import { Seat } from './seat.ts';
import { Shown } from './shown.ts';
import { endedEarly, isLow, isOlder, timeLeft } from './state.ts';
import type { CallPhase, CallState, TimeLeft } from './state.ts';

/**
 * A call of this person. It follows the call, joins and leaves the media, beats, and renews what runs out; an app shows
 * `state` and calls `accept`, `end`, `mute`.
 */
export class ActiveCall {
  readonly #ports: CallPorts;
  readonly #shown = new Shown();
  readonly #resume: boolean;
  /** Whether this object has started the call. */
  readonly #made: boolean;
  /** Settled once it is known whether there is a call. */
  readonly #started: Promise<void>;
  readonly #stopSession: Stop;
  readonly #deadlines: Deadlines;
  readonly #kit: MediaKit;
  #seat: Seat | undefined;
  #following: Following | undefined;
  readonly #accept: Accept;
  /** What the person wanted last, of a call that rings: to take it, or to be rid of it. */
  #wantsIn = false;
  readonly #place: OwnPlace;
  #asked: Asked | undefined;
  #hangingUp = false;
  #over = false;
  readonly #receipt: ReceiptDue;

  constructor(ports: CallPorts, { target, resume, place }: CallTarget) {
    this.#ports = ports;
    this.#deadlines = new Deadlines(ports.timers, ports.clock);
    this.#kit = new MediaKit(ports.adapters);
    this.#accept = new Accept(ports.operations, ports.timers);
    this.#resume = resume;
    this.#place = new OwnPlace(ports.keepSeat, place);
    this.#receipt = new ReceiptDue(ports, (change) => {
      // What has cut the call short says more than why there is no receipt.
      this.#update({ ...change, error: this.state.error ?? change.error });
      this.#rest();
    });
    this.#made = typeof target !== 'string';
    this.#stopSession = ports.session.onChange(() => this.#finish({ error: signInRequired() }));
    if (typeof target === 'string') {
      this.#started = Promise.resolve();
      this.#follow(target);
    } else this.#started = this.#start(target);
  }

  /** All there is to show. */
  get state(): CallState {
    return this.#shown.state;
  }

  /** Calls back now and at each change. */
  onChange(listener: (state: CallState) => void): Stop {
    return this.#shown.onChange(listener);
  }

  /**
   * Waits for a phase; one that has passed counts.
   * @throws EarshotError what it failed with, or INVALID_TRANSITION if it ended before
   */
  async until(phase: CallPhase): Promise<CallState> {
    return await this.#shown.until(phase);
  }

  /** How long the call is paid for; undefined before it is connected. Ask as often as you show it. */
  timeLeft(): TimeLeft | undefined {
    const { call, phase } = this.state;
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
    if (this.#accept.state === 'granted') return;
    this.#wantsIn = true;
    // Of a call that is not known yet the media is opened when it is joined.
    const { call } = this.state;
    if (call !== undefined) await this.#kit.prepare(call.type);
    if (this.#over || this.#hangingUp || !this.#wantsIn) {
      this.#kit.release();
      throw this.state.error ?? endedEarly(this.state);
    }
    await this.#sendAccept();
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
      await this.#kit.prepare(wish.type);
      if (this.#over) return;
      const sentMs = timers.nowMs();
      const { callId } = await operations.start(wish);
      // A start under an id of the app's own may repeat one that was long ago.
      const isNew = wish.requestId === undefined;
      this.#place.has(callId, isNew ? 0 : undefined);
      if (isNew) this.#asked = { made: 'start', atMs: sentMs };
      if (this.#over) return;
      this.#update({ phase: 'ringing', role: 'caller' });
      this.#follow(callId);
    } catch (fault) {
      this.#finish({ error: toEarshotError(fault) });
    }
  }

  #follow(callId: string): void {
    const { operations, watchCall, session, timers } = this.#ports;
    this.#update({ callId });
    if (session.uid() === undefined) return this.#finish({ error: signInRequired() });
    if (this.#resume) this.#place.has(callId);
    this.#following = new Following({
      callId,
      operations,
      watch: watchCall && ((onChange, onError) => watchCall(callId, onChange, onError)),
      timers,
      onCall: (call, receipt) => this.#take(call, receipt),
      onFault: (error) => this.#askedInVain(error),
    });
    this.#following.open();
  }

  /** A call that is not to be had is over for this device. @param error undefined once it is answered again */
  #askedInVain(error: EarshotError | undefined): void {
    if (error !== undefined && isLasting(error)) return this.#finish({ error });
    // What the media failed with does not pass by an answer of the backend.
    if (error !== undefined || this.state.error?.has('MEDIA_FAILED') !== true) this.#update({ error });
  }

  /** What the backend says of the call. */
  #take(call: Call, receipt?: Receipt): void {
    const known = this.state.call;
    if (this.#over || isOlder(call, known)) return;
    this.#asked = learnTime(this.#ports.clock, call, this.#asked);
    this.#update({ call, role: call.role });
    if (call.state === 'ended') return this.#ended(call, receipt);
    this.#goOn(call, known);
  }

  /** What an open call means for this device. */
  #goOn(call: Call, known: Call | undefined): void {
    if (this.#hangingUp) return;
    const rings = call.state === 'ringing';
    this.#deadlines.ringsUntil(rings ? call.ringExpiresAt : null, () => void this.#refresh());
    if (rings) return this.#update({ phase: 'ringing' });
    // Whoever finds a call connected that was neither made nor just taken here was in it before.
    if (this.#takesPart()) return this.#join(call, known, known === undefined && this.#resume);
    if (this.#accept.state === 'none') this.#finishElsewhere();
    else if (this.#accept.state === 'lost') this.#accept.repeat(async () => await this.#sendAccept());
  }

  /** Something was asked in vain: what was told of the call meanwhile counts now. */
  #goOnAsKnown(): void {
    const { call } = this.state;
    if (!this.#over && call !== undefined) this.#goOn(call, call);
  }

  #takesPart(): boolean {
    return this.#made || this.#resume || this.#accept.state === 'granted';
  }

  async #sendAccept(): Promise<void> {
    const { callId = '' } = this.state;
    if (this.#over || this.#hangingUp) return;
    try {
      await this.#accept.send(callId);
    } catch (fault) {
      const error = toEarshotError(fault);
      // It may have been granted all the same: then the next try has the answer.
      if (isPassing(error)) {
        this.#goOnAsKnown();
        throw error;
      }
      this.#kit.release();
      if (error.has('INVALID_TRANSITION') && error.details.answeredElsewhere === true)
        this.#finishElsewhere();
      else await this.#refresh();
      throw error;
    }
    if (this.#over) return;
    // Declined since, and now it is in the hands of this device.
    if (!this.#wantsIn) return await this.#hangUp('end');
    this.#place.has(callId, 0);
    this.#asked = { made: 'accept', atMs: this.#accept.firstSentMs };
    // Taken so fast that nothing is known of the call yet.
    if (this.state.call === undefined) await this.#refresh();
    const { call } = this.state;
    if (call === undefined || this.#over || this.#hangingUp || this.#seat !== undefined) return;
    this.#join(call, undefined, false);
  }

  /** @param call accepted, though the news of that may still be on its way */
  #join(call: Call, known: Call | undefined, resumed: boolean): void {
    this.#update({ phase: call.state === 'ongoing' ? 'ongoing' : 'connecting' });
    this.#enter(resumed);
    const moved = call.grantedUntil !== known?.grantedUntil;
    if (moved) this.#seat?.grantMoved(call.grantedUntil);
    if (!moved && call.final === known.final) return;
    this.#deadlines.paidUntil(call.grantedUntil, {
      warn: () => this.#update({ low: isLow(this.timeLeft()) }),
      over: () => void this.#leaveUnlessExtended(),
    });
  }

  /** Nobody may talk on unpaid because no news came through. */
  async #leaveUnlessExtended(): Promise<void> {
    const grantedUntil = this.state.call?.grantedUntil;
    await this.#refresh();
    if (this.#over || this.state.call?.grantedUntil !== grantedUntil) return;
    this.#finish({ error: this.state.error }, true);
  }

  #enter(resumed: boolean): void {
    const { operations, documents, timers, session, onBeating } = this.#ports;
    const { call, muted, cameraOn } = this.state;
    const uid = session.uid();
    if (this.#over || this.#seat !== undefined || call === undefined || uid === undefined) return;
    const peerId = call.role === 'caller' ? call.calleeId : call.callerId;
    this.#seat = new Seat({
      callId: call.callId,
      operations,
      kit: this.#kit,
      timers,
      context: { type: call.type, uid, peerId, place: this.#place, documents, timers },
      wishes: { muted, cameraOn },
      onJoined: ({ state, connectedAt, grantedUntil }) => {
        const latest = this.state.call ?? call;
        this.#take({ ...latest, state, connectedAt, grantedUntil });
      },
      onReconnecting: (reconnecting) => this.#setReconnecting(reconnecting),
      onTrouble: (error) => {
        if (this.#seat !== undefined) this.#update({ error });
      },
      onFailed: (error) => {
        void this.#giveUp(error);
      },
      onTaken: () => this.#finishElsewhere(),
      refresh: async () => await this.#refresh(),
    });
    onBeating(true);
    void this.#seat.enter(this.#accept.media, resumed);
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
      // The backend finds out by the beats that stop.
      this.#finish({ error }, true);
    }
  }

  async #hangUp(how: 'end' | 'emergencyEnd', note?: string): Promise<void> {
    this.#wantsIn = false;
    this.#hangingUp = true;
    this.#leave();
    // Nothing was asked of the backend yet, and the person may never answer the browser.
    if (this.#made && this.#kit.isPreparing) return this.#finish({});
    await this.#started;
    const { callId, call } = this.state;
    if (this.#over || callId === undefined) return;
    const { operations } = this.#ports;
    const nothingCame = this.#receipt.answerIsDue();
    // Another device of this person may have taken it meanwhile, and its talk is not to be ended.
    const isCalled = call?.role === 'callee' && !this.#takesPart() && this.#accept.state === 'none';
    try {
      const told = isCalled && how === 'end' ? 'reject' : how;
      const ended: CallsRejectOutput & { receipt?: Receipt } = await operations[told]({ callId, note });
      this.#finish({ endReason: ended.endReason });
      // The document may have told the end before this answer came.
      if (ended.receipt && ended.receipt.connectedAt !== null) this.#update({ receipt: ended.receipt });
    } catch (fault) {
      nothingCame();
      await this.#notHungUp(toEarshotError(fault));
    }
  }

  /** @throws EarshotError `error`, unless the call has ended otherwise */
  async #notHungUp(error: EarshotError): Promise<void> {
    const { call } = this.state;
    if (call?.state === 'ended') return this.#ended(call, undefined);
    // It rings on, so it may still be taken.
    if (!this.#takesPart()) this.#hangingUp = false;
    if (error.has('INVALID_TRANSITION')) return await this.#refresh();
    this.#goOnAsKnown();
    throw error;
  }

  #ended({ endReason, connectedAt }: Call, receipt: Receipt | undefined): void {
    const isConnected = connectedAt !== null;
    if (isConnected && receipt !== undefined) this.#finish({ endReason, receipt });
    else this.#finish({ endReason }, isConnected);
  }

  async #refresh(): Promise<void> {
    await this.#following?.refresh();
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
    this.#place.lose();
    this.#finish({ answeredElsewhere: true });
  }

  /** Over on this device, for whichever reason. @param receiptIsDue it was connected, and may have been charged */
  #finish(change: Partial<CallState>, receiptIsDue = false): void {
    if (!this.#over) {
      this.#over = true;
      this.#leave();
      this.#accept.stop();
      this.#following?.stop();
      this.#update({ phase: 'ended', reconnecting: false, low: false, ...change });
    }
    const { callId } = this.state;
    if (receiptIsDue && callId !== undefined) this.#receipt.fetch(callId);
    else this.#rest();
  }

  /** Nothing more is to come. */
  #rest(): void {
    this.#receipt.stop();
    this.#stopSession();
    this.#ports.onOver();
  }

  #update(change: Partial<CallState>): void {
    this.#shown.update(change);
  }
}
