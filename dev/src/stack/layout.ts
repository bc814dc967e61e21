/**
 * Lays out the folder of a stack: the emulators' configuration, and a copy of the built functions with their local
 * parameters and secrets. It is a copy so that a rebuild does not change a stack that is running a test, and so that
 * no file of a stack lies in functions/, where a deploy would take it along.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONS, ROOT } from './paths.ts';
import { StartError, type Ports } from './ports.ts';
import { dotenv, localParams, localSecrets } from './settings.ts';

const CLOSED_FIRESTORE_RULES = `rules_version = '2';
service cloud.firestore { match /databases/{database}/documents { match /{path=**} { allow read, write: if false; } } }
`;

/**
 * Makes the folder anew and fills it.
 * @param dir the stack's folder
 * @throws StartError when the functions were not built
 */
export function layOut(dir: string, ports: Ports, withStorage: boolean): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(join(dir, 'workers'), { recursive: true });
  copyFunctions(join(dir, 'functions'), `http://127.0.0.1:${ports.control}`);
  linkRules(dir);
  writeFileSync(join(dir, 'firebase.json'), JSON.stringify(emulatorConfig(ports, withStorage), null, 2));
}

function copyFunctions(target: string, controlUrl: string): void {
  const entry = join(FUNCTIONS, 'lib', 'index.js');
  if (!existsSync(entry))
    throw new StartError(`The functions are not built (${entry} is missing). Run: npm run build`);
  cpSync(join(FUNCTIONS, 'lib'), join(target, 'lib'), { recursive: true });
  cpSync(join(FUNCTIONS, 'package.json'), join(target, 'package.json'));
  const modules = join(FUNCTIONS, 'node_modules');
  if (existsSync(modules)) symlinkSync(modules, join(target, 'node_modules'));
  writeFileSync(join(target, '.env'), dotenv(localParams(controlUrl)));
  writeFileSync(join(target, '.secret.local'), dotenv(localSecrets(readFileSync(entry, 'utf8'))));
}

/** Rules are linked, not copied: the emulators reload them when they change. */
function linkRules(dir: string): void {
  const files = {
    'firestore.rules': CLOSED_FIRESTORE_RULES,
    'firestore.indexes.json': '{"indexes":[],"fieldOverrides":[]}',
  };
  for (const [name, fallback] of Object.entries(files)) {
    if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(dir, name));
    else writeFileSync(join(dir, name), fallback);
  }
  symlinkSync(join(ROOT, 'storage.rules'), join(dir, 'storage.rules'));
}

const at = (port: number) => ({ host: '127.0.0.1', port });

function emulatorConfig(ports: Ports, withStorage: boolean): unknown {
  return {
    functions: [{ source: 'functions', codebase: 'default', runtime: 'nodejs24' }],
    firestore: { rules: 'firestore.rules', indexes: 'firestore.indexes.json' },
    ...(withStorage ? { storage: { rules: 'storage.rules' } } : {}),
    emulators: {
      singleProjectMode: true,
      ui: { enabled: false },
      hub: at(ports.hub),
      logging: at(ports.logging),
      auth: at(ports.auth),
      functions: at(ports.functions),
      firestore: { ...at(ports.firestore), websocketPort: ports.firestoreWebsocket },
      eventarc: at(ports.eventarc),
      tasks: at(ports.tasks),
      ...(withStorage ? { storage: at(ports.storage) } : {}),
    },
  };
}
