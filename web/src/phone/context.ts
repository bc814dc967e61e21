/** What every screen of a phone needs. */
import { createContext, useContext } from 'react';
import type { ActiveCall, Balance, CallsStartInput, Earshot, Profile } from '../../../client/src/index.ts';
import type { Begun } from './call/line.ts';

export interface PhoneContext {
  readonly earshot: Earshot;
  readonly profile: Profile;
  /** Undefined until it has been read. */
  readonly balance: Balance | undefined;
  /** The call that is on, or has just ended. */
  readonly call: ActiveCall | undefined;
  /** @param name of whom it is for, shown until the backend tells it */
  readonly startCall: (wish: CallsStartInput, name: string) => void;
  /** What is known of the call before the backend tells it; undefined when it was not begun here. */
  readonly begun: Begun | undefined;
  /** Hangs up, takes back or declines. @throws EarshotError when nobody could be told */
  readonly endCall: () => Promise<void>;
  /** Whether the person has wanted the call to end. */
  readonly hungUp: boolean;
  readonly closeCall: () => void;
  readonly openTopUp: () => void;
  /** What was said in passing, for whatever screen is on top; empty when it is gone. */
  readonly told: string;
  /** Says something in passing. */
  readonly tell: (text: string) => void;
  readonly signOut: () => Promise<void>;
}

export const Context = createContext<PhoneContext | undefined>(undefined);

/** @throws outside of a phone that somebody is signed in to */
export function usePhone(): PhoneContext {
  const phone = useContext(Context);
  if (phone === undefined) throw new Error('nobody is signed in to this phone');
  return phone;
}
