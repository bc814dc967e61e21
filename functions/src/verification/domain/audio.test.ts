import { describe, expect, it } from '@jest/globals';
import { AUDIO, DECLARED, mp4Of, NOT_AUDIO } from '../../testing/audio.ts';
import { detectType } from '../detectType.ts';
import {
  contentProblemOf,
  formatOfPath,
  MAX_SAMPLE_BYTES,
  problemOf,
  SAMPLE_FORMATS,
  type SampleFormat,
} from './audio.ts';

describe('the path of a sample', () => {
  it.each(SAMPLE_FORMATS)('may end in .%s', (format) => {
    expect(formatOfPath(`verification-audio/lena/20240115_103000_abc12345.${format}`, 'lena')).toBe(format);
  });

  it.each([
    ['of somebody else', 'verification-audio/otto/a.mp3'],
    ['of somebody whose uid begins alike', 'verification-audio/lena2/a.mp3'],
    ['in another folder', 'profile-images/lena/a.mp3'],
    ['without a folder', 'a.mp3'],
    ['that is only the folder', 'verification-audio/lena/'],
    ['with a folder more', 'verification-audio/lena/b/a.mp3'],
    ['that goes up', 'verification-audio/lena/../otto/a.mp3'],
    ['that goes up, encoded', 'verification-audio/lena/..%2Fotto%2Fa.mp3'],
    ['with a doubled slash', 'verification-audio/lena//a.mp3'],
    ['with a leading slash', '/verification-audio/lena/a.mp3'],
    ['with a backslash', String.raw`verification-audio/lena/..\a.mp3`],
    ['that is a URL', 'https://example.com/verification-audio/lena/a.mp3'],
    ['that names a bucket', 'gs://other/verification-audio/lena/a.mp3'],
    ['with another extension', 'verification-audio/lena/a.html'],
    ['with two extensions', 'verification-audio/lena/a.html.mp3'],
    ['with no extension', 'verification-audio/lena/mp3'],
    ['with no name', 'verification-audio/lena/.mp3'],
    ['with an upper-case extension', 'verification-audio/lena/a.MP3'],
    ['with a line end', 'verification-audio/lena/a.mp3\n'],
    ['with a query', 'verification-audio/lena/a.mp3?x=1'],
    ['with a name that is too long', `verification-audio/lena/${'a'.repeat(101)}.mp3`],
  ])('is refused %s', (_what, path) => {
    expect(formatOfPath(path, 'lena')).toBeUndefined();
  });
});

describe('the object', () => {
  const contentType = 'audio/mpeg';

  it.each([1, MAX_SAMPLE_BYTES])('may have %i bytes', (sizeBytes) => {
    expect(problemOf('mp3', { sizeBytes, contentType })).toBeUndefined();
  });

  it('is neither empty nor larger than 10 MB', () => {
    expect(problemOf('mp3', { sizeBytes: 0, contentType })).toBe('the file is empty');
    expect(problemOf('mp3', { sizeBytes: 10_485_761, contentType })).toBe('the file is larger than 10 MB');
  });

  it.each(SAMPLE_FORMATS)('has the type that belongs to .%s and no other', (format) => {
    const fits = SAMPLE_FORMATS.filter(
      (other) => problemOf(format, { sizeBytes: 1, contentType: DECLARED[other] }) === undefined,
    );
    expect(fits).toEqual([format]);
    for (const wrong of ['', 'text/html', 'image/svg+xml', `x${DECLARED[format]}`, 'audio/'])
      expect(problemOf(format, { sizeBytes: 1, contentType: wrong })).toBeDefined();
  });
});

describe('the content', () => {
  it.each(SAMPLE_FORMATS)('of %s passes under its own extension and under no other', async (format) => {
    const detected = await detectType(AUDIO[format]);
    const fits = SAMPLE_FORMATS.filter((other) => contentProblemOf(other, detected) === undefined);
    expect(fits).toEqual([format]);
  });

  it.each(['M4A ', 'M4B ', 'mp42', 'isom', 'dash'])(
    'of brand %s is what a phone records as .m4a',
    async (brand) => {
      expect(contentProblemOf('m4a', await detectType(mp4Of(brand)))).toBeUndefined();
    },
  );

  it.each<[string, SampleFormat, Buffer]>([
    [
      'an mp3 with a long tag',
      'mp3',
      Buffer.from([...Buffer.from('ID3'), 4, 0, 0, 0, 1, 0, 0, ...Buffer.alloc(4096)]),
    ],
    ['an mp3 that is cut off within its tag', 'mp3', Buffer.from('ID3')],
    ['a webm without a named type', 'webm', Buffer.from([0x1a, 0x45, 0xdf, 0xa3, ...Buffer.alloc(60)])],
    [
      'an ogg that does not name its content',
      'ogg',
      Buffer.from([...Buffer.from('OggS'), ...Buffer.alloc(60)]),
    ],
    ['an aac with one header for all', 'aac', Buffer.from([...Buffer.from('ADIF'), ...Buffer.alloc(60)])],
  ])('%s is told by its first bytes', async (_name, expected, content) => {
    const detected = await detectType(content);
    const fits = SAMPLE_FORMATS.filter((format) => contentProblemOf(format, detected) === undefined);
    expect(fits).toEqual([expected]);
  });

  it('of a Matroska film is no webm', async () => {
    const film = Buffer.from([
      0x1a,
      0x45,
      0xdf,
      0xa3,
      0x8b,
      0x42,
      0x82,
      0x88,
      ...Buffer.from('matroska'),
      ...Buffer.alloc(50),
    ]);
    expect(contentProblemOf('webm', await detectType(film))).toBeDefined();
  });

  it.each(Object.entries(NOT_AUDIO))('%s passes under no extension', async (_name, content) => {
    const detected = await detectType(content);
    for (const format of SAMPLE_FORMATS)
      expect(contentProblemOf(format, detected)).toBe(`the content of the file is not ${format} audio`);
  });
});
