/** A newcomer becomes a listener: a voice sample, an operator's ear, a card that everybody sees. */
import { ref, uploadBytes, type FirebaseStorage } from 'firebase/storage';
import type { Phone } from '../phone/phone.ts';
import { LISTENER, OPERATOR } from './plan.ts';
import { describePush, newestPush } from './pushes.ts';
import type { Stage } from './stage.ts';
import { secondOfTone } from './tone.ts';

/** Uploads the sample with the Storage SDK and hands it in; the operator hears and approves it. */
export async function becomeListener(stage: Stage, storage: FirebaseStorage): Promise<void> {
  const { timeline, listener } = stage;
  const sample = secondOfTone();
  const objectPath = `verification-audio/${listener.uid}/sample.wav`;
  await timeline.step(
    {
      name: 'upload',
      who: LISTENER,
      what: `uploads a voice sample of ${Math.round(sample.length / 1024)} kB straight into Storage`,
    },
    async () => await uploadBytes(ref(storage, objectPath), sample, { contentType: 'audio/wav' }),
  );
  const { sampleId } = await timeline.step(
    { name: 'submit', who: LISTENER, what: ({ status }) => `hands it in: ${status}` },
    async () => (await listener.earshot.verification.submit({ objectPath })).sample,
  );
  await review(stage, { sampleId, sizeBytes: sample.length });
  await timeline.step(
    { name: 'approvedPush', who: LISTENER, what: describePush },
    async () => await newestPush(stage, listener, { type: 'verification_result', sampleId }),
  );
}

async function review(
  { timeline, operator }: Stage,
  { sampleId, sizeBytes }: { readonly sampleId: string; readonly sizeBytes: number },
): Promise<void> {
  await timeline.step(
    { name: 'hear', who: OPERATOR, what: (heard) => `hears it by a link that expires: ${heard} bytes` },
    async () => await heardBytes(operator, sampleId, sizeBytes),
  );
  await timeline.step(
    { name: 'approve', who: OPERATOR, what: ({ sample }) => `reviews it: ${sample.status}` },
    async () =>
      await operator.earshot.verification.review({ sampleId, status: 'approved', remarks: 'A clear voice.' }),
  );
}

/** @throws when what the link gives is not what was uploaded */
async function heardBytes(operator: Phone, sampleId: string, sizeBytes: number): Promise<number> {
  const { items } = await operator.earshot.verification.pending();
  const url = items.find((sample) => sample.sampleId === sampleId)?.audioUrl;
  if (url === undefined) throw new Error('the sample does not wait for a review');
  const heard = (await (await fetch(url)).arrayBuffer()).byteLength;
  if (heard !== sizeBytes) throw new Error(`the link gives ${heard} bytes, and ${sizeBytes} were uploaded`);
  return heard;
}
