/** What the code declares about the store: every collection and every query, found by looking at the source. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  declaredQueries,
  type Collection,
  type DeclaredQuery,
  type DocumentData,
} from '../../functions/src/platform/store/collection.ts';

export const ROOT = process.env['EARSHOT_ROOT'] ?? process.cwd();
const SOURCE = join(ROOT, 'functions', 'src');
const STORE = join('platform', 'store');

/** The deployed code outside the store itself, by its path below functions/src. */
export function sourceFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith(STORE))
    .toSorted();
  return new Map(names.map((name) => [name, readFileSync(join(SOURCE, name), 'utf8')]));
}

/**
 * The patterns of all collections, from the text: a collection need not be exported to hold documents.
 * @throws Error when a pattern is not written out where it is declared
 */
export function declaredPatterns(): readonly string[] {
  const patterns = new Set<string>();
  for (const [name, text] of sourceFiles()) {
    const found = [...text.matchAll(/defineCollection\(\s*'([^']+)'/g)];
    if (found.length !== [...text.matchAll(/defineCollection\(/g)].length)
      throw new Error(`${name}: write the path of a collection as a literal, so that it can be found`);
    for (const [, pattern = ''] of found) patterns.add(pattern);
  }
  return [...patterns].toSorted();
}

export interface Declarations {
  readonly collections: readonly Collection<DocumentData>[];
  readonly queries: readonly DeclaredQuery[];
}

/** Loads every module that declares something, wherever it lies. */
export async function loadDeclarations(): Promise<Declarations> {
  const collections: Collection<DocumentData>[] = [];
  for (const [name, text] of sourceFiles()) {
    if (!/define(Collection|Query)\(/.test(text)) continue;
    const module = (await import(join(SOURCE, name))) as Record<string, unknown>;
    collections.push(...Object.values(module).filter(isCollection));
  }
  return { collections, queries: [...declaredQueries.values()] };
}

function isCollection(value: unknown): value is Collection<DocumentData> {
  return typeof value === 'object' && value !== null && 'pattern' in value && 'group' in value;
}
