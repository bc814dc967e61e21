/** Who may put what into the bucket, and that nobody gets anything out of it directly. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Timestamp } from 'firebase/firestore';
import {
  deleteObject,
  getBytes,
  getDownloadURL,
  getMetadata,
  listAll,
  ref,
  updateMetadata,
  uploadBytes,
  uploadBytesResumable,
  type FirebaseStorage,
} from 'firebase/storage';
import { AUDIO } from '../../functions/src/testing/audio.ts';
import { MAX_SAMPLE_BYTES } from '../../functions/src/verification/domain/audio.ts';
import type { Outcome } from './emulator.ts';
import { askerOf, profiles, ROLES, SCENES, SIGNED_IN_SEC, TOMORROW, YESTERDAY } from './people.ts';
import { StorageBench, storageOutcome } from './storageBench.ts';
import { STORAGE_ACTIONS, STORAGE_MATRIX, type StorageAction } from './storageMatrix.ts';

/** These people live in the stack's own database; nobody else there is called so. */
const RUN = `-${randomUUID().slice(0, 8)}`;
const MP3 = 'audio/mpeg';
const bench = new StorageBench();

const listener = { roles: ['user', 'listener'], sessionsValidAfter: null, bannedUntil: null };
const LENA = `lena${RUN}-1`;

beforeAll(async () => {
  await bench.open();
  // Everybody is a listener here, so that only the role of the scene makes a difference.
  const people = Object.entries(profiles(RUN)).map(([path, profile]) => [
    path,
    { ...profile, roles: [...(profile['roles'] as string[]), 'listener'] },
  ]);
  await bench.put({
    ...(Object.fromEntries(people) as ReturnType<typeof profiles>),
    [`users/${LENA}`]: listener,
  });
}, 30_000);

afterAll(async () => {
  await bench.close();
});

const folderOf = (uid: string): string => `verification-audio/${uid}`;
const newName = (extension = 'mp3'): string => `${randomUUID()}.${extension}`;

function upload(storage: FirebaseStorage, path: string, bytes: Uint8Array = AUDIO.mp3, contentType = MP3) {
  return uploadBytes(ref(storage, path), bytes, { contentType });
}

const lena = (): FirebaseStorage => bench.as({ uid: LENA, authTimeSec: SIGNED_IN_SEC });

type Attempt = (storage: FirebaseStorage, existing: string) => Promise<unknown>;

/** All of them on an object that is there, except for the first. */
const ATTEMPTS: Readonly<Record<StorageAction, Attempt>> = {
  create: (storage, existing) => upload(storage, existing.replace(/[^/]+$/u, newName())),
  'create in pieces': (storage, existing) =>
    Promise.resolve(
      uploadBytesResumable(ref(storage, existing.replace(/[^/]+$/u, newName())), AUDIO.mp3, {
        contentType: MP3,
      }),
    ),
  overwrite: (storage, existing) => upload(storage, existing),
  read: (storage, existing) => getBytes(ref(storage, existing)),
  'read its facts': (storage, existing) => getMetadata(ref(storage, existing)),
  'get a lasting link': (storage, existing) => getDownloadURL(ref(storage, existing)),
  list: (storage, existing) => listAll(ref(storage, existing.replace(/\/[^/]+$/u, ''))),
  'change its facts': (storage, existing) =>
    updateMetadata(ref(storage, existing), { contentType: 'text/html' }),
  delete: (storage, existing) => deleteObject(ref(storage, existing)),
};

describe('a listener’s folder', () => {
  it.each(ROLES)('for %s', async (role) => {
    const existing = `${folderOf(`${SCENES[role].target}${RUN}`)}/${newName()}`;
    await upload(bench.asAdministrator(), existing);
    const storage = bench.as(askerOf(role, RUN));
    const answers: [string, Outcome][] = [];
    // One after the other: the last one would take the object from the others.
    for (const name of STORAGE_ACTIONS)
      answers.push([name, await storageOutcome(ATTEMPTS[name](storage, existing))]);
    const expected = STORAGE_ACTIONS.map((name) => [
      name,
      STORAGE_MATRIX[name].includes(role) ? 'allowed' : 'refused',
    ]);
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(expected));
    const left = await getBytes(ref(bench.asAdministrator(), existing));
    expect(Buffer.from(left).equals(AUDIO.mp3)).toBe(true);
  });
});

