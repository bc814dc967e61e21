/** Oneself, and how the page looks and speaks. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, languageName, moment, speak, type Language } from '../i18n.ts';
import { applyTheme, currentTheme, THEMES, type Theme } from '../theme.ts';
import { Avatar, Fact, Field, Problem } from '../ui/parts.tsx';
import { usePhone } from './context.ts';
import { useWork } from './hooks.ts';

/** Names of languages in themselves, for whoever cannot read the one that is shown. */
const OWN_NAMES: Readonly<Record<Language, string>> = { en: 'English', hi: 'हिन्दी' };

/** The own profile, as nobody else sees it. */
export function ProfilePage(): ReactNode {
  const { t, i18n } = useTranslation();
  const { profile, signOut } = usePhone();
  const [theme, setTheme] = useState(currentTheme);
  const { busy, problem, run } = useWork();
  const choose = (next: Theme): void => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <>
      <header className="page-head">
        <h1>{t('profile.title')}</h1>
      </header>
      <div className="row person">
        <Avatar name={profile.username} size="large" />
        <div>
          <p className="person-name">{profile.username}</p>
          <p className="quiet small">{profile.alias}</p>
        </div>
      </div>
      <dl className="facts">
        <Fact name={t('profile.phone')}>{profile.phone}</Fact>
        <Fact name={t('profile.gender')}>{t(`genders.${profile.gender}`)}</Fact>
        <Fact name={t('profile.languages')}>{profile.languages.map(languageName).join(', ')}</Fact>
        <Fact name={t('profile.since')}>{moment(profile.createdAt)}</Fact>
      </dl>
      <div className="stack">
        <Field id="language" label={t('profile.language')}>
          {(id) => (
            <select
              id={id}
              value={i18n.language}
              onChange={(event) => run(async () => await speak(event.target.value as Language))}
            >
              {LANGUAGES.map((language) => (
                <option key={language} value={language} lang={language}>
                  {OWN_NAMES[language]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field id="theme" label={t('profile.theme')}>
          {(id) => (
            <select id={id} value={theme} onChange={(event) => choose(event.target.value as Theme)}>
              {THEMES.map((one) => (
                <option key={one} value={one}>
                  {t(`themes.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Problem text={problem} />
        <button type="button" className="button second" disabled={busy} onClick={() => run(signOut)}>
          {t('profile.signOut')}
        </button>
      </div>
    </>
  );
}
