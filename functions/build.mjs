// Bundles the functions into one ES module. External is exactly what functions/package.json lists, because that is
// what a deployment installs; workspace packages are inlined.
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const manifest = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));
const dependencies = Object.keys(manifest.dependencies);
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/index.ts'],
  outfile: 'lib/index.js',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  external: dependencies.flatMap((name) => [name, `${name}/*`]),
  logLevel: 'warning',
});

// The documentation, and of the library that shows it only what a browser loads.
const pages = join(import.meta.dirname, 'lib/docs');
const library = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
mkdirSync(pages, { recursive: true });
for (const name of ['index.html', 'start.mjs'])
  cpSync(join(import.meta.dirname, 'src/platform/pages', name), join(pages, name));
for (const name of ['LICENSE', 'NOTICE', 'swagger-ui.css', 'swagger-ui-bundle.js'])
  cpSync(join(library, name), join(pages, name));
cpSync(join(import.meta.dirname, '../docs/openapi.json'), join(pages, 'openapi.json'));
