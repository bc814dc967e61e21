/** Agora's notifications: who may send them, and what they tell of a channel. */
import { z } from 'zod';
import { isSignedByAny } from '../../platform/signature.ts';
import type { MediaNotice } from '../media.ts';

/**
 * Whether Agora has sent this.
 * @param secrets one, or two of them separated by white space while it is being changed
 * @param headers.v2 `Agora-Signature-V2`, hex of HMAC-SHA256
 * @param headers.v1 `Agora-Signature`, hex of HMAC-SHA1; looked at only where there is no `v2`
 */
export function isFromAgora(
  secrets: string,
  raw: Buffer,
  { v2, v1 }: { readonly v2: string | undefined; readonly v1: string | undefined },
): boolean {
  if (v2 !== undefined) return isHex(v2, 64) && isSignedByAny({ algorithm: 'sha256', secrets, raw, hex: v2 });
  return v1 !== undefined && isHex(v1, 40) && isSignedByAny({ algorithm: 'sha1', secrets, raw, hex: v1 });
}

/** What follows the digits of a signature would be dropped by the decoder, so nothing may follow. */
function isHex(text: string, length: number): boolean {
  return text.length === length && /^[0-9a-f]+$/iu.test(text);
}

/** Audio and video; the other products (recording and the like) notify the same address. */
const RTC = 1;
/** Live profile: broadcaster 103, audience 105. Communication profile: 107, or 103 from SDK 4 on. */
const JOINS: readonly number[] = [103, 105, 107];
const LEAVES: readonly number[] = [104, 106, 108];

/** Comes and goes too often. Agora asks to remove them a minute later; else it may keep silent about them. */
const UNSTABLE = 999;
/** Why somebody left, from Agora's documentation. */
const REASONS: Readonly<Record<number, string>> = {
  0: 'unknown',
  1: 'left',
  2: 'connection timeout',
  3: 'removed',
  4: 'server change',
  5: 'other device',
  9: 'address change',
  10: 'network change',
  [UNSTABLE]: 'unstable',
};
/** These are followed by a join that the SDK or another device of the same person makes. */
const PASSING: readonly number[] = [4, 5, 9, 10];

const seconds = z.number().int().nonnegative().max(4_102_444_800);
const noticeSchema = z.object({
  productId: z.literal(RTC),
  eventType: z.number().int(),
  payload: z.object({
    channelName: z.string(),
    uid: z.number().int(),
    clientSeq: z.number().nonnegative(),
    ts: seconds,
    reason: z.number().int().optional(),
    duration: seconds.optional(),
  }),
});

/** @returns what a notification tells of somebody's coming and going; undefined for all others */
export function noticeOf(event: unknown): MediaNotice | undefined {
  const parsed = noticeSchema.safeParse(event);
  if (!parsed.success) return undefined;
  const { eventType, payload } = parsed.data;
  const { channelName: channel, uid, clientSeq: seq, ts, reason = 0, duration } = payload;
  const common = { channel, uid, seq, at: new Date(ts * 1000) };
  if (JOINS.includes(eventType)) return { ...common, event: 'join' };
  if (!LEAVES.includes(eventType)) return undefined;
  return {
    ...common,
    event: 'leave',
    reason: REASONS[reason] ?? 'unknown',
    passing: PASSING.includes(reason),
    ...(reason === UNSTABLE && { unstable: true }),
    ...(duration !== undefined && { staySec: duration }),
  };
}
