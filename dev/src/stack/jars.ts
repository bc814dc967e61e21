/** Which jars the emulators run from: what the machine already has, before anything is downloaded. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { pointerJar } from './manifest.ts';
import { CACHE, ROOT } from './paths.ts';

const FIRESTORE_MAIN = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore';
const BRIDGE = 'StorageRulesRuntime';
const JARS = join(CACHE, 'jars');

/** How to start the emulators that run on Java. */
export interface JarPlan {
  /** Variables for firebase-tools. */
  readonly env: Record<string, string>;
  readonly withStorage: boolean;
  /** What the person at the terminal should know, one line each. */
  readonly notes: readonly string[];
}

/** Finds or makes the jars; what is missing is left to firebase-tools, which downloads it. */
export function planJars(): JarPlan {
  const firestore = firestoreJar();
  if (firestore === undefined) {
    return {
      env: {},
      withStorage: true,
      notes: ['The Firestore emulator is not on this machine; firebase-tools downloads it.'],
    };
  }
  const env: Record<string, string> =
    firestore.run === undefined ? {} : { FIRESTORE_EMULATOR_BINARY_PATH: firestore.run };
  if (process.env['STORAGE_EMULATOR_BINARY_PATH'] !== undefined || existsSync(toolsJar('storage'))) {
    return { env, withStorage: true, notes: [] };
  }
  const bridge = storageBridge(firestore.classes);
  if (bridge === undefined)
    return { env, withStorage: false, notes: ['No javac on the PATH: the stack runs without Storage.'] };
  return { env: { ...env, STORAGE_EMULATOR_BINARY_PATH: bridge }, withStorage: true, notes: [] };
}

interface FirestoreJar {
  /** What firebase-tools must be told to run; undefined where it finds it by itself. */
  readonly run: string | undefined;
  /** The jar that holds the emulator's classes. */
  readonly classes: string;
}

function firestoreJar(): FirestoreJar | undefined {
  const chosen = process.env['FIRESTORE_EMULATOR_BINARY_PATH'];
  if (chosen !== undefined) return { run: chosen, classes: chosen };
  const downloaded = toolsJar('firestore');
  if (existsSync(downloaded)) return { run: undefined, classes: downloaded };
  const sdk = sdkRoots()
    .map((root) => join(root, 'platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar'))
    .find((jar) => existsSync(jar));
  if (sdk === undefined) return undefined;
  return { run: cached(`firestore-${hashOf(sdk)}.jar`, () => pointerJar(FIRESTORE_MAIN, sdk)), classes: sdk };
}

/** Where the Google Cloud CLI may be installed. */
function sdkRoots(): string[] {
  const fromPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'gcloud'))
    .filter((file) => existsSync(file))
    .map((file) => dirname(dirname(realpathSync(file))));
  const usual = [
    '/usr/lib/google-cloud-sdk',
    '/usr/share/google-cloud-sdk',
    '/opt/google-cloud-sdk',
    join(homedir(), 'google-cloud-sdk'),
  ];
  return [...fromPath, ...usual];
}

const downloadsSchema = z.record(
  z.string(),
  z.looseObject({ downloadPathRelativeToCacheDir: z.string().optional() }),
);

/** The path at which firebase-tools keeps an emulator it has downloaded. */
function toolsJar(emulator: 'firestore' | 'storage'): string {
  const table = join(ROOT, 'node_modules/firebase-tools/lib/emulator/downloadableEmulatorInfo.json');
  const downloads = downloadsSchema.parse(JSON.parse(readFileSync(table, 'utf8')));
  const folder = process.env['FIREBASE_EMULATORS_PATH'] ?? join(homedir(), '.cache', 'firebase', 'emulators');
  return join(folder, downloads[emulator]?.downloadPathRelativeToCacheDir ?? `no-${emulator}`);
}

/** Compiles the storage rules runtime against the emulator's classes, once for each pair of the two. */
function storageBridge(classes: string): string | undefined {
  const source = join(ROOT, 'dev', 'storage-rules', `${BRIDGE}.java`);
  const name = `storage-rules-${hashOf(readFileSync(source, 'utf8'), classes)}.jar`;
  const target = join(JARS, name);
  if (existsSync(target)) return target;
  const folder = mkdtempSync(join(tmpdir(), 'earshot-javac-'));
  try {
    execFileSync('javac', ['-proc:none', '-nowarn', '-d', folder, '-cp', classes, source], {
      stdio: 'ignore',
    });
    const compiled = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))] as const);
    return cached(name, () => pointerJar(BRIDGE, classes, Object.fromEntries(compiled)));
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cached(name: string, make: () => Uint8Array): string {
  const target = join(JARS, name);
  if (existsSync(target)) return target;
  mkdirSync(JARS, { recursive: true });
  // Two stacks may start at once: nobody ever sees half a jar.
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, make());
  renameSync(draft, target);
  return target;
}

function hashOf(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
