/** What the functions would have sent to people and providers, kept for tests to look at. */
import type { Request, Router } from 'express';
import { Router as makeRouter } from 'express';
import { z } from 'zod';
import { NO_PUSH_FAULTS, pushStatus, type Injected, type PushFaults } from './faults.ts';
import { InputError, parseInput } from './input.ts';
import type { SentMessage } from './sandbox/messages.ts';

/** Oldest entries go first, so that a long session does not grow without end. */
const MOST_KEPT = 10_000;

const pushSchema = z.strictObject({
  uid: z.string().min(1),
  deviceId: z.string().min(1),
  data: z.record(z.string(), z.string()),
  notification: z.record(z.string(), z.unknown()).optional(),
});

interface Kept<T> {
  readonly item: T & { readonly sentAt: string };
}

/** A list that answers newest first. */
class Recorder<T extends object> {
  readonly #nowMs: () => number;
  #kept: Kept<T>[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(item: T): void {
    this.#kept.push({ item: { ...item, sentAt: new Date(this.#nowMs()).toISOString() } });
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
  }

  newestFirst(matches: (item: T) => boolean = () => true): T[] {
    return this.#kept
      .map(({ item }) => item)
      .filter(matches)
      .toReversed();
  }

  clear(): void {
    this.#kept = [];
  }
}

/** The recorders of one stack. */
export class Recorders {
  readonly #pushes: Recorder<z.infer<typeof pushSchema>>;
  readonly #messages: Recorder<SentMessage>;
  readonly #injected: Injected<keyof PushFaults>;
  #pushFaults: PushFaults = NO_PUSH_FAULTS;

  /** @param nowMs virtual time */
  constructor(nowMs: () => number, injected: Injected<keyof PushFaults>) {
    this.#injected = injected;
    this.#pushes = new Recorder(nowMs);
    this.#messages = new Recorder(nowMs);
  }

  clear(): void {
    for (const recorder of [this.#pushes, this.#messages]) recorder.clear();
    this.refusePushes(NO_PUSH_FAULTS);
  }

  /** What is refused is not recorded. */
  refusePushes(faults: PushFaults): void {
    this.#pushFaults = faults;
  }

  /** Keeps what a provider of the sandbox has taken. */
  addMessage(message: SentMessage): void {
    this.#messages.add(message);
  }

  /** What was sent to a phone, newest first. */
  messagesTo(phone: string): SentMessage[] {
    return this.#messages.newestFirst(({ to }) => to === phone);
  }

  /** The routes that record and the ones that show. */
  router(): Router {
    const router = makeRouter();
    router.post('/internal/pushes', (request, response) => {
      const push = parseInput(pushSchema, request.body);
      const status = pushStatus(this.#pushFaults, push.deviceId, Math.random);
      if (status === 200) this.#pushes.add(push);
      else this.#injected(status === 404 ? 'unregistered' : 'refuse');
      response.status(status).json({});
    });
    router.get('/pushes', (request, response) => {
      const uid = asked(request, 'uid');
      response.json({ items: this.#pushes.newestFirst((push) => uid === undefined || push.uid === uid) });
    });
    router.get('/messages', (request, response) => {
      const to = asked(request, 'to');
      response.json({
        items: this.#messages.newestFirst((message) => to === undefined || message.to === to),
      });
    });
    return router;
  }
}

/** A query parameter. In a URL an unescaped + reads as a space, and phone numbers begin with one. */
function asked(request: Request, name: string): string | undefined {
  const value = request.query[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new InputError(name, 'must be given once');
  return value.replace(/^ /u, '+');
}
