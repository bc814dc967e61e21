/** The smallest files that show what kind of audio they are, for tests. */
import type { SampleFormat } from '../verification/domain/audio.ts';

const text = (ascii: string): number[] => [...Buffer.from(ascii, 'latin1')];
const zeros = (count: number): number[] => Array<number>(count).fill(0);

/** An MP4 container whose first brand is `brand`. */
export function mp4Of(brand: string): Buffer {
  return Buffer.from([
    0,
    0,
    0,
    24,
    ...text('ftyp'),
    ...text(brand),
    0,
    0,
    2,
    0,
    ...text('isommp42'),
    ...zeros(40),
  ]);
}

/** One file of each format. */
export const AUDIO: Readonly<Record<SampleFormat, Buffer>> = {
  mp3: Buffer.from([...text('ID3'), 4, ...zeros(6), 0xff, 0xfb, 0x90, 0x64, ...zeros(413)]),
  wav: Buffer.from([...text('RIFF'), 36, 0, 0, 0, ...text('WAVEfmt '), 16, ...zeros(40)]),
  m4a: mp4Of('M4A '),
  aac: Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc, ...zeros(40)]),
  ogg: Buffer.from([...text('OggS'), 0, 2, ...zeros(20), 1, 19, ...text('OpusHead'), 1, 1, ...zeros(40)]),
  webm: Buffer.from([
    0x1a,
    0x45,
    0xdf,
    0xa3,
    0x8b,
    0x42,
    0x86,
    0x81,
    0x01,
    0x42,
    0x82,
    0x84,
    ...text('webm'),
    ...zeros(40),
  ]),
};

/** The type that an upload declares for each format. */
export const DECLARED: Readonly<Record<SampleFormat, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  ogg: 'audio/ogg;codecs=opus',
  webm: 'audio/webm;codecs=opus',
};

/** What wants to pass for audio. */
export const NOT_AUDIO: Readonly<Record<string, Buffer>> = {
  text: Buffer.from('This is no voice at all, only words.'),
  html: Buffer.from('<!doctype html><script>alert(1)</script>'),
  png: Buffer.from([0x89, ...text('PNG'), 13, 10, 26, 10, 0, 0, 0, 13, ...text('IHDR'), ...zeros(40)]),
  pdf: Buffer.from('%PDF-1.7\n'),
  zip: Buffer.from([...text('PK'), 3, 4, ...zeros(40)]),
  gzip: Buffer.from([0x1f, 0x8b, 8, ...zeros(40)]),
  program: Buffer.from([0x7f, ...text('ELF'), 2, 1, 1, ...zeros(60)]),
  nothing: Buffer.from(zeros(64)),
};
