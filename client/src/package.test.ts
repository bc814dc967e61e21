import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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

  it('lets every type of the contracts be named: nothing else that is exported has such a name', () => {
    const api = join(ROOT, 'client/src/api');
    const ofContracts = readdirSync(api).flatMap((file) =>
      [...readFileSync(join(api, file), 'utf8').matchAll(/^export (?:interface|type) (\w+)/gmu)].map(
        ([, name]) => name,
      ),
    );
    expect(ofContracts).toEqual(expect.arrayContaining(['Presence', 'Call', 'CallsStartInput']));
    const index = readFileSync(join(ROOT, 'client/src/index.ts'), 'utf8');
    const others = [...index.matchAll(/export (?:type )?\{([^}]*)\}/gu)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.replace(/^\s*type\s/u, '').trim()),
    );
    expect(others.filter((name) => ofContracts.includes(name))).toEqual([]);
  });
});
