/**
 * Puts a mistake into the code while it is loaded: the files stay as they are, and no switch for it exists in what is
 * deployed. Works only in a process that has not loaded the code yet.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join, resolve } from 'node:path';

/** One change of one source file. */
export interface Edit {
  /** Below `functions/src`. */
  readonly file: string;
  /** Must occur exactly once: a defect whose place has gone would find nothing and say nothing. */
  readonly find: string;
  readonly put: string;
}

const SOURCES = resolve(import.meta.dirname, '../../functions/src');

/** @throws when the code is loaded that an edit does not fit */
export function mutate(edits: readonly Edit[]): void {
  const byUrl = Map.groupBy(edits, ({ file }) => pathToFileURL(join(SOURCES, file)).href);
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const own = byUrl.get(url);
      if (own === undefined) return loaded;
      const { source } = loaded;
      const text = typeof source === 'string' ? source : new TextDecoder().decode(source ?? new Uint8Array());
      return { ...loaded, source: own.reduce(edited, text) };
    },
  });
}

function edited(source: string, { file, find, put }: Edit): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`the defect's place is found ${count} times in ${file}`);
  return source.replace(find, () => put);
}
