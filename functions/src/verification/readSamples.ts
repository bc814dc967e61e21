/** What a listener sees of their approval, and what waits for operators. */
import type { z } from 'zod';
import { sessions, type Actor } from '../platform/actor.ts';
import { readPage, type Page } from '../platform/paging.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import type { historyContract, pendingContract, statusContract } from './contract.ts';
import { pendingSamples, samples, samplesOfListener, verifications, type Sample } from './documents.ts';
import { sampleView } from './sampleView.ts';

/** How far the approval of this listener has come. A listener may also have been approved without a sample. */
export async function verificationStatus(
  ports: AppPorts,
  actor: Actor,
): Promise<z.input<typeof statusContract.output>> {
  const [me, verification] = await ports.store.getAll(users.doc(actor.uid), verifications.doc(actor.uid));
  actor.admit(me);
  const verified = me?.listenerStatus === 'approved';
  const sampleId = verification?.latestSampleId;
  const [sample] = sampleId === undefined ? [] : await ports.store.getAll(samples.doc(sampleId));
  if (sampleId === undefined || sample === undefined)
    return { verified, status: verified ? 'approved' : 'none', sample: null };
  return { verified, status: sample.status, sample: await sampleView(ports, sampleId, sample) };
}

/** Newest first. @throws Refusal INVALID_INPUT for a cursor that is not one of this list */
export async function verificationHistory(
  ports: AppPorts,
  actor: Actor,
  input: z.output<typeof historyContract.input>,
) {
  const [me] = await ports.store.getAll(sessions.doc(actor.uid));
  actor.admit(me);
  const run = { query: samplesOfListener, parentIds: [], values: [actor.uid] };
  return await pageView(ports, await readPage(ports.store, run, input));
}

/** Of all listeners, whoever has waited longest first. @throws Refusal INVALID_INPUT for a foreign cursor */
export async function waitingSamples(
  ports: AppPorts,
  actor: Actor,
  input: z.output<typeof pendingContract.input>,
) {
  const [me] = await ports.store.getAll(sessions.doc(actor.uid));
  actor.admit(me);
  const run = { query: pendingSamples, parentIds: [], values: ['pending'] };
  return await pageView(ports, await readPage(ports.store, run, input));
}

async function pageView(ports: AppPorts, { items, nextCursor }: Page<Sample>) {
  // Each link is signed by a request of its own, so they are asked for side by side.
  const views = items.map(async ({ id, data }) => await sampleView(ports, id, data));
  return { items: await Promise.all(views), nextCursor };
}
