/** Which version runs. */
import type { z } from 'zod';
// Bundled into the deployed code, so that it is the version of the build.
import manifest from '../../package.json' with { type: 'json' };
import { sessions } from '../platform/actor.ts';
import type { PlatformPorts, Visitor } from '../platform/operation.ts';
import { deployedRevision } from '../platform/revision.ts';
import type { versionContract } from './contract.ts';
import { isOperator } from './operator.ts';

/** Costs a read only for those who claim to be operators. */
export async function readVersion(
  { store, clock }: PlatformPorts,
  _input: z.output<typeof versionContract.input>,
  { token }: Visitor,
): Promise<z.input<typeof versionContract.output>> {
  const version = { version: manifest.version, api: 'v1' } as const;
  if (token?.admin !== true) return version;
  const [record] = await store.getAll(sessions.doc(token.uid));
  if (!isOperator(token, record, clock)) return version;
  return { ...version, details: { node: process.versions.node, revision: deployedRevision() } };
}
