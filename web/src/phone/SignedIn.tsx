/** A phone that somebody is signed in to: its tabs, and the call above them. */
import { signOut } from 'firebase/auth';
import { use, useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { ActiveCall, Balance, Profile } from '../../../client/src/index.ts';
import type { Backend } from '../backend.ts';
import { Toast } from '../ui/parts.tsx';
import { CallScreen } from './call/CallScreen.tsx';
import { Elsewhere } from './call/Elsewhere.tsx';
import { Line } from './call/line.ts';
import { Context, type PhoneContext } from './context.ts';
import { afterProfileFault } from './profileFault.ts';
import { Register } from './Register.tsx';
import { Tabs } from './Tabs.tsx';
import { TopUp } from './TopUp.tsx';

const TELL_MS = 4000;
/** What covered the screen has gone by then, so that screen readers hear what is told. */
const TELL_AFTER_MS = 100;
const AGAIN_MS = 3000;

/** Follows the profile; who has none yet makes one. */
export default function SignedIn({ connected }: { readonly connected: Promise<Backend> }): ReactNode {
  const backend = use(connected);
  const [profile, setProfile] = useState<Profile>();
  const [newcomer, setNewcomer] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (newcomer) return;
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const act = async (fault?: unknown): Promise<void> => {
      if (left) return;
      const next = afterProfileFault(fault);
      if (next === 'register') setNewcomer(true);
      else if (next === 'signOut') await signOut(backend.auth);
      else timer = setTimeout(() => setTries((before) => before + 1), AGAIN_MS);
    };
    // Nobody may read what does not exist: newcomers are told from people whose session has ended elsewhere by asking.
    const lookWhy = (): void => {
      backend.earshot.users.me().then(async () => await act(), act);
    };
    const stop = backend.earshot.watchProfile(setProfile, lookWhy);
    return () => {
      left = true;
      clearTimeout(timer);
      stop();
    };
  }, [backend, newcomer, tries]);
  if (newcomer) return <Register backend={backend} onDone={() => setNewcomer(false)} />;
  if (profile === undefined) return <div className="waiting" />;
  return <Own backend={backend} profile={profile} />;
}

/** The phone of a registered person. */
function Own({ backend, profile }: { readonly backend: Backend; readonly profile: Profile }): ReactNode {
  const { auth, earshot } = backend;
  const [balance, setBalance] = useState<Balance>();
  const [told, tell] = useTold();
  const [line] = useState(() => new Line(earshot));
  const call = useSyncExternalStore(line.onChange, line.get);
  const hungUp = useSyncExternalStore(line.onChange, line.hasHungUp);
  const elsewhere = useSyncExternalStore(line.onChange, line.getElsewhere);
  const [toppingUp, setToppingUp] = useToppingUp(call);
  useEffect(() => line.open(), [line]);
  useEffect(() => earshot.presence.keep(() => undefined), [earshot]);
  useEffect(() => earshot.watchWallet(setBalance), [earshot]);
  const phone = useMemo<PhoneContext>(
    () => ({
      earshot,
      profile,
      balance,
      call,
      startCall: (wish, name) => line.start(wish, name),
      begun: line.getBegun(),
      endCall: async () => await line.end(),
      hungUp,
      closeCall: () => line.close(),
      openTopUp: () => setToppingUp(true),
      told,
      tell,
      signOut: async () => {
        await earshot.presence.update({ online: false }).catch(() => undefined);
        await signOut(auth);
      },
    }),
    [auth, balance, call, earshot, hungUp, line, profile, tell, told],
  );
  return (
    <Context value={phone}>
      <Tabs
        notice={
          call === undefined &&
          elsewhere !== undefined && (
            <Elsewhere call={elsewhere} onTakeOver={async () => await line.takeOver()} />
          )
        }
      />
      {call !== undefined && <CallScreen call={call} />}
      <TopUp open={toppingUp} onClose={() => setToppingUp(false)} />
      {call === undefined && <Toast text={told} />}
    </Context>
  );
}

/** Whether the sheet for buying coins is open. It lies above the call it was opened in, and must not cover another. */
function useToppingUp(call: ActiveCall | undefined): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  const [seen, setSeen] = useState(call);
  if (seen !== call) {
    setSeen(call);
    if (call !== undefined) setOpen(false);
  }
  return [open && seen === call, setOpen];
}

/** Something said in passing. */
function useTold(): [string, (text: string) => void] {
  const [told, setTold] = useState('');
  const tell = useCallback((text: string) => void setTimeout(() => setTold(text), TELL_AFTER_MS), []);
  useEffect(() => {
    const timer = setTimeout(() => setTold(''), TELL_MS);
    return () => clearTimeout(timer);
  }, [told]);
  return [told, tell];
}
