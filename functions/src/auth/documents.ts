/** otps/{phoneHash}: the one code of a phone, how it was sent, and who has guessed wrong. */
import { z } from 'zod';
import { defineCollection, defineQuery } from '../platform/store/collection.ts';

const channelSchema = z.enum(['whatsapp', 'sms']);

/** What providers tell of a message; `pending` until they tell anything. */
export const deliveryStatusSchema = z.enum(['pending', 'sent', 'delivered', 'read', 'failed']);
export type DeliveryStatus = z.infer<typeof deliveryStatusSchema>;

/** One accepted request for a code, so that its repetition is answered alike and sends nothing. */
const sendSchema = z.object({
  sendId: z.string(),
  operation: z.string(),
  requestId: z.string().nullable(),
  channel: channelSchema,
  expiresAt: z.date(),
  resendAt: z.date(),
});
export type Send = z.infer<typeof sendSchema>;

export const otpSchema = z.looseObject({
  /** E.164: where the code goes when the first channel fails later. */
  phone: z.string(),
  /** The code is derived from it with a key that is not stored here. */
  nonce: z.string(),
  /** Keyed hash of the code, bound to phone, purpose and nonce. */
  codeHash: z.string(),
  expiresAt: z.date(),
  triesLeft: z.number().int(),
  usedAt: z.date().nullable(),
  /** The `requestId` of whoever used the code: their repetition is answered again. */
  usedBy: z.string().nullable(),
  /** Wrong tries of the last 24 hours, oldest first, whichever code they were meant for. */
  wrongTries: z.array(z.date()),
  lockedUntil: z.date().nullable(),
  /** The latest, newest last. */
  sends: z.array(sendSchema),
  /** Of the latest message; part of the reference that its provider gives back. */
  sendId: z.string(),
  /** The channel that the latest message went by, or is going by. */
  sentVia: channelSchema,
  /** The provider's id of the latest message, once it has one. */
  messageId: z.string().nullable(),
  deliveryStatus: deliveryStatusSchema,
  /** Which work has moved the message on to another channel, so that it knows its own commit again. */
  movedBy: z.string().nullable().default(null),
  /** For the TTL policy: beyond every lock and every window. */
  expireAt: z.date(),
});
export type Otp = z.infer<typeof otpSchema>;
export const otps = defineCollection('otps/{}', otpSchema);

/** For reports that carry no reference of ours. */
export const otpsByMessage = defineQuery({
  name: 'otpsByMessage',
  collection: otps,
  scope: 'collection',
  filters: [{ field: 'messageId', op: 'in' }],
  orderBy: [],
});
