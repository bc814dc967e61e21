/** Each threat of docs/security.md has a defence, and tests that exist; each secret is told to whoever deploys. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { faultOfProof } from './proofs.ts';
import { ROOT } from './sources.ts';

const [, section = ''] = readFileSync(join(ROOT, 'docs/security.md'), 'utf8').split('\n## Threats\n');
const rows = (section.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => line.slice(2, -2).split(' | '));

it('every threat has a defence, and tests that exist', () => {
  expect(rows.length).toBeGreaterThan(20);
  const faults = rows.flatMap(([threat = '', defence = '', proofs = '', ...more]) => {
    if (threat === '' || defence === '' || proofs === '' || more.length > 0)
      return [`not three cells: ${threat}`];
    return proofs.split('<br>').map((proof) => faultOfProof(proof.replaceAll('`', '')));
  });
  expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
});

it.each(['README.md', 'docs/security.md'])('%s names every secret that a deploy needs', (page) => {
  const source = readFileSync(join(ROOT, 'functions/src/parameters.ts'), 'utf8');
  const secrets = [...source.matchAll(/defineSecret\('(\w+)'\)/gu)].map(([, name = '']) => name);
  expect(secrets).toEqual(expect.arrayContaining(['AGORA_APP_CERTIFICATE', 'OTP_KEY']));
  const text = readFileSync(join(ROOT, page), 'utf8');
  expect(secrets.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
