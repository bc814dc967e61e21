/** Whoever comes in for the first time says who they are. */
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend } from '../backend.ts';
import { LANGUAGES, languageName } from '../i18n.ts';
import { Field, Problem } from '../ui/parts.tsx';
import { useWork } from './hooks.ts';

const GENDERS = ['female', 'male', 'other'] as const;
type Gender = (typeof GENDERS)[number];

interface RegisterProps {
  readonly backend: Backend;
  readonly onDone: () => void;
}

/** A form with the least that the backend asks for. */
export function Register({ backend, onDone }: RegisterProps): ReactNode {
  const { t } = useTranslation();
  const { busy, problem, run } = useWork();
  const [username, setUsername] = useState('');
  const [dateOfBirth, setDateOfBirth] = useState('');
  const [gender, setGender] = useState<Gender>();
  const [languages, setLanguages] = useState<readonly string[]>(['en']);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (gender === undefined) return;
    run(async () => {
      await backend.earshot.auth.register({ username, dateOfBirth, gender, languages: [...languages] });
      onDone();
    });
  };
  return (
    <main className="page">
      <h1>{t('register.title')}</h1>
      <form className="stack" onSubmit={submit}>
        <Field id="username" label={t('register.username')} hint={t('register.usernameHint')}>
          {(id) => (
            <input
              id={id}
              required
              autoComplete="username"
              value={username}
              onChange={(event) => setUsername(event.target.value)}
            />
          )}
        </Field>
        <Field id="birth" label={t('register.dateOfBirth')}>
          {(id) => (
            <input
              id={id}
              type="date"
              required
              value={dateOfBirth}
              onChange={(event) => setDateOfBirth(event.target.value)}
            />
          )}
        </Field>
        <Field id="gender" label={t('register.gender')}>
          {(id) => (
            <select
              id={id}
              required
              value={gender ?? ''}
              onChange={(event) => setGender(event.target.value as Gender)}
            >
              <option value="" disabled>
                {t('register.choose')}
              </option>
              {GENDERS.map((one) => (
                <option key={one} value={one}>
                  {t(`genders.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Languages chosen={languages} onChange={setLanguages} />
        <Problem text={problem} />
        <button className="button" type="submit" disabled={busy || languages.length === 0}>
          {t('register.done')}
        </button>
      </form>
    </main>
  );
}

interface LanguagesProps {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

function Languages({ chosen, onChange }: LanguagesProps): ReactNode {
  const { t } = useTranslation();
  const toggle = (code: string): void =>
    onChange(chosen.includes(code) ? chosen.filter((one) => one !== code) : [...chosen, code]);
  return (
    <fieldset className="field">
      <legend>{t('register.languages')}</legend>
      <div className="row">
        {LANGUAGES.map((code) => (
          <label key={code} className="chip">
            <input type="checkbox" checked={chosen.includes(code)} onChange={() => toggle(code)} />
            {languageName(code)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
