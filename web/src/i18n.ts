/** Texts in the language of the reader, and numbers and times as they write them. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './texts/en.json';
import { stored, store } from './stored.ts';

export const LANGUAGES = ['en', 'hi'] as const;
export type Language = (typeof LANGUAGES)[number];

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

const isLanguage = (text: string | null | undefined): text is Language =>
  LANGUAGES.some((language) => language === text);

function preferred(): Language {
  const kept = stored('language');
  if (isLanguage(kept)) return kept;
  return globalThis.navigator.language.startsWith('hi') ? 'hi' : 'en';
}

/** English is there at once, because it also stands in for what is missing elsewhere. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: 'en',
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
  });
  await speak(preferred(), false);
}

/** Changes the language of the page. */
export async function speak(language: Language, keep = true): Promise<void> {
  if (language === 'hi' && !i18next.hasResourceBundle('hi', 'translation')) {
    const { default: hi } = await import('./texts/hi.json');
    i18next.addResourceBundle('hi', 'translation', hi);
  }
  await i18next.changeLanguage(language);
  globalThis.document.documentElement.lang = language;
  if (keep) store('language', language);
}

/** A whole number with the reader's separators. */
export function count(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** Rupees. */
export function money(amountPaise: number, currency: string): string {
  const format = new Intl.NumberFormat(locale(), { style: 'currency', currency, maximumFractionDigits: 0 });
  return format.format(amountPaise / 100);
}

/** Date and time of a moment, short. */
export function moment(at: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}

/** Day and time, where there is little room. */
export function shortMoment(at: string): string {
  const format = new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  });
  return format.format(new Date(at));
}

/** Time of day with seconds. */
export function timeOfDay(at: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(new Date(at));
}

/** A language's name in the reader's language. */
export function languageName(code: string): string {
  return new Intl.DisplayNames([locale()], { type: 'language' }).of(code) ?? code;
}

/** `m:ss`, or `h:mm:ss`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number): string => String(part).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function locale(): string {
  return i18next.language === 'hi' ? 'hi-IN' : 'en-IN';
}
