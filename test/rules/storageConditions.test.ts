/** Each condition of the storage rules decides something: two uploads that differ in nothing else. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ref, uploadBytes } from 'firebase/storage';
import { AUDIO } from '../../functions/src/testing/audio.ts';
import { MAX_SAMPLE_BYTES } from '../../functions/src/verification/domain/audio.ts';
import { conditionsOf } from './conditions.ts';
import { SIGNED_IN_SEC, TOMORROW, YESTERDAY } from './people.ts';
import { ROOT } from './registry.ts';
import { StorageBench, storageOutcome } from './storageBench.ts';

const RUN = `-${randomUUID().slice(0, 8)}`;
const bench = new StorageBench();
// Only the machine's speed decides how long ten megabytes take.
jest.setTimeout(60_000);
const listener = { roles: ['listener'], sessionsValidAfter: null, bannedUntil: null };

/** People who differ in one thing each. */
const PEOPLE: Readonly<Record<string, Record<string, unknown>>> = {
  lena: listener,
  lars: { ...listener, roles: ['user'] },
  back: { ...listener, sessionsValidAfter: SIGNED_IN_SEC },
  left: { ...listener, sessionsValidAfter: SIGNED_IN_SEC + 1 },
  free: { ...listener, bannedUntil: YESTERDAY },
  bert: { ...listener, bannedUntil: TOMORROW },
};

/** An upload; what is not said is as Lena does it rightly. */
interface Upload {
  /** Of the people above, or `nobody`. */
  readonly by?: string;
  /** In whose folder; their own. */
  readonly into?: string;
  readonly name?: string;
  readonly type?: string;
  readonly bytes?: Uint8Array;
  /** The name is taken already. */
  readonly taken?: boolean;
}

interface Pair {
  readonly allowed: Upload;
  readonly refused: Upload;
}

const right: Upload = {};
const fresh = (extension: string): string => `${randomUUID()}.${extension}`;
const large = (bytes: number): Uint8Array =>
  Buffer.concat([AUDIO.mp3, Buffer.alloc(bytes)]).subarray(0, bytes);

/** The condition on a name and the condition on the type that belongs to it. */
function kind(extension: string, types: string, type: string): [string, Pair][] {
  const allowed = { name: fresh(extension), type };
  return [
    [`name.matches('.*[.]${extension}')`, { allowed, refused: { name: fresh('xyz'), type } }],
    [
      `type.matches('${types}')`,
      {
        allowed: { ...allowed, name: fresh(extension) },
        refused: { name: fresh(extension), type: 'text/html' },
      },
    ],
  ];
}

const PAIRS: Readonly<Record<string, Pair>> = {
  'request.auth != null': { allowed: right, refused: { by: 'nobody' } },
  'request.auth.uid == uid': { allowed: right, refused: { into: 'lars' } },
  'resource == null': { allowed: right, refused: { taken: true } },
  'request.resource.size > 0': { allowed: right, refused: { bytes: new Uint8Array() } },
  'request.resource.size <= 10 * 1024 * 1024': {
    allowed: { bytes: large(MAX_SAMPLE_BYTES) },
    refused: { bytes: large(MAX_SAMPLE_BYTES + 1) },
  },
  "name.matches('[A-Za-z0-9_-]{1,100}[.][a-z0-9]{3,4}')": {
    allowed: right,
    refused: { name: `a b${fresh('mp3')}` },
  },
  "'listener' in user.roles": { allowed: right, refused: { by: 'lars' } },
  'validAfter == null': { allowed: right, refused: { by: 'left' } },
  "request.auth.token.get('issuedSec', request.auth.token.auth_time) >= validAfter": {
    allowed: { by: 'back' },
    refused: { by: 'left' },
  },
  'bannedUntil == null': { allowed: right, refused: { by: 'bert' } },
  'bannedUntil <= request.time': { allowed: { by: 'free' }, refused: { by: 'bert' } },
  ...Object.fromEntries([
    ...kind('mp3', 'audio/(mpeg|mp3)', 'audio/mp3'),
    ...kind('wav', 'audio/(wav|wave|x-wav|vnd[.]wave)', 'audio/wave'),
    ...kind('m4a', 'audio/(mp4|m4a|x-m4a)( *;.*)?', 'audio/mp4'),
    ...kind('aac', 'audio/(aac|aacp|x-aac)', 'audio/aac'),
    ...kind('ogg', 'audio/ogg( *;.*)?', 'audio/ogg'),
    ...kind('webm', '(audio|video)/webm( *;.*)?', 'video/webm'),
  ]),
};

const conditions = conditionsOf(readFileSync(join(ROOT, 'storage.rules'), 'utf8'));

beforeAll(async () => {
  await bench.open();
  await bench.put(
    Object.fromEntries(Object.entries(PEOPLE).map(([name, profile]) => [`users/${name}${RUN}`, profile])),
  );
}, 30_000);

afterAll(async () => {
  await bench.close();
});

async function outcomeOf({ by = 'lena', into, name, type, bytes, taken }: Upload) {
  const asker = by === 'nobody' ? undefined : { uid: `${by}${RUN}`, authTimeSec: SIGNED_IN_SEC };
  const owner = into ?? (by === 'nobody' ? 'lena' : by);
  const path = `verification-audio/${owner}${RUN}/${name ?? fresh('mp3')}`;
  const contentType = type ?? 'audio/mpeg';
  if (taken === true) await uploadBytes(ref(bench.asAdministrator(), path), AUDIO.mp3, { contentType });
  return storageOutcome(uploadBytes(ref(bench.as(asker), path), bytes ?? AUDIO.mp3, { contentType }));
}

describe('the storage rules', () => {
  it('have no condition without a pair of uploads, and no pair is left over', () => {
    expect(conditions.toSorted()).toEqual(Object.keys(PAIRS).toSorted());
  });

  it.each(Object.entries(PAIRS))('%s decides', async (_condition, { allowed, refused }) => {
    expect(await outcomeOf(allowed)).toBe('allowed');
    expect(await outcomeOf(refused)).toBe('refused');
  });
});
