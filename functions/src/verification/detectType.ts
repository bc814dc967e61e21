/** The type of a file by its own bytes. */

/** An MP3 file may begin with a tag of any length, a cover picture in it, so that no sound is within the first bytes. */
const ID3 = [0x49, 0x44, 0x33];
/** A container of WebM or Matroska whose header does not say which of the two. */
const EBML = [0x1a, 0x45, 0xdf, 0xa3];
const ADIF = [0x41, 0x44, 0x49, 0x46];

/**
 * @param head the first bytes of the file
 * @returns the media type that they show; undefined when they show none
 */
export async function detectType(head: Uint8Array): Promise<string | undefined> {
  // Loaded here, because nothing else of the service needs it.
  const { fileTypeFromBuffer } = await import('file-type');
  // What follows a tag or a header may be known for something else; only when it is not do the first bytes decide.
  return (await fileTypeFromBuffer(head))?.mime ?? typeOfBeginning(head);
}

function typeOfBeginning(head: Uint8Array): string | undefined {
  const begins = (bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte);
  if (begins(ID3)) return 'audio/mpeg';
  if (begins(EBML)) return 'video/webm';
  if (begins(ADIF)) return 'audio/aac';
  return undefined;
}
