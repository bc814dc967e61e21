import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = join(__dirname, '../..');
/** Apps load it over the networks of phones. */
const MOST_BYTES = 15_000;

/** What only works where the client and the app have the same Firebase. */
const APP = `
import { initializeApp } from 'firebase/app';
import { createEarshot, webrtcMedia } from '@earshot/client';
const app = initializeApp({ projectId: 'demo-app', apiKey: 'key', appId: 'app' });
createEarshot({ app, media: [webrtcMedia()] }).close();
console.log('made');
process.exit(0);
`;

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

  it('stands in an app beside the app’s own Firebase', () => {
    const app = mkdtempSync(join(tmpdir(), 'earshot-app-'));
    try {
      const installed = join(app, 'node_modules/@earshot/client');
      mkdirSync(installed, { recursive: true });
      copyFileSync(join(ROOT, 'client/package.json'), join(installed, 'package.json'));
      symlinkSync(join(ROOT, 'node_modules/firebase'), join(app, 'node_modules/firebase'));
      execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [
        join(ROOT, 'client/src/index.ts'),
        '--bundle',
        '--format=esm',
        '--platform=neutral',
        '--external:firebase/*',
        '--log-level=error',
        `--outfile=${join(installed, 'dist/index.js')}`,
      ]);
      writeFileSync(join(app, 'app.mjs'), APP);
      expect(execFileSync(process.execPath, ['app.mjs'], { cwd: app, encoding: 'utf8' })).toBe('made\n');
    } finally {
      rmSync(app, { recursive: true, force: true });
    }
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
