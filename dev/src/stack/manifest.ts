/** Jars that hold a manifest, and at most some classes: pointers to a jar that somebody else installed. */
import { strToU8, zipSync } from 'fflate';
import { pathToFileURL } from 'node:url';

/** The longest line a manifest may have, its end not counted. */
const LINE_BYTES = 70;

/**
 * A jar that runs a class of another jar.
 * @param mainClass the class `java -jar` starts
 * @param jar absolute path of the jar on the class path
 * @param classes compiled classes to carry, by file name
 */
export function pointerJar(
  mainClass: string,
  jar: string,
  classes: Record<string, Uint8Array> = {},
): Uint8Array {
  const lines = [
    'Manifest-Version: 1.0',
    `Main-Class: ${mainClass}`,
    `Class-Path: ${pathToFileURL(jar).href}`,
  ];
  const manifest = lines.map((line) => `${foldLine(line)}\r\n`).join('');
  return zipSync({ 'META-INF/MANIFEST.MF': strToU8(`${manifest}\r\n`), ...classes });
}

/** Continues a long line on the next ones, each of which begins with a space. URLs are plain ASCII. */
export function foldLine(line: string): string {
  const parts = [line.slice(0, LINE_BYTES)];
  for (let at = LINE_BYTES; at < line.length; at += LINE_BYTES - 1)
    parts.push(` ${line.slice(at, at + LINE_BYTES - 1)}`);
  return parts.join('\r\n');
}
