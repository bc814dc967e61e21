import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PORTS, parseBase, portsOf, projectOf } from './ports.ts';

describe('ports', () => {
  it('never collide between bases that are multiples of 100 apart', () => {
    const lastDigits = Object.values(DEFAULT_PORTS).map((port) => port % 100);
    expect(new Set(lastDigits).size).toBe(lastDigits.length);
    const taken = new Set<number>();
    const bases = Array.from({ length: 100 }, (_, index) => 1110 + index * 100);
    for (const base of bases) for (const port of Object.values(portsOf(base))) taken.add(port);
    expect(taken.size).toBe(bases.length * lastDigits.length);
  });

  it('stay usable at both ends of the range', () => {
    for (const base of [1024, 60_000]) {
      for (const port of Object.values(portsOf(base))) {
        expect(port).toBeGreaterThanOrEqual(1024);
        expect(port).toBeLessThanOrEqual(65_535);
      }
    }
  });

  it('are moved by the base, which is the port of the control API', () => {
    expect(portsOf(4510)).toMatchObject({ control: 4510, firestore: 8180, auth: 9199 });
    expect(projectOf(4510)).toBe('demo-earshot-4510');
  });

  it('refuses a base that is no port', () => {
    expect(parseBase(undefined)).toBe(4410);
    expect(parseBase('5410')).toBe(5410);
    for (const text of ['abc', '1023', '60001', '44.5', '-4410', '0x1000', ' ']) {
      expect(() => parseBase(text)).toThrow(/EARSHOT_PORT_BASE must be an integer from 1024 to 60000/u);
    }
  });
});
