/** Rules of the house that no linter knows. Each failure names the place and what to write instead. */
import { describe, expect, it } from '@jest/globals';
import { importsOf, sourceFiles, type SourceFile } from './sources.ts';

const code = sourceFiles('.ts', '.tsx', '.mjs');
const functions = code.filter(({ path }) => path.startsWith('functions/src/'));
const deployed = functions.filter(({ path }) => !path.endsWith('.test.ts') && !path.includes('/testing/'));

const MAX_LINES = 400;

interface Ban {
  readonly pattern: RegExp;
  readonly instead: string;
  /** Files in which it is right. */
  readonly except?: RegExp;
  readonly in: readonly SourceFile[];
}

const bans: readonly Ban[] = [
  { pattern: /@ts-(ignore|expect-error|nocheck)/u, instead: 'a type that is right', in: code },
  {
    pattern: /\b(it|test|describe)\.(skip|only|todo)\b|\bx(it|test|describe)\(/u,
    instead: 'a test that runs',
    in: code,
  },
  { pattern: /\b(TODO|FIXME|XXX)\b/u, instead: 'the behaviour itself', in: code },
  { pattern: /\bparseFloat\(|\.toFixed\(/u, instead: 'integers with their unit in the name', in: deployed },
  {
    pattern: /\bDate\.now\(|new Date\(\)/u,
    instead: 'clock.now()',
    except: /platform\/(clock|local)\.ts$/u,
    in: functions,
  },
  { pattern: /\bMath\.random\(/u, instead: 'ids', in: code },
  {
    pattern: /\bprocess\.env\b/u,
    instead: 'parameters.ts',
    except: /(parameters|platform\/(local|revision))\.ts$/u,
    in: deployed,
  },
  {
    pattern: /@google-cloud\/firestore|\bFieldValue\b|firebase-admin\/firestore/u,
    instead: 'the store port',
    except: /platform\/store\/|composition\.ts$/u,
    in: deployed,
  },
  { pattern: /\bconsole\.(log|error|warn|info)\(/u, instead: 'the log port', in: deployed },
];

describe('the sources', () => {
  it(`have at most ${MAX_LINES} lines a file`, () => {
    expect(
      code
        .filter(({ path, lines }) => lines.length > MAX_LINES + 1 && !path.startsWith('client/src/api/'))
        .map(({ path, lines }) => `${path}: ${lines.length}`),
    ).toEqual([]);
  });

  it.each(bans)('do not say $pattern', ({ pattern, instead, except, in: files }) => {
    const found = files
      .filter(({ path }) => except?.test(path) !== true && !path.startsWith('test/tidy/'))
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, index) =>
          pattern.test(line) ? [`${path}:${index + 1}: write ${instead}`] : [],
        ),
      );
    expect(found).toEqual([]);
  });

  it('do not import in circles', () => {
    const graph = new Map(code.map((file) => [file.path, importsOf(file)]));
    expect(circles(graph)).toEqual([]);
  });
});

/** The layers, lowest first: a file may import its own layer and those below it. */
const LAYERS: readonly (readonly [string, RegExp])[] = [
  ['platform', /^functions\/src\/platform\//u],
  ['gateways', /^functions\/src\/gateways\//u],
  ['ledger', /^functions\/src\/ledger\//u],
  ['settings and ports', /^functions\/src\/(settings|ports)\.ts$/u],
  [
    'capabilities',
    /^functions\/src\/(calls|auth|users|listeners|presence|verification|notifications|payments|system)\//u,
  ],
  ['composition', /^functions\/src\/[\w]+\.ts$/u],
];

function layerOf(path: string): number {
  return LAYERS.findIndex(([, pattern]) => pattern.test(path));
}

describe('the layers', () => {
  it('cover every deployed file', () => {
    expect(deployed.filter(({ path }) => layerOf(path) < 0).map(({ path }) => path)).toEqual([]);
  });

  it('import only downwards', () => {
    const upward = deployed.flatMap((file) =>
      importsOf(file)
        .filter((target) => layerOf(target) > layerOf(file.path))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('keep the domain pure: only its own capability’s types, the platform’s values, and nothing with I/O', () => {
    const allowed = /\/domain\/|\/documents\.ts$|platform\/(clock|errors)\.ts$/u;
    const impure = deployed
      .filter(({ path }) => path.includes('/domain/'))
      .flatMap((file) => {
        const packages = file.text.match(/from '[^.][^']*'/gu) ?? [];
        return [...importsOf(file).filter((target) => !allowed.test(target)), ...packages].map(
          (target) => `${file.path}: ${target}`,
        );
      });
    expect(impure).toEqual([]);
  });
});

describe('the entry point', () => {
  it('contains exports only, each of them defined once', () => {
    const index = deployed.find(({ path }) => path === 'functions/src/index.ts');
    const statements = index?.text
      .replaceAll(/\/\*[\s\S]*?\*\//gu, '')
      .split(';')
      .map((text) => text.trim())
      .filter(Boolean);
    for (const statement of statements ?? ['no index'])
      expect(statement).toMatch(/^(import '\.\/start\.ts'|export \{[^}]+\} from )/u);
  });
});

/** Import cycles, each told once; empty when there are none. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}
