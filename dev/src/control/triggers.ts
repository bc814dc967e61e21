/** Triggers that have not run yet: the emulator starts them a moment after the write, and tells nobody. */
import type { Firestore } from 'firebase-admin/firestore';
import type { Worker } from './workers.ts';

/**
 * @param documents paths that a function listens to
 * @param sinceMs what was written and handled before belongs to another world
 * @returns those whose last change no trigger has worked on
 */
export async function unhandledChanges(
  db: Firestore,
  documents: readonly string[],
  { workers, sinceMs }: { readonly workers: readonly Worker[]; readonly sinceMs: number },
): Promise<string[]> {
  if (documents.length === 0) return [];
  const found = await db.getAll(...documents.map((path) => db.doc(path)));
  return found
    .filter(
      ({ ref, updateTime }) => (updateTime?.toMillis() ?? null) !== handledMs(workers, ref.path, sinceMs),
    )
    .map(({ ref }) => ref.path);
}

/** When the document was written that was worked on last; null when it was gone then, or never there. */
export function handledMs(workers: readonly Worker[], path: string, sinceMs: number): number | null {
  const changes = workers.flatMap(({ handled }) => handled[path] ?? []);
  // The emulator tells the moment of a change in whole seconds.
  const known = changes.filter(({ eventMs }) => eventMs >= sinceMs - (sinceMs % 1000));
  return known.toSorted((a, b) => b.eventMs - a.eventMs)[0]?.updatedMs ?? null;
}
