/** `npm run audit`: whether the books are right, of a running stack or of a project. Exit 1 when something is off. */
import { getApps, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { parseArgs } from 'node:util';
import { Meter } from '../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../functions/src/platform/store/firestore.ts';
import { auditBooks, type AuditReport } from '../../functions/src/system/auditBooks.ts';
import { controlOf } from './phone/control.ts';
import { parseBase } from './stack/ports.ts';

const USAGE = `usage: npm run audit [-- --base 4410]            a stack that runs here
       npm run audit -- --project my-project    a deployment, with application default credentials`;

function options(): { base: string | undefined; project: string | undefined } {
  try {
    const { values } = parseArgs({ options: { base: { type: 'string' }, project: { type: 'string' } } });
    return { base: values.base, project: values.project };
  } catch {
    console.error(USAGE);
    return process.exit(2);
  }
}

/** Points firebase-admin at what is audited. @returns what its clock shows */
async function connect(): Promise<Date> {
  const { base, project } = options();
  if (project !== undefined) {
    initializeApp({ projectId: project });
    return new Date();
  }
  const control = controlOf(`http://127.0.0.1:${parseBase(base ?? process.env['EARSHOT_PORT_BASE'])}`);
  const { projectId, ports } = await control.ready();
  // Nobody needs to look for the credentials of a cloud machine here; the client would, and warn.
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  process.env['FIRESTORE_EMULATOR_HOST'] = `127.0.0.1:${ports.firestore}`;
  if (getApps().length === 0) initializeApp({ projectId });
  return await control.now();
}

/** @returns the exit code */
function tell({ wallets, entries, openCalls, payments, trialBalance, findings }: AuditReport): number {
  console.log(`${wallets} wallets, ${entries} entries, ${payments} payments, ${openCalls} open calls`);
  console.log(`sum of all postings: ${trialBalance.coin} coins, ${trialBalance.earned} earned coins`);
  for (const { kind, uid, callId, key, detail } of findings)
    console.log(
      [kind, uid && `user ${uid}`, callId && `call ${callId}`, key, detail].filter(Boolean).join(' · '),
    );
  console.log(
    findings.length === 0 ? 'the books are right' : `the books are off: ${findings.length} findings`,
  );
  return findings.length === 0 ? 0 : 1;
}

try {
  const now = await connect();
  const store = new FirestoreStore(getFirestore(), new Meter());
  process.exit(tell(await auditBooks({ store, clock: { now: () => now } })));
} catch (fault) {
  console.error(`the audit could not be made: ${fault instanceof Error ? fault.message : String(fault)}`);
  process.exit(2);
}
