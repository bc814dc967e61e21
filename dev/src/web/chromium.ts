/** The browser that the tests of the phones run in. */
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @returns where Chromium is, as `CHROMIUM_PATH` says or where systems put it; undefined when it is nowhere */
export function findChromium(): string | undefined {
  const asked = process.env['CHROMIUM_PATH'];
  const places = asked === undefined || asked === '' ? PLACES : [asked];
  return places.find((place) => existsSync(place));
}
