/**
 * Brings a code to a phone. Not through the outbox: no provider knows an idempotency key, so what was tried once is
 * never tried again by itself. The next channel takes over at once when one does not take the code.
 */
import { CodeNotTaken, type CodeChannel } from '../gateways/codes.ts';
import { secBetween } from '../platform/clock.ts';
import { describeFault } from '../platform/log.ts';
import type { AppPorts } from '../ports.ts';
import { phoneHash } from '../users/phoneHash.ts';
import { codeOf } from './code.ts';
import { otps, type Otp } from './documents.ts';
import { movedTo } from './domain/delivery.ts';

type DeliveryPorts = Pick<AppPorts, 'store' | 'clock' | 'ids' | 'log' | 'codes' | 'keys'>;

/** Between the document's id and the message's in the reference that a provider gives back. */
export const REFERENCE_SEPARATOR = '.';

/**
 * @param otp as it was stored, with `sentVia` the first of the channels
 * @returns the channel that took it
 * @throws Error when none did
 */
export async function deliverCode(
  ports: DeliveryPorts,
  otp: Otp,
  channels: readonly CodeChannel[],
): Promise<CodeChannel> {
  let previous: CodeChannel | undefined;
  for (const channel of channels) {
    // A report of the failure may have been faster than the answer, and has sent it by this channel already.
    if (previous !== undefined && !(await moveOn(ports, otp, previous, channel))) return channel;
    if (await sendBy(ports, otp, channel)) return channel;
    previous = channel;
  }
  await noteFailure(ports, otp);
  ports.log.write('ERROR', 'no channel took a code', { count: channels.length });
  throw new Error('no channel took the code');
}

/**
 * Sends by one channel and notes the message's id.
 * @returns false when it was not taken; the reason is in the log
 */
export async function sendBy(ports: DeliveryPorts, otp: Otp, channel: CodeChannel): Promise<boolean> {
  try {
    const { messageId } = await gatewayOf(ports, channel).send({
      to: otp.phone,
      code: codeOf(ports.keys.code(), otp),
      reference: [idOf(ports, otp), otp.sendId].join(REFERENCE_SEPARATOR),
      lifeSec: Math.max(1, Math.floor(secBetween(ports.clock.now(), otp.expiresAt))),
    });
    await noteMessage(ports, otp, channel, messageId);
    return true;
  } catch (fault) {
    const refused = fault instanceof CodeNotTaken ? fault : undefined;
    ports.log.write(
      refused?.operatorMustAct === true ? 'ERROR' : 'WARNING',
      'a channel did not take a code',
      {
        event: channel,
        fault: describeFault(fault),
        ...(refused && { code: refused.providerCode }),
      },
    );
    return false;
  }
}

function gatewayOf({ codes }: DeliveryPorts, channel: CodeChannel) {
  const gateway = codes[channel];
  if (gateway === undefined) throw new Error(`${channel} is not configured`);
  return gateway;
}

function idOf({ keys }: DeliveryPorts, { phone }: Otp): string {
  return phoneHash(keys.phone(), phone);
}

/** The message is out: what cannot be noted of it is a loss for its reports only. */
async function noteMessage(
  ports: DeliveryPorts,
  otp: Otp,
  channel: CodeChannel,
  messageId: string,
): Promise<void> {
  try {
    await changeCurrent(ports, otp, (current) => (current.sentVia === channel ? { messageId } : undefined));
  } catch (fault) {
    ports.log.write('WARNING', 'the id of a message was not stored', { fault: describeFault(fault) });
  }
}

/** @returns false when somebody else has moved this message on */
async function moveOn(ports: DeliveryPorts, otp: Otp, from: CodeChannel, to: CodeChannel): Promise<boolean> {
  const movedBy = ports.ids.random128();
  return changeCurrent(ports, otp, (current) => {
    // Our own commit, whose acknowledgement was lost.
    if (current.movedBy === movedBy) return {};
    return current.sentVia === from ? movedTo(to, current, movedBy) : undefined;
  });
}

/** The same request once more is not told that the code went out. */
async function noteFailure(ports: DeliveryPorts, otp: Otp): Promise<void> {
  await changeCurrent(ports, otp, (current) => ({
    deliveryStatus: 'failed',
    sends: current.sends.filter(({ sendId }) => sendId !== otp.sendId),
  }));
}

/** Changes the document while its latest message is still the one of `otp`. @returns whether it was changed */
async function changeCurrent(
  ports: DeliveryPorts,
  otp: Otp,
  changeOf: (current: Otp) => Partial<Otp> | undefined,
): Promise<boolean> {
  const ref = otps.doc(idOf(ports, otp));
  return ports.store.transaction(async (tx) => {
    const [current] = await tx.getAll(ref);
    const change = current?.sendId === otp.sendId ? changeOf(current) : undefined;
    if (change === undefined) return false;
    if (Object.keys(change).length > 0) tx.update(ref, change);
    return true;
  });
}
