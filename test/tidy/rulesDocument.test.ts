/** docs/rules.md is what the tables of the rules say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { rulesDocument } from '../rules/document.ts';
import { ROOT } from './sources.ts';

it('the document of the rules is up to date: else run "npm run docs:api"', () => {
  expect(readFileSync(join(ROOT, 'docs/rules.md'), 'utf8')).toBe(rulesDocument());
});
