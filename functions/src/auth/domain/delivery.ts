/** What becomes of a message with a code: providers report late, twice and out of order. */
import type { DeliveryStatus, Otp } from '../documents.ts';
import { isActive, isLocked } from './otp.ts';

/** One report about one message. */
export interface Report {
  readonly messageId: string;
  /** Which message it is, when the provider has given our reference back. */
  readonly sendId: string | undefined;
  readonly status: Exclude<DeliveryStatus, 'pending'>;
}

/** Statuses only move to a later one. */
const RANK: Readonly<Record<DeliveryStatus, number>> = {
  pending: 0,
  sent: 1,
  failed: 2,
  delivered: 2,
  read: 3,
};

/** How a report changes the document. */
export interface Reported {
  readonly change: Partial<Otp>;
  /** The code has to go out by SMS now, and whoever commits this change is the one to send it. */
  readonly sendBySms: boolean;
}

/**
 * @param hasSms whether there is an SMS channel to fall back to
 * @param by whose work this is
 * @returns undefined when the report is of an older message, or tells nothing new
 */
export function applyReport(
  otp: Otp,
  report: Report,
  { hasSms, by }: { readonly hasSms: boolean; readonly by: string },
  now: Date,
): Reported | undefined {
  if (!concerns(otp, report) || !isLater(otp.deliveryStatus, report.status)) return undefined;
  const failed = report.status === 'failed';
  if (failed && hasSms && isActive(otp, now) && !isLocked(otp, now))
    return { change: movedTo('sms', otp, by), sendBySms: true };
  return { change: { deliveryStatus: report.status, messageId: report.messageId }, sendBySms: false };
}

/**
 * The change by which a message that one channel did not take goes on by another.
 * @param movedBy whose work this is
 */
export function movedTo(channel: Otp['sentVia'], otp: Otp, movedBy: string): Partial<Otp> {
  const sends = otp.sends.map((send) => (send.sendId === otp.sendId ? { ...send, channel } : send));
  return { sentVia: channel, messageId: null, deliveryStatus: 'pending', movedBy, sends };
}

/** Only WhatsApp reports; what was sent by SMS meanwhile is no longer its message. */
function concerns(otp: Otp, { sendId, messageId }: Report): boolean {
  if (otp.sentVia !== 'whatsapp') return false;
  return sendId === undefined ? otp.messageId === messageId : otp.sendId === sendId;
}

/** What has failed stays so, and what has arrived cannot fail any more. */
function isLater(from: DeliveryStatus, to: DeliveryStatus): boolean {
  return from !== 'failed' && RANK[to] > RANK[from];
}
