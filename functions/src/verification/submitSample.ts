/** A listener hands in an audio sample: the object is looked at first, then the sample is made in one transaction. */
import type { z } from 'zod';
import type { FileFacts } from '../gateways/files.ts';
import type { Actor } from '../platform/actor.ts';
import { refuse, type Refusal } from '../platform/errors.ts';
import { keepAnswer, requestKey, type RequestKey } from '../platform/idempotency.ts';
import { derivedId } from '../platform/ids.ts';
import { countHit, rateLimits } from '../platform/rateLimit.ts';
import type { AppPorts } from '../ports.ts';
import { users, type User } from '../users/documents.ts';
import { submitContract } from './contract.ts';
import { detectType } from './detectType.ts';
import { samples, verifications, type Sample, type Verification } from './documents.ts';
import { contentProblemOf, formatOfPath, problemOf, type SampleFormat } from './domain/audio.ts';
import { sampleOf } from './requests.ts';
import { sampleView } from './sampleView.ts';

type Input = z.output<typeof submitContract.input>;

/** The version of the object that is handed in. */
interface Offer {
  readonly sampleId: string;
  readonly objectPath: string;
  readonly format: SampleFormat;
  readonly facts: FileFacts;
}

/** What only the bytes tell. */
type Content = Pick<Sample, 'contentType' | 'sha256'>;

/**
 * The sample's id follows from the object and its version, so handing in the same object again finds the same sample.
 * @throws Refusal INVALID_INPUT naming `objectPath` for a path that is no file of one's own folder, and for a file that
 *   is no audio; NOT_FOUND when there is no such object; INVALID_TRANSITION while another sample waits, when this one
 *   was reviewed, and for whoever is approved; IDEMPOTENCY_MISMATCH for the same requestId with other input; RATE_LIMITED
 *   above `limits.samplesPerHour`
 */
export async function submitSample(ports: AppPorts, actor: Actor, { objectPath, requestId }: Input) {
  const key =
    requestId === undefined
      ? undefined
      : requestKey(actor.uid, submitContract.name, { objectPath, requestId });
  const [me, record] = await ports.store.getAll(
    users.doc(actor.uid),
    ...(key === undefined ? [] : [key.ref]),
  );
  actor.admit(me);
  const answered = key && (await sampleOf(ports, key, record));
  if (answered !== undefined) return { sample: answered };
  const offer = await findOffer(ports, actor.uid, objectPath);
  const before = await countReading(ports, actor, offer.sampleId);
  const handedIn =
    before ?? (await handIn(ports, actor, { offer, content: await contentOf(ports, offer), key }));
  return { sample: await sampleView(ports, offer.sampleId, handedIn) };
}

async function findOffer({ files }: AppPorts, uid: string, objectPath: string): Promise<Offer> {
  const format = formatOfPath(objectPath, uid);
  if (format === undefined)
    throw wrongFile('not an audio file of your own folder, verification-audio/{your uid}/');
  const facts = await files.describe(objectPath);
  if (facts === undefined) throw refuse('NOT_FOUND');
  const problem = problemOf(format, facts);
  if (problem !== undefined) throw wrongFile(problem);
  return {
    sampleId: derivedId('verification', uid, objectPath, facts.generation),
    objectPath,
    format,
    facts,
  };
}

/**
 * A file that turns out to be no audio leaves nothing behind, so what is counted is the reading. Whether it will be taken
 * is decided here only to save that; the transaction that takes it decides again.
 * @returns the sample if it waits already: then nothing is read
 */
async function countReading(ports: AppPorts, actor: Actor, sampleId: string): Promise<Sample | undefined> {
  const { store, clock } = ports;
  const { limits } = await ports.settings();
  return await store.transaction(async (tx) => {
    const [user, verification, sample, counts] = await tx.getAll(
      users.doc(actor.uid),
      verifications.doc(actor.uid),
      samples.doc(sampleId),
      rateLimits.doc(actor.uid),
    );
    const before = waiting({ user, verification, sample });
    if (before !== undefined) return before;
    const window = { key: 'verification.submit', max: limits.samplesPerHour, windowSec: 3600 };
    tx.set(rateLimits.doc(actor.uid), countHit(counts, [window], clock.now()));
    return undefined;
  });
}

async function contentOf({ files }: AppPorts, { objectPath, format, facts }: Offer): Promise<Content> {
  const content = await files.inspect(objectPath, facts.generation);
  if (content === undefined) throw refuse('NOT_FOUND');
  const contentType = await detectType(content.head);
  const problem = contentProblemOf(format, contentType);
  if (contentType === undefined || problem !== undefined) throw wrongFile(problem ?? 'unknown content');
  return { contentType, sha256: content.sha256 };
}

function wrongFile(message: string): Refusal {
  return refuse('INVALID_INPUT', { issues: [{ path: 'objectPath', message }] });
}

interface Standing {
  readonly user: User | undefined;
  readonly verification: Verification | undefined;
  /** The one of this very object. */
  readonly sample: Sample | undefined;
}

/**
 * @returns the sample if it was handed in before and waits; undefined when it may be handed in
 * @throws Refusal INVALID_TRANSITION
 */
function waiting({ user, verification, sample }: Standing): Sample | undefined {
  if (sample?.status === 'pending') return sample;
  if (sample !== undefined) throw refuse('INVALID_TRANSITION', { state: sample.status });
  if (verification?.pendingSampleId != null) throw refuse('INVALID_TRANSITION', { state: 'pending' });
  if (user?.listenerStatus === 'approved') throw refuse('INVALID_TRANSITION', { state: 'approved' });
  return undefined;
}

interface HandedIn {
  readonly offer: Offer;
  readonly content: Content;
  readonly key: RequestKey | undefined;
}

async function handIn(
  { store, clock }: AppPorts,
  actor: Actor,
  { offer, content, key }: HandedIn,
): Promise<Sample> {
  const { sampleId } = offer;
  return await store.transaction(async (tx) => {
    const [user, verification, existing] = await tx.getAll(
      users.doc(actor.uid),
      verifications.doc(actor.uid),
      samples.doc(sampleId),
    );
    actor.admit(user);
    const before = waiting({ user, verification, sample: existing });
    if (before !== undefined) return before;
    const { objectPath, facts } = offer;
    const sample: Sample = {
      listenerId: actor.uid,
      objectPath,
      generation: facts.generation,
      sizeBytes: facts.sizeBytes,
      ...content,
      status: 'pending',
      remarks: null,
      uploadedAt: clock.fromServerTime(facts.uploadedAt),
      submittedAt: clock.now(),
      reviewedAt: null,
      reviewedBy: null,
    };
    tx.create(samples.doc(sampleId), sample);
    if (key !== undefined) keepAnswer(tx, key, { sampleId }, sample.submittedAt);
    tx.merge(verifications.doc(actor.uid), { pendingSampleId: sampleId, latestSampleId: sampleId });
    // Whoever was rejected waits again.
    if (user?.listenerStatus !== 'pending') tx.update(users.doc(actor.uid), { listenerStatus: 'pending' });
    return sample;
  });
}
