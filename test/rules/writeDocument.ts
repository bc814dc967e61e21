/** `npm run docs:api`, its second step: writes docs/rules.md from the tables of the tests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesDocument } from './document.ts';
import { ROOT } from './registry.ts';

writeFileSync(join(ROOT, 'docs/rules.md'), rulesDocument());
console.log('docs/rules.md is what the tables of the rules say');
