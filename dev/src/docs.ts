/** `npm run docs:api`: writes docs/openapi.json, docs/api.md and client/src/api/ from the contracts. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiDocument, clientSources } from '../../functions/src/apiDocument.ts';
import { openApiText } from '../../functions/src/platform/openapi/document.ts';
import { apiReference } from '../../functions/src/platform/openapi/reference.ts';
import { ROOT } from './stack/paths.ts';

const document = apiDocument();
writeFileSync(join(ROOT, 'docs/openapi.json'), openApiText(document));
writeFileSync(join(ROOT, 'docs/api.md'), apiReference(document));
const folder = join(ROOT, 'client/src/api');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of clientSources()) writeFileSync(join(folder, name), text);
console.log('docs/openapi.json, docs/api.md and client/src/api/ are what the contracts say');
