/** docs/dependencies.md has every package that is asked for, in its exact version, with its size and the reason for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './sources.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const MANIFESTS = ['', 'client/', 'dev/', 'functions/', 'test/', 'web/'].map(
  (folder) => `${folder}package.json`,
);

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Package, version, size and reason of each package; several may stand in one line. */
const listed = read('docs/dependencies.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Package'))
  .flatMap((line) => {
    const [names = '', versions = '', sizes = '', , why = ''] = line.slice(2, -2).split(' | ');
    return names.split(', ').map((name, index) => ({
      name,
      version: versions.split(', ')[index] ?? versions.split(', ')[0] ?? '',
      size: sizes.split(', ')[index] ?? '',
      why,
    }));
  });

describe('the packages', () => {
  it.each(MANIFESTS)('of %s are listed in their exact version, with a size and a reason', (path) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(path)) as Manifest;
    const missing = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([name, version]) =>
        !listed.some(
          (one) =>
            one.name === name && one.version === version && /^[\d.]+ MB$/u.test(one.size) && one.why !== '',
        ),
    );
    expect(missing).toEqual([]);
  });
});
