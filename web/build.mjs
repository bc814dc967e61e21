// The pages as they are served: one script that shows the first screen, the rest when it is needed, all under names that
// change with their content.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const dist = join(here, 'dist');
rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ['src/main.tsx'],
  outdir: 'dist/assets',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});

const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === 'src/main.tsx');
const [script, { cssBundle, imports }] = entry;
const first = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
const assets = [
  `<link rel="stylesheet" href="/assets/${basename(cssBundle)}" />`,
  ...first.map((path) => `<link rel="modulepreload" href="/assets/${basename(path)}" />`),
  `<script type="module" src="/assets/${basename(script)}"></script>`,
];
mkdirSync(dist, { recursive: true });
const page = readFileSync(join(here, 'index.html'), 'utf8');
writeFileSync(join(dist, 'index.html'), page.replace('<!-- assets -->', assets.join('\n    ')));
cpSync(join(here, 'icon.svg'), join(dist, 'icon.svg'));
