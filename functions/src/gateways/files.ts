/** The port of the file store: what people upload by themselves, under storage rules. */

/** One version of one object. */
export interface FileFacts {
  /** Names this version for good: an object that is replaced gets another one. */
  readonly generation: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly uploadedAt: Date;
}

export interface FileGateway {
  /** @returns undefined when there is no such object */
  describe(path: string): Promise<FileFacts | undefined>;
  /** The whole content of one version. @throws when that version is gone */
  read(path: string, generation: string): Promise<Buffer>;
  /** A link that lets whoever holds it read this version, until it expires. */
  link(path: string, generation: string, expiresAt: Date): Promise<string>;
}
