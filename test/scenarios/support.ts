/** What every scenario needs: the running stack, people with phones, calls brought to a state, and the books. */
import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import { collection, doc, getDoc, getDocs, limit, orderBy, query, setLogLevel } from 'firebase/firestore';
import { randomUUID } from 'node:crypto';
import type { CallsEndOutput, CallsStartOutput, Media } from '../../client/src/index.ts';
import { controlOf, type Control, type ReadyInfo, type RecordedPush } from '../../dev/src/phone/control.ts';
import { openPhone, type Phone } from '../../dev/src/phone/phone.ts';
import type { Entry, Wallet } from '../../functions/src/ledger/documents.ts';
import { postingsSum, walletDifferences } from '../../functions/src/ledger/domain/books.ts';
import { REFUSALS, type Reason } from '../../functions/src/platform/errors.ts';
import { refusalOf } from './seenRefusal.ts';

/** A rule that forbids joining a channel, as Agora was told. */
export interface KickingRule {
  readonly cname: string;
  /** Whom alone it concerns. */
  readonly uid?: number;
  readonly time_in_seconds: number;
  readonly privileges: readonly string[];
}

/** The stack under test. Its members answer from `beforeAll` on. */
export class Stack {
  #control: Control | undefined;
  #info: ReadyInfo | undefined;
  readonly #phones: Phone[] = [];

