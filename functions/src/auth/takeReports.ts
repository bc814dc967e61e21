/** A provider tells what became of messages. A code that WhatsApp could not deliver goes out by SMS, once. */
import type { MessageStatus } from '../gateways/whatsapp/webhook.ts';
import { batchesOf } from '../platform/batches.ts';
import type { DocRef } from '../platform/store/collection.ts';
import type { AppPorts } from '../ports.ts';
import { canDerive } from './code.ts';
import { REFERENCE_SEPARATOR, sendBy } from './deliverCode.ts';
import { otps, otpsByMessage, type Otp } from './documents.ts';
import { applyReport, type Report } from './domain/delivery.ts';

/** Values of one `in` filter, and documents of one transaction. */
const BATCH = 30;

/** A report and the document it is about. */
interface Addressed {
  readonly id: string;
  readonly report: Report;
}

/** Reports may come twice, late and out of order; those of unknown messages are passed over. */
export async function takeReports(ports: AppPorts, statuses: readonly MessageStatus[]): Promise<void> {
  const addressed = await address(ports, statuses);
  const ids = [...new Set(addressed.map(({ id }) => id))];
  for (const some of batchesOf(ids, BATCH)) {
    const unsent = await applyTo(ports, some, addressed);
    await Promise.all(unsent.map(async (otp) => await sendBySms(ports, otp)));
  }
}

/** @returns the codes that go out by SMS now */
async function applyTo(
  ports: AppPorts,
  ids: readonly string[],
  addressed: readonly Addressed[],
): Promise<Otp[]> {
  const terms = { hasSms: ports.codes.sms !== undefined, by: ports.ids.random128() };
  const refs: DocRef<Otp>[] = ids.map((id) => otps.doc(id));
  return ports.store.transaction(async (tx) => {
    const documents = await tx.getAll(...refs);
    const now = ports.clock.now();
    const unsent: Otp[] = [];
    for (const [index, ref] of refs.entries()) {
      const before = documents[index];
      if (before === undefined) continue;
      // Our own commit, whose acknowledgement was lost: nobody else sends it.
      if (before.movedBy === terms.by) unsent.push(before);
      let otp = before;
      for (const { report } of addressed.filter(({ id }) => id === ids[index])) {
        const reported = applyReport(otp, report, terms, now);
        otp = { ...otp, ...reported?.change };
        if (reported?.sendBySms === true) unsent.push(otp);
      }
      if (otp !== before) tx.set(ref, otp);
    }
    return unsent;
  });
}

async function sendBySms(ports: AppPorts, otp: Otp): Promise<void> {
  const sent = canDerive(ports.keys.code(), otp) && (await sendBy(ports, otp, 'sms'));
  if (!sent) ports.log.write('ERROR', 'a code that WhatsApp did not deliver could not be sent by SMS');
}

/** Finds the documents: by our reference, or else by the id of the message. */
async function address(ports: AppPorts, statuses: readonly MessageStatus[]): Promise<Addressed[]> {
  const owners = await ownersOf(
    ports,
    statuses.filter(({ reference }) => referenced(reference) === undefined),
  );
  return statuses.flatMap(({ messageId, status, reference }) => {
    const known = referenced(reference);
    const id = known?.id ?? owners.get(messageId);
    return id === undefined ? [] : [{ id, report: { messageId, status, sendId: known?.sendId } }];
  });
}

/** Whatever else was sent from this account may carry references that are none of ours. */
function referenced(reference: string | undefined): { id: string; sendId: string } | undefined {
  const [id = '', sendId = ''] = reference?.split(REFERENCE_SEPARATOR) ?? [];
  const ours = /^[0-9a-f]{40}$/u.test(id) && sendId !== '';
  return ours ? { id, sendId } : undefined;
}

/** @returns document ids by message id */
async function ownersOf(
  { store }: AppPorts,
  statuses: readonly MessageStatus[],
): Promise<ReadonlyMap<string, string>> {
  const messageIds = [...new Set(statuses.map(({ messageId }) => messageId))];
  const found = await Promise.all(
    batchesOf(messageIds, BATCH).map(
      async (some) =>
        await store.query({ query: otpsByMessage, parentIds: [], values: [some], limit: BATCH }),
    ),
  );
  return new Map(found.flat().map(({ id, data }) => [data.messageId ?? '', id]));
}