describe.each<readonly [string, Record<string, unknown>, Outcome]>([
  ['who is a listener', listener, 'allowed'],
  ['who is a listener and nothing else', { ...listener, roles: ['listener'] }, 'allowed'],
  ['who is none', { ...listener, roles: ['user'] }, 'refused'],
  ['who is an operator and no listener', { ...listener, roles: ['user', 'admin'] }, 'refused'],
  ['without any role', { ...listener, roles: [] }, 'refused'],
  ['whose roles are missing', { sessionsValidAfter: null, bannedUntil: null }, 'refused'],
  ['with neither field of a session', { roles: ['listener'] }, 'allowed'],
  ['signed in after leaving', { ...listener, sessionsValidAfter: SIGNED_IN_SEC - 1 }, 'allowed'],
  ['signed in in the second of leaving', { ...listener, sessionsValidAfter: SIGNED_IN_SEC }, 'allowed'],
  ['signed in a second before', { ...listener, sessionsValidAfter: SIGNED_IN_SEC + 1 }, 'refused'],
  ['banned until tomorrow', { ...listener, bannedUntil: TOMORROW }, 'refused'],
  ['banned until yesterday', { ...listener, bannedUntil: YESTERDAY }, 'allowed'],
  ['with a moment of leaving that is no number', { ...listener, sessionsValidAfter: 'yes' }, 'refused'],
  ['with a ban that is no moment', { ...listener, bannedUntil: 'forever' }, 'refused'],
])('someone %s', (name, profile, expected) => {
  it(`is ${expected} to upload`, async () => {
    const uid = `${name.replaceAll(/\W+/gu, '-')}${RUN}`;
    await bench.put({ [`users/${uid}`]: profile });
    const storage = bench.as({ uid, authTimeSec: SIGNED_IN_SEC });
    expect(await storageOutcome(upload(storage, `${folderOf(uid)}/${newName()}`))).toBe(expected);
  });
});

it.each<readonly [number, Outcome]>([
  [SIGNED_IN_SEC - 61, 'refused'],
  [SIGNED_IN_SEC - 60, 'allowed'],
])('a session begun after leaving with a token made at %i is %s to upload', async (issuedSec, expected) => {
  const uid = `trader${issuedSec}${RUN}`;
  await bench.put({ [`users/${uid}`]: { ...listener, sessionsValidAfter: SIGNED_IN_SEC - 60 } });
  const storage = bench.as({ uid, authTimeSec: SIGNED_IN_SEC, issuedSec });
  expect(await storageOutcome(upload(storage, `${folderOf(uid)}/${newName()}`))).toBe(expected);
});

it('a ban and a lost role hold at once, for a token that is still good', async () => {
  const uid = `carl${RUN}`;
  const storage = bench.as({ uid, authTimeSec: SIGNED_IN_SEC });
  const uploadAfter = async (profile: Record<string, unknown>) => {
    await bench.put({ [`users/${uid}`]: profile });
    return storageOutcome(upload(storage, `${folderOf(uid)}/${newName()}`));
  };
  expect(await uploadAfter(listener)).toBe('allowed');
  const until = Timestamp.fromMillis(Date.now() + 60_000);
  expect(await uploadAfter({ ...listener, bannedUntil: until })).toBe('refused');
  expect(await uploadAfter(listener)).toBe('allowed');
  expect(await uploadAfter({ ...listener, roles: ['user'] })).toBe('refused');
});

