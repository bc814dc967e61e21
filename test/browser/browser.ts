/** Chromium with a microphone and a camera that only pretend, and pages that must not complain. */
import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type Frame,
  type Locator,
  type Page,
} from 'playwright-core';
import { findChromium } from '../../dev/src/web/chromium.ts';
import { useStack, type Stack } from '../scenarios/support.ts';
import { ROOT } from '../tidy/sources.ts';

const SCREENS = join(ROOT, '.cache/screens');

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/** What only a first request of a cold worker takes. */
const PATIENCE_MS = 30_000;
const TEST_MS = 180_000;

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly language?: string;
}

/** The browser of a test file, and the stack behind it. */
export class TestBrowser {
  readonly stack: Stack;
  readonly #contexts = new Set<BrowserContext>();
  readonly #complaints: string[] = [];
  #browser: Browser | undefined;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  async launch(): Promise<void> {
    const executablePath = findChromium();
    if (executablePath === undefined)
      throw new Error(
        'Chromium is missing. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.',
      );
    this.#browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
  }

  /** Where the phones are. */
  get url(): string {
    return `http://127.0.0.1:${this.stack.info.ports.web}`;
  }

  /** A page of a browser of its own, with nothing remembered. */
  async open(path: string, look: Look = {}): Promise<Page> {
    if (this.#browser === undefined) throw new Error('the browser is there only inside of tests');
    const context = await this.#browser.newContext({
      permissions: ['microphone', 'camera'],
      viewport: { width: look.width ?? 360, height: look.height ?? 740 },
      colorScheme: look.dark === true ? 'dark' : 'light',
      locale: look.language ?? 'en-IN',
      timezoneId: 'Asia/Kolkata',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    this.#contexts.add(context);
    await context.addInitScript(rememberConnections);
    const page = await context.newPage();
    page.on('pageerror', (fault) => this.#complaints.push(fault.message));
    page.on('console', (message) => {
      const { url } = message.location();
      // A refusal is an answer of the backend, and the browser logs every answer that is not 2xx.
      const refused = message.text().startsWith('Failed to load resource') && url.includes('/asia-south1/');
      if (message.type() === 'error' && !refused) this.#complaints.push(`${message.text()} (${url})`);
    });
    await page.goto(`${this.url}${path}`);
    return page;
  }

  /** Whatever the pages had to complain about since the last time. */
  complaints(): string[] {
    return this.#complaints.splice(0);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#contexts].map(async (context) => await context.close()));
    this.#contexts.clear();
  }
}

/** So that tests can measure what the page's connections received. */
function rememberConnections(): void {
  const made: RTCPeerConnection[] = [];
  const Original = globalThis.RTCPeerConnection;
  Object.assign(globalThis, {
    connectionsOfTest: made,
    RTCPeerConnection: class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        made.push(this);
      }
    },
  });
}

/** The browser of a test file; no page of it may complain. */
export function useBrowser(): TestBrowser {
  const browser = new TestBrowser(useStack());
  jest.setTimeout(TEST_MS);
  beforeAll(async () => {
    await browser.stack.control.request('POST', '/web/begin', {});
    await browser.launch();
  }, 60_000);
  afterEach(async () => {
    const complaints = browser.complaints();
    await browser.closeAll();
    browser.complaints();
    expect(complaints).toEqual([]);
  });
  afterAll(async () => await browser.stop());
  return browser;
}

/**
 * Remembers each text that elements of a kind show from now on, in order, also across reloads and if it is gone before
 * anybody could look.
 * @param selector of the elements
 * @returns what was shown so far
 */
export async function remember(page: Page, selector: string): Promise<() => Promise<string[]>> {
  const told: string[] = [];
  const name = `remembered${memories}`;
  memories += 1;
  await page.exposeFunction(name, (text: string) => void told.push(text));
  const watch = { name, selector };
  await page.addInitScript(watchTexts, watch);
  await page.evaluate(watchTexts, watch);
  return async () => {
    // What the page has shown before this answer has been told before it.
    await page.evaluate(() => undefined);
    return [...told];
  };
}

let memories = 0;

/** Runs in the page. */
function watchTexts({ name, selector }: { readonly name: string; readonly selector: string }): void {
  const tell = Reflect.get(globalThis, name) as (text: string) => Promise<void>;
  let before: string[] = [];
  new MutationObserver(() => {
    const now = [...document.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());
    for (const text of now) if (!before.includes(text)) void tell(text);
    before = now;
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

/** Waits until an element has the focus. @throws with what has it instead */
export async function expectFocus(element: Locator): Promise<void> {
  const other = async (): Promise<string | undefined> =>
    await element.evaluate((found) => {
      const focused = document.activeElement;
      return focused === found ? undefined : focused?.outerHTML.slice(0, 200);
    });
  await eventually(other, (seen) => seen === undefined);
}

/** Keeps a picture of a screen for whoever wants to look. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`), animations: 'disabled' });
}

/** What a page, or a frame of one, received by its connections. */
export interface Received {
  readonly audioBytes: number;
  /** Loudness of what was heard, 0 to 1. */
  readonly audioLevel: number;
  readonly audioEnergy: number;
  readonly videoFrames: number;
}

/** @returns sums over all connections so far; the level is that of this moment */
export async function received(page: Page | Frame): Promise<Received> {
  return await page.evaluate(async () => {
    const { connectionsOfTest: made } = globalThis as unknown as { connectionsOfTest: RTCPeerConnection[] };
    const sums = { audioBytes: 0, audioLevel: 0, audioEnergy: 0, videoFrames: 0 };
    for (const connection of made)
      for (const stats of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
        if (stats['type'] !== 'inbound-rtp') continue;
        if (stats['kind'] === 'video') sums.videoFrames += Number(stats['framesDecoded'] ?? 0);
        else {
          sums.audioBytes += Number(stats['bytesReceived'] ?? 0);
          sums.audioLevel = Math.max(sums.audioLevel, Number(stats['audioLevel'] ?? 0));
          sums.audioEnergy += Number(stats['totalAudioEnergy'] ?? 0);
        }
      }
    return sums;
  });
}

/** Waits until something is as it should be. @throws with what it was last */
export async function eventually<T>(look: () => Promise<T>, isRight: (seen: T) => boolean): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (isRight(seen)) return seen;
    if (performance.now() > untilMs) throw new Error(`it stayed at ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits until the other party is heard: bytes that arrive, and sound in them. */
export async function hears(page: Page | Frame): Promise<Received> {
  const before = await received(page);
  return await eventually(
    async () => await received(page),
    (now) =>
      now.audioBytes > before.audioBytes + 1000 && now.audioLevel > 0 && now.audioEnergy > before.audioEnergy,
  );
}