  get control(): Control {
    if (this.#control === undefined) throw new Error('the stack is there only inside of tests');
    return this.#control;
  }

  get info(): ReadyInfo {
    if (this.#info === undefined) throw new Error('the stack is there only inside of tests');
    return this.#info;
  }

  /** @throws when no stack runs */
  async open(): Promise<void> {
    const url = process.env['EARSHOT_CONTROL_URL'];
    if (url === undefined || url === '') {
      throw new Error('Set EARSHOT_CONTROL_URL to the control API of a running stack, or use "npm test".');
    }
    this.#control = controlOf(url);
    await this.control.request('POST', '/reset', {});
    this.#info = await this.control.ready();
  }

  /** Back to a clock that ticks and queues that behave. */
  async putRight(): Promise<void> {
    await this.control.clearFaults();
    await this.resume();
  }

  /** Closes every phone. */
  async close(): Promise<void> {
    await Promise.all(this.#phones.splice(0).map(async (phone) => phone.close()));
  }

  /** Opens a phone that is closed with the stack. */
  async phone(customToken?: string): Promise<Phone> {
    const phone = await openPhone(this.info, customToken);
    this.#phones.push(phone);
    return phone;
  }

  /** A second phone of the same person. */
  async secondPhoneOf(person: SignedIn): Promise<Phone> {
    return this.phone(person.customToken);
  }

  /** One funded caller and one listener who is online. */
  async pair(coins = 500): Promise<Pair> {
    const people = await this.people({ listeners: 1, callers: 1, coins });
    const [callee, caller] = people;
    if (callee === undefined || caller === undefined) throw new Error('the seed made nobody');
    return { caller, callee };
  }

  /** New people, each with a phone: listeners first. */
  async people(seed: { listeners: number; callers: number; coins: number }): Promise<SignedIn[]> {
    const seeded = await this.control.seed(seed);
    return Promise.all(
      seeded.map(async ({ customToken }) => ({ ...(await this.phone(customToken)), customToken })),
    );
  }

  /** An operator with a fresh token. */
  async operator(): Promise<Phone> {
    const [person] = await this.people({ listeners: 0, callers: 1, coins: 0 });
    if (person === undefined) throw new Error('the seed made nobody');
    await this.control.grant(person.uid, 'admin');
    await person.idToken(true);
    return person;
  }

  /** Stops the clock where it is; `at` first moves it to that second of the minute. Sweeps run at second 0. */
  async freeze(atSecond?: number): Promise<void> {
    await this.control.request('POST', '/clock/freeze', {});
    if (atSecond === undefined) return;
    const nowSec = (await this.control.now()).getTime() / 1000;
    await this.control.advance((60 + atSecond - (nowSec % 60)) % 60);
  }

  async resume(): Promise<void> {
    await this.control.request('POST', '/clock/resume', {});
  }

  /** Kicking rules of a channel, newest first. */
  async rulesOf(channel: string): Promise<KickingRule[]> {
    return (await this.rules()).filter(({ cname }) => cname === channel);
  }

  /** Kicking rules of all channels, newest first. */
  async rules(): Promise<KickingRule[]> {
    const { items } = await this.control.request<{ items: KickingRule[] }>('GET', '/agora/rules');
    return items;
  }

  /** Pushes that a person got of one type, newest first. */
  async pushesOf(uid: string, type: string): Promise<RecordedPush[]> {
    await this.control.idle();
    return (await this.control.pushes(uid)).filter(({ data }) => data['type'] === type);
  }

  /** Writes a document with an administrator's rights, in Firestore's REST notation. */
  async writeAsAdmin(path: string, fields: Record<string, unknown>): Promise<void> {
    const { projectId, ports } = this.info;
    const url = `http://127.0.0.1:${ports.firestore}/v1/projects/${projectId}/databases/(default)/documents/${path}`;
    const answer = await fetch(url, {
      method: 'PATCH',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify({ fields }),
    });
    if (!answer.ok) throw new Error(`writing ${path} answered ${answer.status}`);
  }
}

/** The stack of a test file: emptied before the first test, its clock and queues put right after each. */
export function useStack(): Stack {
  const stack = new Stack();
  // Refusals that a scenario provokes are warnings; a phone hears by the errors that its stream is broken.
  setLogLevel('error');
  // A cold worker or a lock of the emulator may take seconds.
  jest.setTimeout(30_000);
  beforeAll(async () => stack.open(), 60_000);
  afterEach(async () => stack.putRight());
  afterAll(async () => stack.close(), 60_000);
  return stack;
}

export interface SignedIn extends Phone {
  readonly customToken: string;
}

export interface Pair {
  readonly caller: SignedIn;
  readonly callee: SignedIn;
}

/** What joins a channel of Agora, which every scenario does that does not say otherwise. */
export type AgoraMedia = Extract<Media, { provider: 'agora' }>;

/** @throws when it is the media of another provider */
export function agoraOf(media: Media): AgoraMedia {
  if (media.provider !== 'agora') throw new Error(`the media is of ${media.provider}`);
  return media;
}

/** A call that rings. */
export interface StartedCall extends Pair {
  readonly callId: string;
  readonly started: CallsStartOutput;
}

/** A call that the callee took, by whatever media. */
export interface TakenCall extends StartedCall {
  readonly media: Media;
  readonly acceptRequestId: string;
}

/** A call that the callee took, in a channel of Agora. */
export interface AcceptedCall extends TakenCall {
  readonly media: AgoraMedia;
}

/** A call in which both talk. */
export interface ConnectedCall extends AcceptedCall {
  readonly connectedAt: Date;
  readonly grantedUntil: Date;
}

export interface CallWish {
  readonly coins?: number;
  readonly type?: 'audio' | 'video';
  /** People who exist already. */
  readonly pair?: Pair;
}

/** The caller rings the callee. */
export async function startedCall(stack: Stack, wish: CallWish = {}): Promise<StartedCall> {
  const pair = wish.pair ?? (await stack.pair(wish.coins));
  const started = await pair.caller.earshot.calls.start({
    calleeId: pair.callee.uid,
    type: wish.type ?? 'audio',
    requestId: randomUUID(),
  });
  return { ...pair, callId: started.callId, started };
}

/** … and the callee accepts. */
export async function takenCall(stack: Stack, wish: CallWish = {}): Promise<TakenCall> {
  const call = await startedCall(stack, wish);
  const { callId } = call;
  const acceptRequestId = randomUUID();
  const { media } = await call.callee.earshot.calls.accept({ callId, requestId: acceptRequestId });
  return { ...call, media, acceptRequestId };
}

/** … which is one of Agora. */
export async function acceptedCall(stack: Stack, wish: CallWish = {}): Promise<AcceptedCall> {
  const call = await takenCall(stack, wish);
  return { ...call, media: agoraOf(call.media) };
}

/** … and both join, the caller last. */
export async function connectedCall(stack: Stack, wish: CallWish = {}): Promise<ConnectedCall> {
  const call = await acceptedCall(stack, wish);
  const { callId } = call;
  await call.callee.earshot.calls.joined({ callId });
  const joined = await call.caller.earshot.calls.joined({ callId });
  expect(joined.state).toBe('ongoing');
  return {
    ...call,
    connectedAt: new Date(joined.connectedAt ?? Number.NaN),
    grantedUntil: new Date(joined.grantedUntil ?? Number.NaN),
  };
}

/** Hangs up. */
export async function hangUp(phone: Phone, callId: string): Promise<CallsEndOutput> {
  return phone.earshot.calls.end({ callId });
}

/** The refusal as an SDK sees it: the code of its reason, `details.reason`, and the details named. */
export async function expectRefusal(
  promise: Promise<unknown>,
  reason: Reason,
  details: Record<string, unknown> = {},
): Promise<void> {
  expect(await refusalOf(promise)).toEqual({
    code: REFUSALS[reason].code,
    details: expect.objectContaining({ reason, ...details }),
  });
}

/** A document as its reader gets it by the SDK. */
export async function readDocument<T>(phone: Phone, path: string): Promise<T> {
  const found = await getDoc(doc(phone.db, path));
  const data = found.data();
  if (data === undefined) throw new Error(`there is no ${path}`);
  return data as T;
}

const MOST_ENTRIES = 50;

/** The owner's wallet; fails when it is not the replay of its entries. */
export async function books(owner: Phone): Promise<Wallet> {
  const wallet = await readDocument<Wallet>(owner, `wallets/${owner.uid}`);
  const newest = query(
    collection(owner.db, `wallets/${owner.uid}/entries`),
    orderBy('createdAt', 'desc'),
    limit(MOST_ENTRIES),
  );
  const entries = (await getDocs(newest)).docs.map((entry) => entry.data() as Entry);
  expect(entries.length).toBeLessThan(MOST_ENTRIES);
  expect(walletDifferences(wallet, entries)).toEqual([]);
  expect(entries.map(postingsSum).filter(({ coin, earned }) => coin !== 0 || earned !== 0)).toEqual([]);
  const coins = entries.filter(({ asset }) => asset === 'coin').reduce((sum, { amount }) => sum + amount, 0);
  expect(coins).toBe(wallet.coins.available);
  return wallet;
}

/** What a finished call must have left behind. */
export interface Ending {
  readonly endReason: string;
  readonly endedBy?: string;
  readonly durationSec?: number;
  readonly billedMinutes?: number;
  /** What the caller paid; 0 by default, which also means that the listener earned nothing. */
  readonly spent?: number;
  readonly earned?: number;
  readonly endedAt?: Date;
}

/**
 * Checks the call document as both read it, both wallets, that nothing is held, and the books. For people whose only
 * call this was, with `coins` at the start.
 */
export async function expectEnded(call: StartedCall, coins: number, ending: Ending): Promise<void> {
  const { caller, callee, callId } = call;
  for (const phone of [caller, callee]) {
    const document = await readDocument<Record<string, unknown>>(phone, `calls/${callId}`);
    expect(document).toMatchObject({
      state: 'ended',
      endReason: ending.endReason,
      durationSec: ending.durationSec ?? 0,
      billedMinutes: ending.billedMinutes ?? 0,
    });
    const answer = await phone.earshot.calls.get({ callId });
    if (ending.endedBy !== undefined) expect(answer.receipt?.endedBy).toBe(ending.endedBy);
    if (ending.endedAt !== undefined) expect(answer.call.endedAt).toBe(ending.endedAt.toISOString());
    expect(await phone.earshot.calls.ongoing()).toEqual({ call: null });
  }
  const spent = ending.spent ?? 0;
  const payer = await books(caller);
  expect(payer.coins).toMatchObject({ available: coins - spent, held: 0, spent });
  expect(payer.holds).toEqual({});
  const earner = await books(callee);
  expect(earner.earnings.total).toBe(ending.earned ?? 0);
  expect(earner.coins.held).toBe(0);
}

interface AgoraToken {
  readonly appId: Buffer;
  readonly expire: number;
  readonly services: readonly object[];
  from_string(token: string): boolean;
}

/** What a media token says, read with Agora's own package. Times are seconds from its issue. */
export function readToken(token: string) {
  const { AccessToken2 } = jest.requireActual<{
    AccessToken2: new (...parts: readonly unknown[]) => AgoraToken;
  }>('agora-token/src/AccessToken2');
  const opened = new AccessToken2('', '', 0, 0);
  expect(opened.from_string(token)).toBe(true);
  const said = new Map<string, unknown>(opened.services.flatMap((service) => Object.entries(service)));
  return {
    appId: String(opened.appId),
    channel: String(said.get('__channel_name')),
    uid: String(said.get('__uid')),
    expireSec: opened.expire,
    privilegeSecs: Object.values(said.get('__privileges') ?? {}),
  };
}

/** Checks that a channel was closed by one rule, for `seconds`. */
export async function expectClosed(stack: Stack, channel: string, seconds: number): Promise<void> {
  await stack.control.idle();
  expect(await stack.rulesOf(channel)).toEqual([
    expect.objectContaining({ cname: channel, time_in_seconds: seconds, privileges: ['join_channel'] }),
  ]);
}

/** @returns the instant `seconds` after `at` */
export function plusSec(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
