/** Where things lie in the repository. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The repository's root: everything that starts a stack is run from there (dev/run.mjs sees to it). */
export const ROOT = resolve(process.env['EARSHOT_ROOT'] ?? process.cwd());
/** Generated files; ignored by git. */
export const CACHE = join(ROOT, '.cache');
/** Whose build is served: the repository's own, unless someone tries another bundle. */
export const FUNCTIONS = resolve(process.env['EARSHOT_FUNCTIONS_DIR'] ?? join(ROOT, 'functions'));

/** The folder of one stack: its state, its logs and the configuration of its emulators. */
export function stackDirOf(base: number): string {
  return join(CACHE, `stack-${base}`);
}

/**
 * The folder for temporary files of one stack. The storage emulator keeps its objects under a fixed name there and
 * removes them all when it stops, so two stacks must not share it. Its path is short, because sockets lie in it.
 */
export function tempDirOf(base: number): string {
  return join(tmpdir(), `earshot-${base}`);
}