describe('the size', () => {
  it.each<readonly [number, Outcome]>([
    [0, 'refused'],
    [1, 'allowed'],
    [MAX_SAMPLE_BYTES, 'allowed'],
    [MAX_SAMPLE_BYTES + 1, 'refused'],
  ])('%i bytes are %s', async (sizeBytes, expected) => {
    const path = `${folderOf(LENA)}/${newName()}`;
    expect(await storageOutcome(upload(lena(), path, new Uint8Array(sizeBytes)))).toBe(expected);
  });
});

const TYPES: Readonly<Record<string, readonly string[]>> = {
  mp3: ['audio/mpeg', 'audio/mp3'],
  wav: ['audio/wav', 'audio/wave', 'audio/x-wav', 'audio/vnd.wave'],
  m4a: ['audio/mp4', 'audio/m4a', 'audio/x-m4a', 'audio/mp4;codecs=mp4a.40.2'],
  aac: ['audio/aac', 'audio/aacp', 'audio/x-aac'],
  ogg: ['audio/ogg', 'audio/ogg; codecs=opus'],
  webm: ['audio/webm', 'audio/webm;codecs=opus', 'video/webm'],
};
const WRONG_TYPES = [
  'text/html',
  'image/svg+xml',
  'application/octet-stream',
  'video/mp4',
  'audio/',
  'xaudio/mpeg',
];

describe.each(Object.entries(TYPES))('a name that ends in .%s', (extension, types) => {
  it.each(types)('goes with %s', async (type) => {
    const path = `${folderOf(LENA)}/${newName(extension)}`;
    expect(await storageOutcome(upload(lena(), path, AUDIO.mp3, type))).toBe('allowed');
  });

  it('goes with nothing else', async () => {
    const others = Object.entries(TYPES).flatMap(([other, [first]]) =>
      other === extension || first === undefined ? [] : [first],
    );
    for (const type of [...others, ...WRONG_TYPES]) {
      const path = `${folderOf(LENA)}/${newName(extension)}`;
      expect([type, await storageOutcome(upload(lena(), path, AUDIO.mp3, type))]).toEqual([type, 'refused']);
    }
  });
});

describe('the name', () => {
  it.each(['a.mp3', 'A-b_9.mp3', '20240115_103000_abc12345.mp3', `${'a'.repeat(100)}.mp3`])(
    'may be %s',
    async (name) => {
      const storage = bench.as({ uid: LENA, authTimeSec: SIGNED_IN_SEC });
      const path = `${folderOf(LENA)}/${name}`;
      await deleteObject(ref(bench.asAdministrator(), path)).catch(() => undefined);
      expect(await storageOutcome(upload(storage, path))).toBe('allowed');
    },
  );

  it.each([
    'mp3',
    '.mp3',
    'a.MP3',
    'a.html',
    'a.mp3.html',
    'a.html.mp3',
    'a b.mp3',
    'ä.mp3',
    'a%2Fb.mp3',
    '..mp3',
    'a.mp3\n',
    `${'a'.repeat(101)}.mp3`,
  ])('is not %j', async (name) => {
    expect(await storageOutcome(upload(lena(), `${folderOf(LENA)}/${name}`))).toBe('refused');
  });
});

describe('every other place', () => {
  it.each([
    ['a folder in the folder', `${folderOf(LENA)}/deeper/a.mp3`],
    ['the folder itself', folderOf(LENA)],
    ['the folder of somebody else', `${folderOf(`olga${RUN}`)}/a.mp3`],
    ['a way up', `${folderOf(LENA)}/../olga${RUN}/a.mp3`],
    ['a uid that begins alike', `${folderOf(`${LENA}x`)}/a.mp3`],
    ['another prefix', `profile-images/${LENA}/a.mp3`],
    ['the prefix further down', `x/verification-audio/${LENA}/a.mp3`],
    ['the root', 'a.mp3'],
  ])('is closed: %s', async (_what, path) => {
    expect(await storageOutcome(upload(lena(), path))).toBe('refused');
  });
});
