/** `npm run docs:api`: writes docs/openapi.json and docs/api.md from the contracts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiDocument } from '../../functions/src/apiDocument.ts';
import { openApiText } from '../../functions/src/platform/openapi/document.ts';
import { apiReference } from '../../functions/src/platform/openapi/reference.ts';
import { ROOT } from './stack/paths.ts';

const document = apiDocument();
writeFileSync(join(ROOT, 'docs/openapi.json'), openApiText(document));
writeFileSync(join(ROOT, 'docs/api.md'), apiReference(document));
console.log('docs/openapi.json and docs/api.md are what the contracts say');
