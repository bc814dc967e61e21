/** The project's default bucket, loaded on first use. */
import { createHash } from 'node:crypto';
import { HEAD_BYTES, type FileContent, type FileGateway } from '../files.ts';

/** Files of Cloud Storage for Firebase. */
export const storageFiles: FileGateway = {
  async describe(path) {
    const file = (await defaultBucket()).file(path);
    const facts = await orUndefined(async () => (await file.getMetadata())[0]);
    if (facts === undefined) return undefined;
    return {
      generation: String(facts.generation),
      sizeBytes: Number(facts.size),
      contentType: facts.contentType ?? '',
      uploadedAt: new Date(facts.timeCreated ?? 0),
    };
  },
  async inspect(path, generation) {
    const file = (await defaultBucket()).file(path, { generation });
    // As it is stored: a small compressed file must not unfold into a huge one.
    return await orUndefined(async () => await contentOf(file.createReadStream({ decompress: false })));
  },
  async link(path, generation, expiresAt) {
    const file = (await defaultBucket()).file(path, { generation });
    const [url] = await file.getSignedUrl({ version: 'v4', action: 'read', expires: expiresAt });
    return url;
  },
};

/** The bucket that Firebase gives every project; FIREBASE_CONFIG names it. */
export async function defaultBucket() {
  const { getStorage } = await import('firebase-admin/storage');
  return getStorage().bucket();
}

async function contentOf(stream: AsyncIterable<Buffer>): Promise<FileContent> {
  const hash = createHash('sha256');
  const beginning: Buffer[] = [];
  let missingBytes = HEAD_BYTES;
  for await (const chunk of stream) {
    hash.update(chunk);
    if (missingBytes > 0) beginning.push(chunk.subarray(0, missingBytes));
    missingBytes -= chunk.length;
  }
  return { head: new Uint8Array(Buffer.concat(beginning)), sha256: hash.digest('hex') };
}

/** Answers undefined where the store says that there is no such object or version. */
async function orUndefined<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && Number(fault.code) === 404) return undefined;
    throw fault;
  }
}
