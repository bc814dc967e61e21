// The package as it is published: one ES module without Firebase and media SDKs, and its types.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
rmSync(join(here, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.js',
  bundle: true,
  // Browsers, Node and the bundlers of React Native alike.
  platform: 'neutral',
  target: 'es2022',
  format: 'esm',
  sourcemap: true,
  external: ['firebase/*'],
  logLevel: 'warning',
});
const compiler = join(here, '../node_modules/.bin/tsc');
const types = spawnSync(compiler, ['-p', join(here, 'tsconfig.build.json')], { stdio: 'inherit' });
process.exitCode = types.status ?? 1;
