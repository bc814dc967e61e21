/** Listeners who wait for approval, their uploads, and what operators see of them. */
import { randomUUID } from 'node:crypto';
import { ref, uploadBytes, type FirebaseStorage } from 'firebase/storage';
import type { VoiceSample } from '../../client/src/index.ts';
import { AUDIO, DECLARED } from '../../functions/src/testing/audio.ts';
import type { SampleFormat } from '../../functions/src/verification/domain/audio.ts';
import type { Phone } from '../../dev/src/phone/phone.ts';
import { adminOf } from './helpers.ts';
import type { SignedIn, Stack } from './support.ts';

/** Somebody who has asked to become a listener: no card, and nobody can call them. */
export async function applicant(stack: Stack): Promise<SignedIn> {
  const [person] = await stack.people({ listeners: 0, callers: 1, coins: 0 });
  if (person === undefined) throw new Error('the seed made nobody');
  const profile = { roles: ['user', 'listener'], listenerStatus: 'pending', bio: 'I listen.' };
  await adminOf(stack).doc(`users/${person.uid}`).update(profile);
  return person;
}

export function storageOf({ storage }: Phone): FirebaseStorage {
  if (storage === undefined)
    throw new Error('These scenarios need the storage emulator: put javac (a JDK) on the PATH.');
  return storage;
}

export interface Upload {
  readonly format?: SampleFormat;
  readonly content?: Uint8Array;
  /** A name other than a new one. */
  readonly name?: string;
}

/** Uploads a sample as an app does. @returns the path of the object */
export async function upload(phone: Phone, { format = 'mp3', content, name }: Upload = {}): Promise<string> {
  const path = `verification-audio/${phone.uid}/${name ?? randomUUID()}.${format}`;
  await uploadBytes(ref(storageOf(phone), path), content ?? AUDIO[format], { contentType: DECLARED[format] });
  return path;
}

export async function submit(phone: Phone, objectPath: string): Promise<VoiceSample> {
  return (await phone.earshot.verification.submit({ objectPath })).sample;
}

/** Uploads a sample and hands it in. */
export async function handIn(phone: Phone, wish: Upload = {}): Promise<VoiceSample> {
  return submit(phone, await upload(phone, wish));
}

export async function review(
  operator: Phone,
  sampleId: string,
  status: 'approved' | 'rejected',
  remarks?: string,
): Promise<VoiceSample> {
  const input = { sampleId, status, ...(remarks !== undefined && { remarks }) };
  return (await operator.earshot.verification.review(input)).sample;
}

/** Puts an object into the bucket with an administrator's rights, whom no rule stops. */
export async function putAsAdministrator(
  { info }: Stack,
  path: string,
  content: Uint8Array,
  contentType: string,
): Promise<void> {
  const bucket = `${info.projectId}.appspot.com`;
  const url = `http://127.0.0.1:${info.ports.storage}/upload/storage/v1/b/${bucket}/o?uploadType=multipart`;
  const facts = `content-type: application/json\r\n\r\n${JSON.stringify({ name: path, contentType })}`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer owner', 'content-type': 'multipart/related; boundary=part' },
    body: Buffer.concat([
      Buffer.from(`--part\r\n${facts}\r\n--part\r\ncontent-type: ${contentType}\r\n\r\n`),
      content,
      Buffer.from('\r\n--part--'),
    ]),
  });
  if (!answer.ok) throw new Error(`the storage emulator answered ${answer.status}`);
}

/** What whoever holds the link hears. */
export async function heard(url: string | undefined): Promise<Buffer> {
  if (url === undefined) throw new Error('there is no link');
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the link answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}
