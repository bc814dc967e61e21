/** What a page remembers. A browser that keeps nothing only forgets. */

/** @returns null when nothing was kept */
export function stored(name: 'language' | 'theme'): string | null {
  try {
    return globalThis.localStorage.getItem(`earshot.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a wish of the reader. */
export function store(name: 'language' | 'theme', value: string): void {
  try {
    globalThis.localStorage.setItem(`earshot.${name}`, value);
  } catch {
    // The wish holds until the page is closed.
  }
}
