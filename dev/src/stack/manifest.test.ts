import { describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { foldLine, pointerJar } from './manifest.ts';

describe('a pointer jar', () => {
  it('folds lines so that none is longer than 72 bytes with its end', () => {
    const line = `Class-Path: file:${'/a-long-folder'.repeat(20)}`;
    const folded = foldLine(line);
    for (const part of folded.split('\r\n')) expect(part.length + 2).toBeLessThanOrEqual(72);
    expect(folded.replaceAll('\r\n ', '')).toBe(line);
  });

  it('names the class to run and the jar it lies in', () => {
    const files = unzipSync(pointerJar('a.B', '/opt/some where/x.jar', { 'C.class': new Uint8Array([1]) }));
    const manifest = strFromU8(files['META-INF/MANIFEST.MF'] ?? new Uint8Array());
    expect(manifest).toContain('Main-Class: a.B\r\n');
    expect(manifest).toContain('Class-Path: file:///opt/some%20where/x.jar\r\n');
    expect(files['C.class']).toEqual(new Uint8Array([1]));
  });
});
