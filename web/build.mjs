// The pages as they are served: one script that shows the first screen, the rest when it is needed, all under names that
// change with their content.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const dist = join(here, 'dist');
/** Pages that are open may still ask for what they were built with. */
const KEPT_MS = 86_400_000;
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
cpSync(join(here, 'icon.svg'), join(dist, 'icon.svg'));
// The page comes last and at once, so that whoever asks meanwhile gets the one before, whole.
const next = join(dist, 'index.html.next');
writeFileSync(next, page.replace('<!-- assets -->', assets.join('\n    ')));
renameSync(next, join(dist, 'index.html'));
for (const name of readdirSync(join(dist, 'assets'))) {
  const old = join(dist, 'assets', name);
  if (Date.now() - statSync(old).mtimeMs > KEPT_MS) rmSync(old);
}
