/** The project's default bucket, loaded on first use. */
import type { FileGateway } from '../files.ts';

/** Files of Cloud Storage for Firebase. */
export const storageFiles: FileGateway = {
  async describe(path) {
    const [found] = await (await defaultBucket()).file(path).exists();
    if (!found) return undefined;
    const [facts] = await (await defaultBucket()).file(path).getMetadata();
    return {
      generation: String(facts.generation),
      sizeBytes: Number(facts.size),
      contentType: facts.contentType ?? '',
      uploadedAt: new Date(facts.timeCreated ?? 0),
    };
  },
  async read(path, generation) {
    const [content] = await (await defaultBucket()).file(path, { generation }).download();
    return content;
  },
  async link(path, generation, expiresAt) {
    const file = (await defaultBucket()).file(path, { generation });
    const [url] = await file.getSignedUrl({ version: 'v4', action: 'read', expires: expiresAt });
    return url;
  },
};

async function defaultBucket() {
  const { getStorage } = await import('firebase-admin/storage');
  return getStorage().bucket();
}
