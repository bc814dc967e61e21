/** The type of a file by its own bytes. */

/**
 * @param head the first bytes of the file
 * @returns the media type that they show; undefined when they show none
 */
export async function detectType(head: Uint8Array): Promise<string | undefined> {
  // Loaded here, because nothing else of the service needs it.
  const { fileTypeFromBuffer } = await import('file-type');
  return (await fileTypeFromBuffer(head))?.mime;
}
