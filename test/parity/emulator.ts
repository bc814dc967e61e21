/** Finds the Firestore emulator, and looks at what lies in it. */
import { Firestore, Timestamp } from '@google-cloud/firestore';

const MISSING =
  'The parity test needs the Firestore emulator: start the local stack and set EARSHOT_CONTROL_URL, or set FIRESTORE_EMULATOR_HOST.';

// Nobody needs to look for the credentials of a cloud machine here; the client would, and warn.
process.env['METADATA_SERVER_DETECTION'] = 'none';

/** @throws Error when neither the local stack nor an emulator is named */
export function assertEmulatorNamed(): void {
  const { EARSHOT_CONTROL_URL, FIRESTORE_EMULATOR_HOST } = process.env;
  if (EARSHOT_CONTROL_URL === undefined && FIRESTORE_EMULATOR_HOST === undefined) throw new Error(MISSING);
}

/** A client of the emulator. @throws Error when there is none */
export async function emulatorFirestore(): Promise<Firestore> {
  const host = process.env['FIRESTORE_EMULATOR_HOST'];
  if (host !== undefined) return new Firestore({ projectId: process.env['GCLOUD_PROJECT'] ?? 'demo-parity' });
  const response = await fetch(new URL('/ready', process.env['EARSHOT_CONTROL_URL']));
  const ready = (await response.json()) as { ports?: { firestore?: number }; projectId?: string };
  const { ports, projectId } = ready;
  if (ports?.firestore === undefined || projectId === undefined) throw new Error(MISSING);
  // With this variable the client also signs in as the owner, whom no rule stops.
  process.env['FIRESTORE_EMULATOR_HOST'] = `127.0.0.1:${ports.firestore}`;
  return new Firestore({ projectId });
}

/** Every document below `path`, by its path, with dates for instants. */
export async function dumpBelow(db: Firestore, path: string): Promise<Record<string, unknown>> {
  const collections = await db.doc(path).listCollections();
  const documents = (await Promise.all(collections.map((one) => one.listDocuments()))).flat();
  const dumps = documents.map(async (document) => {
    const snapshot = await document.get();
    const below = await dumpBelow(db, document.path);
    return snapshot.exists ? { [document.path]: withDates(snapshot.data()), ...below } : below;
  });
  return Object.assign({}, ...(await Promise.all(dumps))) as Record<string, unknown>;
}

function withDates(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(withDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withDates(inner)]));
}
