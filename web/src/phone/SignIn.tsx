/** The way in: a phone number and the code that comes to it, or one of the two who are there to be tried. */
import { signInWithCustomToken } from 'firebase/auth';
import { Ear, Headphones, PhoneCall } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend } from '../backend.ts';
import { messagesTo, type DemoPerson } from '../local.ts';
import { Field, Problem } from '../ui/parts.tsx';
import { useWork } from './hooks.ts';
import { MessageBanner } from './MessageBanner.tsx';

interface SignInProps {
  readonly connect: () => Promise<Backend>;
  readonly onTry: (role: DemoPerson['role']) => Promise<void>;
}

/** A code that was asked for. */
interface Sent {
  readonly phone: string;
  /** When the newest message before it was sent, by the stack's clock. */
  readonly beforeAt: string | undefined;
}

/** The first screen. */
export function SignIn({ connect, onTry }: SignInProps): ReactNode {
  const { t } = useTranslation();
  const [sent, setSent] = useState<Sent>();
  const [code, setCode] = useState('');
  return (
    <main className="sign-in" onFocus={() => void connect().catch(() => undefined)}>
      {sent !== undefined && <MessageBanner {...sent} onCode={setCode} />}
      <div className="sign-in-head">
        <span className="logo">
          <Ear aria-hidden size={30} />
        </span>
        <h1>Earshot</h1>
        <p className="quiet">{t('signIn.about')}</p>
      </div>
      {sent === undefined ? (
        <PhoneForm connect={connect} onSent={setSent} />
      ) : (
        <CodeForm
          connect={connect}
          phone={sent.phone}
          code={code}
          onCode={setCode}
          onBack={() => setSent(undefined)}
        />
      )}
      {sent === undefined && <TryIt onTry={onTry} />}
    </main>
  );
}

interface PhoneFormProps {
  readonly connect: SignInProps['connect'];
  readonly onSent: (sent: Sent) => void;
}

function PhoneForm({ connect, onSent }: PhoneFormProps): ReactNode {
  const { t } = useTranslation();
  const [phone, setPhone] = useState('+91 ');
  const { busy, problem, run } = useWork();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const number = phone.replaceAll(/[\s()-]/gu, '');
    run(async () => {
      const { earshot } = await connect();
      // The sandbox refuses what is no number; the backend says so in words.
      const [before] = await messagesTo(number).catch(() => []);
      await earshot.auth.requestOtp({ phone: number });
      onSent({ phone: number, beforeAt: before?.sentAt });
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field id="phone" label={t('signIn.phone')}>
        {(id) => (
          <input
            id={id}
            type="tel"
            autoComplete="tel"
            inputMode="tel"
            value={phone}
            onChange={(event) => setPhone(event.target.value)}
          />
        )}
      </Field>
      <Problem text={problem} />
      <button className="button" type="submit" disabled={busy}>
        {t('signIn.send')}
      </button>
    </form>
  );
}

interface CodeFormProps {
  readonly connect: SignInProps['connect'];
  readonly phone: string;
  readonly code: string;
  readonly onCode: (code: string) => void;
  readonly onBack: () => void;
}

function CodeForm({ connect, phone, code, onCode, onBack }: CodeFormProps): ReactNode {
  const { t } = useTranslation();
  const { busy, problem, run } = useWork();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run(async () => {
      const { auth, earshot } = await connect();
      const { customToken } = await earshot.auth.verifyOtp({ phone, code });
      await signInWithCustomToken(auth, customToken);
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field id="code" label={t('signIn.code')} hint={t('signIn.sentTo', { phone })}>
        {(id) => (
          <input
            id={id}
            className="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            value={code}
            onChange={(event) => onCode(event.target.value.replaceAll(/\D/gu, ''))}
          />
        )}
      </Field>
      <Problem text={problem} />
      <button className="button" type="submit" disabled={busy || code.length !== 6}>
        {t('signIn.enter')}
      </button>
      <div className="row spread">
        <button className="link" type="button" onClick={onBack}>
          {t('signIn.otherNumber')}
        </button>
        <button
          className="link"
          type="button"
          disabled={busy}
          onClick={() => run(async () => void (await (await connect()).earshot.auth.resendOtp({ phone })))}
        >
          {t('signIn.again')}
        </button>
      </div>
    </form>
  );
}

function TryIt({ onTry }: Pick<SignInProps, 'onTry'>): ReactNode {
  const { t } = useTranslation();
  const { busy, problem, run } = useWork();
  const people = [
    { role: 'caller', icon: <PhoneCall aria-hidden size={18} />, text: t('signIn.asCaller') },
    { role: 'listener', icon: <Headphones aria-hidden size={18} />, text: t('signIn.asListener') },
  ] as const;
  return (
    <section className="stack try" aria-labelledby="try">
      <h2 id="try" className="divider">
        {t('signIn.try')}
      </h2>
      {people.map(({ role, icon, text }) => (
        <button
          key={role}
          className="button second"
          type="button"
          disabled={busy}
          onClick={() => run(async () => await onTry(role))}
        >
          {icon}
          {text}
        </button>
      ))}
      <Problem text={problem} />
    </section>
  );
}
