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

/** What was begun on this phone, for its screens until the backend tells the call. */
export interface Begun {
  /** Whom it is for. */
  readonly name: string;
  readonly type: Call['type'];
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
  #isOpen = false;
  #call: ActiveCall | undefined;
  #stopFollowing: () => void = () => undefined;
  #begun: Begun | undefined;
  #hungUp = false;
  #ringingId: string | undefined;
  #elsewhere: Call | undefined;
  #stopElsewhere: () => void = () => undefined;

  constructor(earshot: LinePorts) {
    this.#earshot = earshot;
  }

  readonly get = (): ActiveCall | undefined => this.#call;

  /** Whether the person has pressed a button to end the call that is shown. */
  readonly hasHungUp = (): boolean => this.#hungUp;

  /** The call that another device or tab of this person is in. */
  readonly getElsewhere = (): Call | undefined => this.#elsewhere;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes what rings from now on, and the call of before. @returns what ends it */
  open(): () => void {
    let open = true;
    this.#isOpen = true;
    const resume = async (): Promise<void> => {
      const found = await this.#earshot.resume();
      if (found === undefined) {
        await this.#lookElsewhere();
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
      this.#isOpen = false;
      stop();
      this.#stopElsewhere();
    };
  }

  /** Undefined when the call that is shown was not begun here. */
  getBegun(): Begun | undefined {
    return this.#begun;
  }

  /** @param name of whom it is for */
  start(wish: CallsStartInput, name: string): void {
    this.#show(this.#earshot.call(wish), { name, type: wish.type });
  }

  /** Hangs up, takes back or declines, because the person wants to. @throws EarshotError when nobody could be told */
  async end(): Promise<void> {
    this.#setHungUp(true);
    try {
      await this.#call?.end();
    } catch (fault) {
      // What goes on may still end otherwise.
      this.#setHungUp(false);
      throw fault;
    }
  }

  /** Puts a call that has ended away. */
  close(): void {
    this.#show(undefined);
    this.#choose();
  }

  /** Joins here the call that another device is in, which then leaves it. */
  async takeOver(): Promise<void> {
    const found = await this.#earshot.resume({ takeOver: true });
    if (found !== undefined && this.#isOpen && this.#call === undefined) this.#show(found);
    else found?.close();
  }

  /** Looks for a call on another device, and follows it until it ends. */
  async #lookElsewhere(): Promise<void> {
    const { call } = await this.#earshot.calls.ongoing();
    if (!this.#isOpen) return;
    this.#stopElsewhere();
    if (call === null) return;
    const stop = this.#earshot.watchCall(call.callId, (seen) => {
      const talks = seen?.state === 'connecting' || seen?.state === 'ongoing';
      this.#setElsewhere(talks ? seen : undefined);
    });
    this.#stopElsewhere = () => {
      stop();
      this.#stopElsewhere = () => undefined;
      this.#setElsewhere(undefined);
    };
  }

  #setHungUp(hungUp: boolean): void {
    this.#hungUp = hungUp;
    this.#tell();
  }

  #setElsewhere(call: Call | undefined): void {
    this.#elsewhere = call;
    this.#tell();
  }

  #choose(): void {
    const callId = callToOpen(this.#call?.state, this.#ringingId);
    if (!this.#isOpen) return;
    if (callId === undefined || this.#shownIds.has(callId)) return;
    this.#show(this.#earshot.call(callId));
  }

  #show(call: ActiveCall | undefined, begun?: Begun): void {
    this.#stopFollowing();
    this.#stopFollowing = () => undefined;
    streams.clear();
    this.#call = call;
    this.#begun = begun;
    this.#hungUp = false;
    const stop = call?.onChange((state) => {
      const { phase, callId } = state;
      if (callId !== undefined) this.#shownIds.add(callId);
      if (phase !== 'ended' || this.#call !== call) return;
      // Without an answer nothing is offered, and the next refusal looks again.
      if (isElsewhere(state)) this.#lookElsewhere().catch(() => undefined);
      this.#choose();
    });
    if (this.#call === call && stop !== undefined) this.#stopFollowing = stop;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
