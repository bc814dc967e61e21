/** Documents name the tests that prove what they say; here is whether there are such tests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources.ts';

/** Whether a test or a group of tests in this text has exactly this name, as it is written there. */
function hasTest(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[$()*+.?[\\\]^{|}]/gu, '\\$&');
  return new RegExp(`(?:\\b(?:it|describe)|\\))\\(\\s*(['"\`])${escaped}\\1,`, 'u').test(text);
}

/** @returns what is wrong with a proof, which is the path of a test file, a blank, and the name of a test in it */
export function faultOfProof(proof: string): string | undefined {
  const [path = '', ...words] = proof.split(' ');
  if (!/^(?:functions|dev|test)\/[\w/]+\.test\.ts$/u.test(path)) return `${proof}: no path of a test file`;
  if (!existsSync(join(ROOT, path))) return `${path} does not exist`;
  const text = readFileSync(join(ROOT, path), 'utf8');
  return hasTest(text, words.join(' ')) ? undefined : `${path} has no test "${words.join(' ')}"`;
}
