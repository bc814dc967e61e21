/** Sends a code: the same way, with the same answers, for phones that are known and phones that are not. */
import type { z } from 'zod';
import type { CodeChannel, CodeGateways } from '../gateways/codes.ts';
import { invariant } from '../platform/errors.ts';
import type { Visitor } from '../platform/operation.ts';
import type { AppPorts } from '../ports.ts';
import type { Limits } from '../settings.ts';
import { phoneHash } from '../users/phoneHash.ts';
import { canDerive, codeHashOf, codeOf } from './code.ts';
import type { requestOtpContract } from './contract.ts';
import { deliverCode } from './deliverCode.ts';
import { otps, type Otp, type Send } from './documents.ts';
import { isActive, isLocked, sendBefore, withSend } from './domain/otp.ts';
import { normalisePhone } from './phone.ts';
import { countSend, sendCounters } from './sendLimits.ts';

export type SendInput = z.output<typeof requestOtpContract.input>;
export type SendOutput = z.input<typeof requestOtpContract.output>;

/** In order of preference. */
const CHANNELS: readonly CodeChannel[] = ['whatsapp', 'sms'];

/** In what the two operations differ. */
export interface SendKind {
  /** The operation's name. */
  readonly operation: string;
  /** Whether a code that is under way is sent again instead of a new one. */
  readonly repeats: boolean;
}

/**
 * Four reads and four writes, one more write for the provider's id of the message.
 * @throws Refusal PHONE_INVALID, RATE_LIMITED; an Error when no channel takes the code
 */
export async function sendOtp(
  ports: AppPorts,
  kind: SendKind,
  input: SendInput,
  { address }: Pick<Visitor, 'address'>,
): Promise<SendOutput> {
  const phone = await normalisePhone(input.phone);
  const channels = channelsFor(ports.codes, input.channel);
  const { limits } = await ports.settings();
  const { send, otp } = await grant(ports, kind, { ...input, phone, address, channel: channels[0], limits });
  const channel = otp === undefined ? send.channel : await deliverCode(ports, otp, channels);
  return { channel, expiresAt: send.expiresAt.toISOString(), resendAt: send.resendAt.toISOString() };
}

/**
 * The channels to try: the one that was asked for, or else the preferred one, first.
 * @throws Error when this deployment has none
 */
function channelsFor(
  codes: CodeGateways,
  asked: CodeChannel | undefined,
): readonly [CodeChannel, ...CodeChannel[]] {
  const [first, ...others] = CHANNELS.filter((channel) => codes[channel] !== undefined).toSorted(
    (a, b) => Number(b === asked) - Number(a === asked),
  );
  if (first === undefined) throw new Error('no channel for codes is configured');
  return [first, ...others];
}

interface Wish {
  readonly phone: string;
  readonly address: string;
  readonly channel: CodeChannel;
  readonly requestId?: string | undefined;
  readonly limits: Limits;
}

interface Granted {
  readonly send: Send;
  /** What to deliver; undefined for a repetition, and for a phone that is locked. */
  readonly otp: Otp | undefined;
}

/** Counts the send and stores its code. @throws Refusal RATE_LIMITED */
async function grant(ports: AppPorts, { operation, repeats }: SendKind, wish: Wish): Promise<Granted> {
  const { phone, channel, limits } = wish;
  const requestId = wish.requestId ?? null;
  const fresh = freshCode(ports, phone);
  const sendId = ports.ids.random128();
  const ref = otps.doc(phoneHash(ports.keys.phone(), phone));
  const counters = sendCounters(ports.keys.phone(), wish, limits);
  return ports.store.transaction(async (tx) => {
    const [stored, ...counts] = await tx.getAll(ref, ...counters.map((counter) => counter.ref));
    const now = ports.clock.now();
    // Our own commit, whose acknowledgement was lost: nobody else delivers it.
    const own = stored?.sendId === sendId ? stored.sends.at(-1) : undefined;
    if (own !== undefined) return { send: own, otp: isLocked(stored, now) ? undefined : stored };
    const before = sendBefore(stored, operation, requestId);
    if (before !== undefined) return { send: before, otp: undefined };
    for (const counter of countSend(counters, counts, now)) tx.set(counter.ref, counter.data);
    const again =
      repeats && stored !== undefined && isActive(stored, now) && canDerive(ports.keys.code(), stored);
    const otp = withSend(stored, { operation, requestId, phone, channel, sendId, fresh, again }, limits, now);
    tx.set(ref, otp);
    const send = otp.sends.at(-1);
    invariant(send !== undefined, 'a send that was granted is noted');
    return { send, otp: isLocked(stored, now) ? undefined : otp };
  });
}

function freshCode(ports: AppPorts, phone: string): Pick<Otp, 'nonce' | 'codeHash'> {
  const key = ports.keys.code();
  const nonce = ports.ids.random128();
  const codeHash = codeHashOf(key, { phone, nonce }, codeOf(key, { phone, nonce }));
  return { nonce, codeHash };
}
