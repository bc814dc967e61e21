/** A phone that somebody is signed in to: its tabs, and the call above them. */
import { signOut } from 'firebase/auth';
import { use, useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Balance, Profile } from '../../../client/src/index.ts';
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
  const [toppingUp, setToppingUp] = useState(false);
  const [told, tell] = useTold();
  const [line] = useState(() => new Line(earshot));
  const call = useSyncExternalStore(line.onChange, line.get);
  const elsewhere = useSyncExternalStore(line.onChange, line.getElsewhere);
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
      calleeName: line.getCalleeName(),
      closeCall: () => line.close(),
      openTopUp: () => setToppingUp(true),
      told,
      tell,
      signOut: async () => {
        await earshot.presence.update({ online: false }).catch(() => undefined);
        await signOut(auth);
      },
    }),
    [auth, balance, call, earshot, line, profile, tell, told],
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
