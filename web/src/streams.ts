/** Sound and pictures of the call that is on, for the elements that play and show them. */

export interface Streams {
  readonly local: MediaStream | undefined;
  readonly remote: MediaStream | undefined;
}

let current: Streams = { local: undefined, remote: undefined };
const listeners = new Set<() => void>();

function change(next: Streams): void {
  current = next;
  for (const listener of listeners) listener();
}

export const streams = {
  get: (): Streams => current,
  setLocal: (local: MediaStream): void => change({ ...current, local }),
  setRemote: (remote: MediaStream): void => change({ ...current, remote }),
  /** When a call is over. */
  clear: (): void => change({ local: undefined, remote: undefined }),
  onChange: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
