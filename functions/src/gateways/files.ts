/** The port of the file store: what people upload by themselves, under storage rules. */

/** One version of one object. */
export interface FileFacts {
  /** Names this version for good: an object that is replaced gets another one. */
  readonly generation: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly uploadedAt: Date;
}

/** What tells one content from every other, and what kind of file it is. */
export interface FileContent {
  /** The first bytes, at most `HEAD_BYTES`. */
  readonly head: Uint8Array;
  /** Of the whole, 64 lower-case hex characters. */
  readonly sha256: string;
}

/** Enough for the signature of every kind of file. */
export const HEAD_BYTES = 16 * 1024;

export interface FileGateway {
  /** @returns undefined when there is no such object */
  describe(path: string): Promise<FileFacts | undefined>;
  /**
   * Reads one version from end to end. Only its beginning stays in memory: many may be read at once.
   * @returns undefined when that version is gone
   */
  inspect(path: string, generation: string): Promise<FileContent | undefined>;
  /** A link that lets whoever holds it read this version, until it expires. */
  link(path: string, generation: string, expiresAt: Date): Promise<string>;
}
