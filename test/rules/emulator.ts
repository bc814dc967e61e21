/** Puts the repository's rules on the Firestore emulator, in a project of their own, and asks as whoever is wanted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { initializeTestEnvironment, type RulesTestEnvironment } from '@firebase/rules-unit-testing';
import { doc, setLogLevel, writeBatch, type Firestore } from 'firebase/firestore';
import { ROOT } from './registry.ts';
import type { CoverageReport } from './ruleCoverage.ts';

const MISSING =
  'The rules tests need the Firestore emulator: start the local stack and set EARSHOT_CONTROL_URL, or set FIRESTORE_EMULATOR_HOST.';

/** Who asks: nobody, or the owner of a token. */
export interface Asker {
  readonly uid: string;
  readonly authTimeSec: number;
  /** When the custom token was made that the session was begun with. */
  readonly issuedSec?: number;
  readonly admin?: boolean;
}

export type Documents = Record<string, Record<string, unknown>>;

async function emulatorAddress(): Promise<{ host: string; port: number }> {
  const { EARSHOT_CONTROL_URL, FIRESTORE_EMULATOR_HOST } = process.env;
  if (FIRESTORE_EMULATOR_HOST !== undefined) {
    const url = new URL(`http://${FIRESTORE_EMULATOR_HOST}`);
    return { host: url.hostname, port: Number(url.port) };
  }
  const response = await fetch(new URL('/ready', EARSHOT_CONTROL_URL));
  const { ports } = (await response.json()) as { ports?: { firestore?: number } };
  if (ports?.firestore === undefined) throw new Error(MISSING);
  return { host: '127.0.0.1', port: ports.firestore };
}

/** The rules, on an emulator, with whoever asks. */
export class RulesBench {
  readonly #projectId: string;
  readonly #clients = new Map<string, Firestore>();
  #address = '';
  #opened: RulesTestEnvironment | undefined;

  /**
   * @param name part of the project's id: rules and data are kept by project, so suites that run at the same time on
   *   one emulator do not meet
   * @throws Error when no emulator is named; at once, so that it is said once and not by each test
   */
  constructor(name: string) {
    const { EARSHOT_CONTROL_URL, FIRESTORE_EMULATOR_HOST } = process.env;
    if (EARSHOT_CONTROL_URL === undefined && FIRESTORE_EMULATOR_HOST === undefined) throw new Error(MISSING);
    this.#projectId = `demo-rules-${name}-${process.pid}`;
  }

  /** Connects, and uploads the rules. */
  async open(): Promise<void> {
    const address = await emulatorAddress();
    this.#address = `http://${address.host}:${address.port}`;
    // Every refusal, which is what most of these tests are about, would be printed as a warning.
    setLogLevel('silent');
    const rules = readFileSync(join(ROOT, 'firestore.rules'), 'utf8');
    this.#opened = await initializeTestEnvironment({
      projectId: this.#projectId,
      firestore: { rules, ...address },
    });
  }

  get #environment(): RulesTestEnvironment {
    if (this.#opened === undefined) throw new Error('the bench is not open');
    return this.#opened;
  }

  /** The client of someone; the same one each time, because opening a connection is what takes long. */
  as(asker: Asker | undefined): Firestore {
    const key = JSON.stringify(asker ?? null);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const context =
      asker === undefined
        ? this.#environment.unauthenticatedContext()
        : this.#environment.authenticatedContext(asker.uid, {
            auth_time: asker.authTimeSec,
            ...(asker.issuedSec !== undefined && { issuedSec: asker.issuedSec }),
            ...(asker.admin === true && { admin: true }),
          });
    // The library still types its client by the older interface; the functions of the newer one take it.
    const client = context.firestore() as unknown as Firestore;
    this.#clients.set(key, client);
    return client;
  }

  /** Writes documents past the rules, as the server would. */
  async put(documents: Documents): Promise<void> {
    await this.#environment.withSecurityRulesDisabled(async (context) => {
      const db = context.firestore() as unknown as Firestore;
      const batch = writeBatch(db);
      for (const [path, data] of Object.entries(documents)) batch.set(doc(db, path), data);
      await batch.commit();
    });
  }

  /** What the emulator has evaluated of the rules since they were uploaded, as it reports it. */
  async ruleCoverage(): Promise<CoverageReport> {
    const answer = await fetch(`${this.#address}/emulator/v1/projects/${this.#projectId}:ruleCoverage`);
    if (!answer.ok) throw new Error(`the report of coverage answered ${answer.status}`);
    return (await answer.json()) as CoverageReport;
  }

  /** Leaves nothing behind; also after a failed `open`. */
  async close(): Promise<void> {
    await this.#opened?.clearFirestore();
    await this.#opened?.cleanup();
  }
}

export type Outcome = 'allowed' | 'refused';

/** What the rules say to a request. @throws whatever else goes wrong, so that no mistake passes for a refusal */
export async function outcome(request: Promise<unknown>): Promise<Outcome> {
  try {
    await request;
    return 'allowed';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'permission-denied') return 'refused';
    throw error;
  }
}
