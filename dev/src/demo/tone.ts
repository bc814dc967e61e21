/** A sound to upload where there is no microphone. */

const SAMPLES_PER_SEC = 8000;
const HEADER_BYTES = 44;
/** The A that orchestras tune to, in hertz. */
const PITCH = 440;

/** @returns one second of a sine tone as a WAV file: 8 kHz, 8 bits, mono */
export function secondOfTone(): Uint8Array {
  const file = Buffer.alloc(HEADER_BYTES + SAMPLES_PER_SEC);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  // The format block: its length, plain PCM, one channel, samples and bytes a second, bytes and bits a sample.
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLES_PER_SEC, 24);
  file.writeUInt32LE(SAMPLES_PER_SEC, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write('data', 36);
  file.writeUInt32LE(SAMPLES_PER_SEC, 40);
  for (let at = 0; at < SAMPLES_PER_SEC; at += 1)
    file[HEADER_BYTES + at] = Math.round(128 + 100 * Math.sin((2 * Math.PI * PITCH * at) / SAMPLES_PER_SEC));
  return new Uint8Array(file);
}
