/** A phone that somebody is signed in to: its tabs, and the call above them. */
import { signOut } from 'firebase/auth';
import { use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { isRefusal, type ActiveCall, type Balance, type Profile } from '../../../client/src/index.ts';
import type { Backend } from '../backend.ts';
import { streams } from '../streams.ts';
import { CallScreen } from './call/CallScreen.tsx';
import { Context, type PhoneContext } from './context.ts';
import { Register } from './Register.tsx';
import { Tabs } from './Tabs.tsx';
import { TopUp } from './TopUp.tsx';

const TELL_MS = 4000;

/** Follows the profile; who has none yet makes one. */
export default function SignedIn({ connected }: { readonly connected: Promise<Backend> }): ReactNode {
  const backend = use(connected);
  const [profile, setProfile] = useState<Profile>();
  const [newcomer, setNewcomer] = useState(false);
  useEffect(() => {
    if (newcomer) return;
    // Nobody may read what does not exist: newcomers are told from people whose session has ended elsewhere by asking.
    const lookWhy = (): void => {
      backend.earshot.users.me().then(
        async () => await signOut(backend.auth),
        async (fault: unknown) =>
          isRefusal(fault, 'NOT_REGISTERED') ? setNewcomer(true) : await signOut(backend.auth),
      );
    };
    return backend.earshot.watchProfile(setProfile, lookWhy);
  }, [backend, newcomer]);
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
  const [call, setCall] = useCurrentCall(backend);
  useEffect(() => earshot.presence.keep(() => undefined), [earshot]);
  useEffect(() => earshot.watchWallet(setBalance), [earshot]);
  const phone = useMemo<PhoneContext>(
    () => ({
      earshot,
      profile,
      balance,
      call,
      startCall: (wish) => setCall(earshot.call(wish)),
      closeCall: () => setCall(undefined),
      openTopUp: () => setToppingUp(true),
      tell,
      signOut: async () => {
        await earshot.presence.update({ online: false }).catch(() => undefined);
        await signOut(auth);
      },
    }),
    [auth, balance, call, earshot, profile, setCall, tell],
  );
  return (
    <Context value={phone}>
      <Tabs />
      {call !== undefined && <CallScreen call={call} />}
      <TopUp open={toppingUp} onClose={() => setToppingUp(false)} />
      <div role="status" className={told === '' ? 'toast gone' : 'toast'}>
        {told}
      </div>
    </Context>
  );
}

/** Something said in passing. */
function useTold(): [string, (text: string) => void] {
  const [told, setTold] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setTold(''), TELL_MS);
    return () => clearTimeout(timer);
  }, [told]);
  return [told, setTold];
}

/** The one call this phone shows: begun here, ringing here, or the one it was in before it was loaded anew. */
function useCurrentCall({
  earshot,
}: Backend): [ActiveCall | undefined, (call: ActiveCall | undefined) => void] {
  const [call, setCall] = useState<ActiveCall>();
  const show = useCallback((next: ActiveCall | undefined) => {
    streams.clear();
    setCall(next);
  }, []);
  useEffect(() => {
    let left = false;
    const resume = async (): Promise<void> => {
      const found = await earshot.resume();
      if (left) found?.close();
      else if (found !== undefined) setCall((current) => current ?? found);
    };
    // Without an answer the calls that ring are still told below.
    resume().catch(() => undefined);
    return () => {
      left = true;
    };
  }, [earshot]);
  useEffect(
    () =>
      earshot.watchIncoming(([ringing]) => {
        if (ringing === undefined) return;
        setCall((current) =>
          current === undefined ||
          (current.state.phase === 'ended' && current.state.callId !== ringing.callId)
            ? earshot.call(ringing.callId)
            : current,
        );
      }),
    [earshot],
  );
  return [call, show];
}
