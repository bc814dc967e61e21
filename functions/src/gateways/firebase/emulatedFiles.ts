/** The local stack's files: the storage emulator keeps one version of an object, and links need no signature. */
import type { FileGateway } from '../files.ts';
import { defaultBucket, storageFiles } from './files.ts';

/** @param url address of the storage emulator */
export function emulatedFiles(url: string): FileGateway {
  return {
    describe: async (path) => await storageFiles.describe(path),
    async inspect(path, generation) {
      const content = await storageFiles.inspect(path, generation);
      // The emulator gives the newest version, whichever is asked for.
      const facts = await storageFiles.describe(path);
      return facts?.generation === generation ? content : undefined;
    },
    async link(path, generation) {
      const { name } = await defaultBucket();
      const object = `b/${name}/o/${encodeURIComponent(path)}`;
      return `${url}/download/storage/v1/${object}?alt=media&generation=${generation}`;
    },
  };
}
