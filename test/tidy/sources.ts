/** The project's own source files and what they import. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

export interface SourceFile {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** Every file that git knows or would add, of the given endings. */
export function sourceFiles(...endings: string[]): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  });
  return listed
    .toString()
    .split('\n')
    .filter((path) => endings.some((ending) => path.endsWith(ending)) && existsSync(join(ROOT, path)))
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return { path, text, lines: text.split('\n') };
    });
}

/** The files of this project that a file imports, as paths from the root. */
export function importsOf(file: SourceFile): string[] {
  const found = file.text.matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/gu);
  return [...found].map(([, specifier]) => normalize(join(dirname(file.path), specifier ?? '')));
}
