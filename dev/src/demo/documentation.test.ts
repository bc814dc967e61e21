/** What the documentation shows must be what runs. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function pagesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(ROOT, path)).isDirectory()) return pagesIn(path);
    return name.endsWith('.md') ? [path] : [];
  });
}

describe('the README', () => {
  it('shows the example that the demo runs, line by line', () => {
    const block = /```ts\n([\s\S]*?)```/u.exec(read('README.md'))?.[1] ?? 'no TypeScript in the README';
    const indented = block.replaceAll(/^(?=.)/gmu, '  ');
    expect(read('docs/examples/first-call.ts')).toContain(indented);
  });
});

describe('the links', () => {
  it.each(['README.md', 'CONTRIBUTING.md', ...pagesIn('docs')])('of %s lead to files that exist', (page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/gu)].map(([, target]) => target ?? '');
    const missing = targets.filter((target) => !existsSync(join(ROOT, dirname(page), target)));
    expect(missing).toEqual([]);
  });
});
