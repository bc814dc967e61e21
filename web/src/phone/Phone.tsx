/** One phone: whoever is signed in, or the way in. */
import { onAuthStateChanged, signInWithCustomToken, type User } from 'firebase/auth';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend } from '../backend.ts';
import { openDoor, type Door } from '../door.ts';
import { demoPeople, stackInfo, type DemoPerson } from '../local.ts';
import { Catch, Fallen } from '../ui/Catch.tsx';
import { SignIn } from './SignIn.tsx';

const SignedIn = lazy(async () => await import('./SignedIn.tsx'));

let opened: Promise<Door> | undefined;
let connected: Promise<Backend> | undefined;

/** One door a page, however often React mounts it. */
async function doorOf(which: string): Promise<Door> {
  opened ??= stackInfo()
    .then((info) => openDoor(info, `phone-${which}`))
    .catch((fault: unknown) => {
      opened = undefined;
      throw fault;
    });
  return await opened;
}

/** The rest comes when somebody does, so that the first screen need not wait for it. */
function connect(door: Door): Promise<Backend> {
  connected ??= import('../backend.ts')
    .then(({ openBackend }) => openBackend(door))
    .catch((fault: unknown) => {
      connected = undefined;
      throw fault;
    });
  return connected;
}

/** Signs in one of the two who are there to be tried. */
async function enterAs({ auth }: Door, role: DemoPerson['role']): Promise<void> {
  const person = (await demoPeople()).find((one) => one.role === role);
  if (person !== undefined) await signInWithCustomToken(auth, person.customToken);
}

/** Whoever the address asks for signs in by themselves, once. */
async function enterAsAsked(door: Door): Promise<void> {
  const address = new URL(globalThis.location.href);
  const wanted = address.searchParams.get('try');
  if (wanted !== 'caller' && wanted !== 'listener') return;
  address.searchParams.delete('try');
  globalThis.history.replaceState(null, '', address);
  await enterAs(door, wanted);
}

interface Opened {
  readonly door: Door;
  readonly user: User | null;
}

/** The page of one phone. @param which `a`, `b`, or `own` on a device of its own */
export default function Phone({ which }: { readonly which: string }): ReactNode {
  const { t } = useTranslation();
  const [phone, setPhone] = useState<Opened>();
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let stop: (() => void) | undefined;
    let left = false;
    const open = async (): Promise<void> => {
      const door = await doorOf(which);
      await enterAsAsked(door);
      if (!left) stop = onAuthStateChanged(door.auth, (user) => setPhone({ door, user }));
    };
    open().catch(() => !left && setFailed(true));
    return () => {
      left = true;
      stop?.();
    };
  }, [which, tries]);
  const again = (): void => {
    setFailed(false);
    setTries((before) => before + 1);
  };
  const offline = { text: t('offline'), action: t('tryAgain') };
  if (failed)
    return (
      <div className="phone">
        <Fallen {...offline} onAgain={again} />
      </div>
    );
  if (phone === undefined) return <div className="phone waiting" />;
  const { door, user } = phone;
  return (
    <div className="phone">
      {user === null ? (
        <SignIn connect={async () => await connect(door)} onTry={async (role) => await enterAs(door, role)} />
      ) : (
        <Catch key={user.uid} {...offline}>
          <Suspense fallback={<div className="waiting" />}>
            <SignedIn connected={connect(door)} />
          </Suspense>
        </Catch>
      )}
    </div>
  );
}
