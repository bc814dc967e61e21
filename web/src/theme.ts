/** Light or dark: as the device has it, unless the reader wants otherwise. */
import { store, stored } from './stored.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The wish that was kept. */
export function currentTheme(): Theme {
  return THEMES.find((theme) => theme === stored('theme')) ?? 'auto';
}

/** Shows the page in a theme, and keeps the wish. */
export function applyTheme(theme: Theme): void {
  const root = globalThis.document.documentElement;
  if (theme === 'auto') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
  store('theme', theme);
}
