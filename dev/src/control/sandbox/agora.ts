/** Agora as the sandbox plays it: kicking rules over REST, and signed notifications of who comes and goes. */
import { createHmac, randomUUID } from 'node:crypto';
import { Router as makeRouter, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { happens, type Injected } from '../faults.ts';
import type { TaskServer } from '../tasks.ts';

/** Oldest rules go first, so that a long session does not grow without end. */
const MOST_RULES = 10_000;
const DEFAULT_RULE_SEC = 3600;
const GATEWAY_TIMEOUT = 504;

/** What `POST /faults` takes as `agora`. */
export const agoraFaultsSchema = z.strictObject({
  /** Probability 0–1 with which a request is refused. */
  refuse: z.number().min(0).max(1).default(0),
  /** The status then answered. A rule that is answered 504 was made all the same, as a proxy gave up waiting for it. */
  status: z.number().int().min(400).max(599).default(500),
});
export type AgoraFaults = z.infer<typeof agoraFaultsSchema>;
export const NO_AGORA_FAULTS: AgoraFaults = agoraFaultsSchema.parse({});

const ruleSchema = z.looseObject({
  appid: z.string().min(1),
  cname: z.string().min(1).optional(),
  uid: z.number().int().positive().optional(),
  time: z.number().int().min(0).max(1440).optional(),
  time_in_seconds: z.number().int().min(10).max(86_430).optional(),
  privileges: z.array(z.enum(['join_channel', 'publish_audio', 'publish_video'])).min(1),
});
const removalSchema = z.looseObject({ appid: z.string().min(1), id: z.number().int() });

type Rule = z.infer<typeof ruleSchema> & {
  readonly id: number;
  readonly sentAt: string;
  readonly expiresAt: string;
};

interface AgoraPorts {
  /** Virtual time. */
  readonly nowMs: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly webhooks: TaskServer;
  readonly account: { readonly appId: string; readonly customerId: string; readonly customerSecret: string };
  /** Signs notifications. */
  readonly ncsSecret: string;
  readonly injected?: Injected<'refuse'>;
}

/** Somebody comes to a channel, or leaves it. */
export interface ChannelEvent {
  readonly channel: string;
  /** In the channel. */
  readonly uid: number;
  readonly type: 'join' | 'leave';
  readonly reason?: number | undefined;
  readonly clientSeq?: number | undefined;
}

const LONGEST_POST_SEC = 10;

/** One stack's Agora. */
export class AgoraSandbox {
  readonly #ports: AgoraPorts;
  #faults: AgoraFaults = NO_AGORA_FAULTS;
  #rules: Rule[] = [];
  #lastRuleId = 0;
  #lastSeq = 0;
  /** When each uid of a channel came, in seconds. */
  readonly #joinedSec = new Map<string, number>();

  constructor(ports: AgoraPorts) {
    this.#ports = ports;
  }

  /** Applies to requests from now on. */
  misbehave(faults: AgoraFaults): void {
    this.#faults = faults;
  }

  clear(): void {
    this.#rules = [];
    this.#joinedSec.clear();
    this.#faults = NO_AGORA_FAULTS;
  }

  /** Sends a notification about somebody in a channel. @returns what was sent */
  notify({ channel, uid, type, reason, clientSeq }: ChannelEvent): object {
    const nowMs = this.#ports.nowMs();
    const ts = Math.floor(nowMs / 1000);
    const person = `${channel}/${uid}`;
    // Clients number their events by their own clock, which never stands still.
    this.#lastSeq = Math.max(this.#lastSeq + 1, Math.floor(nowMs));
    const joinedSec = this.#joinedSec.get(person);
    const leaving = {
      reason: reason ?? 1,
      ...(joinedSec !== undefined && { duration: Math.max(0, ts - joinedSec) }),
    };
    if (type === 'join') this.#joinedSec.set(person, ts);
    const eventType = type === 'join' ? 103 : 104;
    const notification = {
      noticeId: `${randomUUID()}:${eventType}`,
      productId: 1,
      eventType,
      notifyMs: Math.floor(nowMs),
      sid: randomUUID().replaceAll('-', '').toUpperCase(),
      payload: {
        channelName: channel,
        uid,
        platform: 1,
        clientSeq: clientSeq ?? this.#lastSeq,
        ts,
        ...(type === 'leave' && leaving),
      },
    };
    this.#post(notification);
    return notification;
  }

  #post(notification: object): void {
    const body = Buffer.from(JSON.stringify(notification));
    const sign = (algorithm: string) =>
      createHmac(algorithm, this.#ports.ncsSecret).update(body).digest('hex');
    this.#ports.webhooks.create({
      name: `webhooks/agora/${randomUUID()}`,
      queue: 'agora',
      body,
      headers: {
        'content-type': 'application/json',
        'agora-signature': sign('sha1'),
        'agora-signature-v2': sign('sha256'),
      },
      scheduledMs: this.#ports.nowMs(),
      deadlineSec: LONGEST_POST_SEC,
    });
  }

  /** The routes below `/agora`: Agora's own, and the list for tests. */
  router(): Router {
    const router = makeRouter();
    router.get('/rules', (_request, response) => {
      response.json({ items: this.#rules.toReversed() });
    });
    router.use('/dev/v1', (request, response, next) => {
      if (this.#admits(request, response)) next();
    });
    router.post('/dev/v1/kicking-rule', (request, response) => this.#create(request, response));
    router.get('/dev/v1/kicking-rule', (_request, response) => {
      response.json({ status: 'success', rules: this.#inForce().map(listed) });
    });
    router.delete('/dev/v1/kicking-rule', (request, response) => this.#remove(request, response));
    return router;
  }

  /** Refuses in Agora's manner: who asks, in what form, for which project; then by chance. */
  #admits(request: Request, response: Response): boolean {
    const { customerId, customerSecret, appId } = this.#ports.account;
    const basic = Buffer.from(`${customerId}:${customerSecret}`).toString('base64');
    response.setHeader('X-Request-ID', randomUUID());
    const refuse = (status: number, message: string): boolean => {
      response.status(status).json({ message });
      return false;
    };
    if (request.header('authorization') !== `Basic ${basic}`)
      return refuse(401, 'Invalid authentication credentials');
    if (request.method !== 'GET' && request.is('application/json') === false)
      return refuse(415, 'Unsupported Media Type');
    const asked = request.method === 'GET' ? request.query['appid'] : (request.body as Rule).appid;
    if (asked !== appId) return refuse(400, 'invalid appid');
    const { refuse: probability, status } = this.#faults;
    const refused = happens(probability, this.#ports.random);
    if (refused && status === GATEWAY_TIMEOUT && request.method === 'POST') {
      this.#keep(request.body);
      this.#ports.injected?.('refuse');
      return refuse(status, 'The server timed out');
    }
    // The list still answers when only the making of rules is slow.
    if (refused && (status !== GATEWAY_TIMEOUT || request.method !== 'GET')) {
      this.#ports.injected?.('refuse');
      return refuse(status, 'Internal server error');
    }
    return true;
  }

  #create(request: Request, response: Response): void {
    const kept = this.#keep(request.body);
    if (typeof kept === 'string') response.status(400).json({ message: kept });
    else response.json({ status: 'success', id: kept.id });
  }

  /** @returns the rule, or what is wrong with it */
  #keep(body: unknown): Rule | string {
    const parsed = ruleSchema.safeParse(body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'is not valid'}`;
    }
    const { data } = parsed;
    if (data.cname === undefined && data.uid === undefined) return 'cname, uid or ip is required';
    const nowMs = this.#ports.nowMs();
    const seconds = data.time_in_seconds ?? (data.time === undefined ? DEFAULT_RULE_SEC : data.time * 60);
    const rule: Rule = {
      ...data,
      id: (this.#lastRuleId += 1),
      sentAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + seconds * 1000).toISOString(),
    };
    this.#rules.push(rule);
    if (this.#rules.length > MOST_RULES) this.#rules.shift();
    return rule;
  }

  #remove(request: Request, response: Response): void {
    const parsed = removalSchema.safeParse(request.body);
    const known = parsed.success && this.#rules.some(({ id }) => id === parsed.data.id);
    if (!parsed.success || !known) {
      response.status(404).json({ message: 'rule not found' });
      return;
    }
    this.#rules = this.#rules.filter(({ id }) => id !== parsed.data.id);
    response.json({ status: 'success', id: parsed.data.id });
  }

  #inForce(): Rule[] {
    const nowMs = this.#ports.nowMs();
    return this.#rules.filter(({ expiresAt }) => Date.parse(expiresAt) > nowMs);
  }
}

/** A rule as Agora lists it. */
function listed({ id, appid, cname, uid, privileges, sentAt, expiresAt }: Rule): object {
  return {
    id,
    appid,
    uid: uid ?? 0,
    opid: id,
    cname: cname ?? null,
    ip: null,
    ts: expiresAt,
    privileges,
    createAt: sentAt,
    updateAt: sentAt,
  };
}
