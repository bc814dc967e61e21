/**
 * What a cold start loads: the built functions in a fresh process, beside a bare module with the same imports of Firebase
 * and zod and one callable. Cloud Run starts each service with the whole bundle and says which it is by the environment.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { CACHE, FUNCTIONS, ROOT } from '../../dev/src/stack/paths.ts';
import { allOperations } from '../../functions/src/operations.ts';
import { byDifference, median, told, type Figure } from './figures.ts';

/**
 * More than the bare module takes. Loading keeps the processor busy all the time, so its time is what a quiet machine's
 * clock shows, and what other processes of a busy one do not change.
 */
const LIMIT_MS = 150;
const LIMIT_MB = 40;
/** Loads of the bare module a round, so that its median is as firm as those of all services. */
const BARE_A_ROUND = 4;

const loadSchema = z.object({ wallMs: z.number(), cpuMs: z.number(), mb: z.number() });
type Load = z.infer<typeof loadSchema>;

const run = promisify(execFile);

async function load(path: string, service: string): Promise<Load> {
  const { stdout } = await run(process.execPath, [join(ROOT, 'test/bench/loadOne.mjs'), path], {
    cwd: ROOT,
    // As in production, where nothing of the local stack is set.
    env: {
      PATH: process.env['PATH'],
      GCLOUD_PROJECT: 'demo-load',
      FIREBASE_CONFIG: JSON.stringify({ projectId: 'demo-load' }),
      K_SERVICE: service,
      FUNCTION_TARGET: service,
    },
  });
  return loadSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/** Firebase's packages, and those that are counted with them, that a bundle loads at once. */
export function sharedImports(bundle: string): string[] {
  const found = bundle.matchAll(
    /^(?:import|export)\s[^;]*?from\s*["']((?:firebase-|@google-cloud\/firestore|zod)[^"']*)["']/gmu,
  );
  return [...new Set([...found].map(([, specifier]) => specifier ?? ''))].toSorted();
}

function writeBare(bundlePath: string): string {
  const imports = sharedImports(readFileSync(bundlePath, 'utf8'));
  const lines = [
    ...imports.map((specifier, index) => `import * as shared${index} from '${specifier}';`),
    `import { onCall } from 'firebase-functions/v2/https';`,
    `import { z } from 'zod';`,
    `const input = z.object({ text: z.string() });`,
    `export const bare = onCall((request) => input.parse(request.data));`,
    `export const shared = [${imports.map((_, index) => `shared${index}`).join(', ')}].length;`,
  ];
  const dir = join(CACHE, 'bench');
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'bare.mjs');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/**
 * Measures every service, in turns with the bare module.
 * @param rounds in which each service is loaded once
 * @returns of each service the processor's time and the memory, and for information the time on the clock of all
 */
export async function measureLoads(rounds: number): Promise<Figure[]> {
  const bundle = join(FUNCTIONS, 'lib/index.js');
  const bare = writeBare(bundle);
  const services = [...new Set(allOperations.map(({ contract }) => contract.name.split('/')[0] ?? ''))];
  const bareLoads: Load[] = [];
  const ours = new Map<string, Load[]>(services.map((service) => [service, []]));
  // The first load of each finds nothing in the machine's cache of files.
  for (const path of [bundle, bare]) await load(path, 'warm');
  const round = async (): Promise<void> => {
    for (const [index, service] of services.entries()) {
      if (index % Math.ceil(services.length / BARE_A_ROUND) === 0) bareLoads.push(await load(bare, 'bare'));
      ours.get(service)?.push(await load(bundle, service));
    }
  };
  const middle = (loads: readonly Load[], what: keyof Load): number => median(loads.map((one) => one[what]));
  for (let index = 0; index < rounds; index += 1) await round();
  return [
    ...[...ours].flatMap(([service, loads]) => [
      byDifference(
        { name: `load of ${service}`, value: middle(loads, 'cpuMs'), unit: 'ms' },
        middle(bareLoads, 'cpuMs'),
        LIMIT_MS,
      ),
      byDifference(
        { name: `memory of ${service}`, value: middle(loads, 'mb'), unit: 'MB' },
        middle(bareLoads, 'mb'),
        LIMIT_MB,
      ),
    ]),
    told(
      { name: 'load on the clock', value: middle([...ours.values()].flat(), 'wallMs'), unit: 'ms' },
      middle(bareLoads, 'wallMs'),
    ),
  ];
}
