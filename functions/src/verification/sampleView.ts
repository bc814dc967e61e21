/** A sample as its owner and operators see it, with a link to hear it. */
import type { z } from 'zod';
import { addSec } from '../platform/clock.ts';
import type { AppPorts } from '../ports.ts';
import type { sampleOutput } from './contract.ts';
import type { Sample } from './documents.ts';

/** How long a link is good: long enough to hear a sample, too short to be passed around. */
const LINK_SEC = 600;

type View = z.input<typeof sampleOutput>;

/** The link names the version that was handed in, so nothing that is uploaded later is heard in its place. */
export async function sampleView(
  { files, clock }: Pick<AppPorts, 'files' | 'clock'>,
  sampleId: string,
  sample: Sample,
): Promise<View> {
  const { listenerId, status, remarks, uploadedAt, reviewedAt, objectPath, generation } = sample;
  const expiresAt = addSec(clock.now(), LINK_SEC);
  return {
    sampleId,
    listenerId,
    status,
    remarks,
    uploadedAt: uploadedAt.toISOString(),
    reviewedAt: reviewedAt?.toISOString() ?? null,
    audioUrl: await files.link(objectPath, generation, expiresAt),
    audioUrlExpiresAt: expiresAt.toISOString(),
  };
}
