import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = join(__dirname, '../..');
/** Apps load it over the networks of phones. */
const MOST_BYTES = 15_000;

describe('the package', () => {
  it(`is smaller than ${MOST_BYTES / 1000} kB, compressed, without Firebase and media SDKs`, () => {
    const flags = ['--bundle', '--minify', '--format=esm', '--platform=neutral', '--external:firebase/*'];
    const bundle = execFileSync(
      join(ROOT, 'node_modules/.bin/esbuild'),
      [join(ROOT, 'client/src/index.ts'), ...flags],
      { maxBuffer: 10_000_000 },
    );
    expect(gzipSync(bundle).length).toBeLessThan(MOST_BYTES);
  });
});
