/** The one call that a phone shows: begun here, ringing here, or the one it was in before it was loaded anew. */
import type { ActiveCall, Call, CallsStartInput, CallState, Earshot } from '../../../../client/src/index.ts';
import { streams } from '../../streams.ts';

/**
 * @param shown the state of the call on the screen, if there is one
 * @param ringingId the call that rings for this person
 * @returns which call the screen should show instead; undefined while it shows the right one
 */
export function callToOpen(
  shown: Pick<CallState, 'phase' | 'callId' | 'error'> | undefined,
  ringingId: string | undefined,
): string | undefined {
  if (shown !== undefined && shown.phase !== 'ended') return undefined;
  const { error } = shown ?? {};
  // Two who call each other: the one who came second is refused, and takes the call of the first.
  if (error?.has('CALLER_BUSY') === true && error.details.role === 'callee') return error.details.callId;
  return ringingId === shown?.callId ? undefined : ringingId;
}

/** Whether the call has left this device, or would not begin here, because another one is in a call. */
export function isElsewhere({ answeredElsewhere, error }: Partial<CallState>): boolean {
  return answeredElsewhere === true || error?.has('CALLER_BUSY') === true;
}

/** What a line needs of the client. */
export type LinePorts = Pick<Earshot, 'call' | 'resume' | 'watchIncoming' | 'watchCall'> & {
  readonly calls: Pick<Earshot['calls'], 'ongoing'>;
};

/** Lives outside of the screens, so that drawing one twice makes no second call. */
export class Line {
  readonly #earshot: LinePorts;
  readonly #listeners = new Set<() => void>();
  /** A call that was shown and closed does not come back by news that is late. */
  readonly #shownIds = new Set<string>();
  #call: ActiveCall | undefined;
  #stopFollowing: () => void = () => undefined;
  #calleeName = '';
  #ringingId: string | undefined;
  #elsewhere: Call | undefined;
  #stopElsewhere: () => void = () => undefined;

  constructor(earshot: LinePorts) {
    this.#earshot = earshot;
  }

  readonly get = (): ActiveCall | undefined => this.#call;

  /** The call that another device or tab of this person is in. */
  readonly getElsewhere = (): Call | undefined => this.#elsewhere;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes what rings from now on, and the call of before. @returns what ends it */
  open(): () => void {
    let open = true;
    const resume = async (): Promise<void> => {
      const found = await this.#earshot.resume();
      if (found === undefined) {
        if (open) await this.#lookElsewhere();
        return;
      }
      if (open && this.#call === undefined) this.#show(found);
      else found.close();
    };
    // Without an answer the calls that ring are still told below.
    resume().catch(() => undefined);
    const stop = this.#earshot.watchIncoming(([ringing]) => {
      this.#ringingId = ringing?.callId;
      this.#choose();
    });
    return () => {
      open = false;
      stop();
      this.#stopElsewhere();
    };
  }

  /** Whom the call that was begun here is for; empty when it was not. */
  getCalleeName(): string {
    return this.#calleeName;
  }

  /** @param name of whom it is for */
  start(wish: CallsStartInput, name: string): void {
    this.#show(this.#earshot.call(wish), name);
  }

  /** Puts a call that has ended away. */
  close(): void {
    this.#show(undefined);
    this.#choose();
  }

  /** Joins here the call that another device is in, which then leaves it. */
  async takeOver(): Promise<void> {
    const found = await this.#earshot.resume({ takeOver: true });
    if (found !== undefined && this.#call === undefined) this.#show(found);
    else found?.close();
  }

  /** Looks for a call on another device, and follows it until it ends. */
  async #lookElsewhere(): Promise<void> {
    const { call } = await this.#earshot.calls.ongoing();
    this.#stopElsewhere();
    if (call === null) return;
    const stop = this.#earshot.watchCall(call.callId, (seen) => {
      const talks = seen?.state === 'connecting' || seen?.state === 'ongoing';
      this.#elsewhere = talks ? seen : undefined;
      for (const listener of this.#listeners) listener();
    });
    this.#stopElsewhere = () => {
      stop();
      this.#elsewhere = undefined;
    };
  }

  #choose(): void {
    const callId = callToOpen(this.#call?.state, this.#ringingId);
    if (callId === undefined || this.#shownIds.has(callId)) return;
    this.#show(this.#earshot.call(callId));
  }

  #show(call: ActiveCall | undefined, calleeName = ''): void {
    this.#stopFollowing();
    this.#stopFollowing = () => undefined;
    streams.clear();
    this.#call = call;
    this.#calleeName = calleeName;
    const stop = call?.onChange((state) => {
      const { phase, callId } = state;
      if (callId !== undefined) this.#shownIds.add(callId);
      if (phase !== 'ended' || this.#call !== call) return;
      // Without an answer nothing is offered, and the next refusal looks again.
      if (isElsewhere(state)) this.#lookElsewhere().catch(() => undefined);
      this.#choose();
    });
    if (this.#call === call && stop !== undefined) this.#stopFollowing = stop;
    for (const listener of this.#listeners) listener();
  }
}
