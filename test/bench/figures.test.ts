/** What breaks a limit, and what does not. */
import { describe, expect, it } from '@jest/globals';
import { byDifference, byRatio, byValue, median, told } from './figures.ts';
import { sharedImports } from './loads.ts';
import { priceOf } from './prices.ts';

const measured = (value: number) => ({ name: 'something', value, unit: 'ms' });

describe('a figure', () => {
  it('holds its ratio up to the limit', () => {
    expect(byRatio(measured(15), 10, 1.5)).toMatchObject({ ratio: 1.5, baseline: 10, ok: true });
    expect(byRatio(measured(15.1), 10, 1.5).ok).toBe(false);
    // A baseline that took no time was not measured.
    expect(byRatio(measured(1), 0, 1.5).ok).toBe(false);
  });

  it('holds a difference or a value likewise', () => {
    expect([byDifference(measured(400), 250, 150).ok, byDifference(measured(401), 250, 150).ok]).toEqual([
      true,
      false,
    ]);
    expect([byValue(measured(1), 1).ok, byValue(measured(1.1), 1).ok]).toEqual([true, false]);
    expect(told(measured(3), 2)).toMatchObject({ limit: null, ratio: 1.5, ok: true });
  });

  it('is a median', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([])).toBe(0);
  });
});

describe('the price of a use', () => {
  it('is the sum of its parts at list prices', () => {
    const usage = {
      invocations: 10,
      reads: 10,
      writes: 10,
      deletes: 10,
      taskOps: 10,
      clientWrites: 10,
      listenerReads: 10,
    };
    const price = priceOf(usage);
    // 200 ms of one processor and a quarter of a gigabyte: 4.925 millionths of a dollar.
    expect(price.computeMicros).toBeCloseTo(49.25, 9);
    expect(price.requestsMicros).toBeCloseTo(4, 9);
    expect(price.firestoreMicros).toBeCloseTo(13, 9);
    expect(price.tasksMicros).toBeCloseTo(4, 9);
    expect(price.clientsMicros).toBeCloseTo(12, 9);
    expect(price.totalMicros).toBeCloseTo(82.25, 9);
  });
});

describe('the bare module', () => {
  it('imports what the bundle does of Firebase and zod, and nothing else', () => {
    const bundle = [
      'import { join } from "node:path";',
      'import { z } from "zod";',
      'import express from "express";',
      'import {',
      '  onDocumentWritten',
      '} from "firebase-functions/v2/firestore";',
      'const { getAuth } = await import("firebase-admin/auth");',
      'import { z as z2 } from "zod";',
      'import { Timestamp } from "@google-cloud/firestore";',
    ].join('\n');
    expect(sharedImports(bundle)).toEqual([
      '@google-cloud/firestore',
      'firebase-functions/v2/firestore',
      'zod',
    ]);
  });
});
