/** What counts as an audio sample: by its path, by the type it was uploaded with, and by its own bytes. */

/** No sample is larger. The storage rules have the same number. */
export const MAX_SAMPLE_BYTES = 10 * 1024 * 1024;

export const SAMPLE_FORMATS = ['mp3', 'wav', 'm4a', 'aac', 'ogg', 'webm'] as const;
/** The extension of the object's name. */
export type SampleFormat = (typeof SAMPLE_FORMATS)[number];

interface Family {
  /** Types that an upload may declare; the storage rules have the same. */
  readonly declared: RegExp;
  /** Types that the bytes may turn out to be. */
  readonly detected: RegExp;
}

// A recorder of Android writes a container with the general brand, which reads as video whatever is in it; WebM has
// only one kind of container, and one of Ogg may name its content later. All are heard by an operator before anything follows from them.
const FAMILIES: Readonly<Record<SampleFormat, Family>> = {
  mp3: { declared: /^audio\/(mpeg|mp3)$/u, detected: /^audio\/mpeg$/u },
  wav: { declared: /^audio\/(wav|wave|x-wav|vnd\.wave)$/u, detected: /^audio\/(wav|vnd\.wave)$/u },
  m4a: { declared: /^audio\/(mp4|m4a|x-m4a)( *;.*)?$/u, detected: /^(audio\/(mp4|x-m4a)|video\/mp4)$/u },
  aac: { declared: /^audio\/(aac|aacp|x-aac)$/u, detected: /^audio\/aac$/u },
  ogg: { declared: /^audio\/ogg( *;.*)?$/u, detected: /^(audio|application)\/ogg( *;.*)?$/u },
  webm: { declared: /^(audio|video)\/webm( *;.*)?$/u, detected: /^(audio|video)\/webm$/u },
};

const NAME = new RegExp(String.raw`^[A-Za-z0-9_-]{1,100}\.(${SAMPLE_FORMATS.join('|')})$`, 'u');

/**
 * @returns the format that the name promises; undefined for anything but a file directly in the owner's own folder,
 *   URLs and detours included
 */
export function formatOfPath(objectPath: string, uid: string): SampleFormat | undefined {
  const folder = `verification-audio/${uid}/`;
  if (!objectPath.startsWith(folder)) return undefined;
  return NAME.exec(objectPath.slice(folder.length))?.[1] as SampleFormat | undefined;
}

/** What is wrong with an object, in words for whoever uploaded it; undefined when nothing is. */
export function problemOf(
  format: SampleFormat,
  object: { readonly sizeBytes: number; readonly contentType: string },
): string | undefined {
  if (object.sizeBytes === 0) return 'the file is empty';
  if (object.sizeBytes > MAX_SAMPLE_BYTES) return 'the file is larger than 10 MB';
  if (!FAMILIES[format].declared.test(object.contentType))
    return `the file was not uploaded with a type of ${format} audio`;
  return undefined;
}

/** @param detected the type that the bytes show; undefined when they show none */
export function contentProblemOf(format: SampleFormat, detected: string | undefined): string | undefined {
  if (detected !== undefined && FAMILIES[format].detected.test(detected)) return undefined;
  return `the content of the file is not ${format} audio`;
}
