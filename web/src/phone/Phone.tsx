/** One phone: whoever is signed in, or the way in. */
import { onAuthStateChanged, signInWithCustomToken, type User } from 'firebase/auth';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { openBackend, type Backend } from '../backend.ts';
import { demoPeople, stackInfo, type DemoPerson } from '../local.ts';
import { SignIn } from './SignIn.tsx';

const SignedIn = lazy(async () => await import('./SignedIn.tsx'));

let opened: Promise<Backend> | undefined;

/** One backend a page, however often React mounts it. */
async function backendOf(which: string): Promise<Backend> {
  opened ??= stackInfo().then((info) => openBackend(info, `phone-${which}`));
  return await opened;
}

/** Signs in one of the two who are there to be tried. */
async function enterAs({ auth }: Backend, role: DemoPerson['role']): Promise<void> {
  const person = (await demoPeople()).find((one) => one.role === role);
  if (person !== undefined) await signInWithCustomToken(auth, person.customToken);
}

/** Whoever the address asks for signs in by themselves, once. */
async function enterAsAsked(backend: Backend): Promise<void> {
  const address = new URL(globalThis.location.href);
  const wanted = address.searchParams.get('try');
  if (wanted !== 'caller' && wanted !== 'listener') return;
  address.searchParams.delete('try');
  globalThis.history.replaceState(null, '', address);
  await enterAs(backend, wanted);
}

interface Opened {
  readonly backend: Backend;
  readonly user: User | null;
}

/** The page of one phone. @param which `a`, `b`, or `own` on a device of its own */
export default function Phone({ which }: { readonly which: string }): ReactNode {
  const { t } = useTranslation();
  const [phone, setPhone] = useState<Opened>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let stop: (() => void) | undefined;
    let left = false;
    const open = async (): Promise<void> => {
      const backend = await backendOf(which);
      await enterAsAsked(backend);
      if (!left) stop = onAuthStateChanged(backend.auth, (user) => setPhone({ backend, user }));
    };
    open().catch(() => setFailed(true));
    return () => {
      left = true;
      stop?.();
    };
  }, [which]);
  if (failed) return <p className="phone waiting-text">{t('offline')}</p>;
  if (phone === undefined) return <div className="phone waiting" />;
  const { backend, user } = phone;
  return (
    <div className="phone">
      {user === null ? (
        <SignIn backend={backend} onTry={async (role) => await enterAs(backend, role)} />
      ) : (
        <Suspense fallback={<div className="waiting" />}>
          <SignedIn key={user.uid} backend={backend} />
        </Suspense>
      )}
    </div>
  );
}
