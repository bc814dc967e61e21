/** Reading calls: one by id, the open one, and the price list. */
import type { z } from 'zod';
import { wallets } from '../ledger/documents.ts';
import { packagesOnSale } from '../payments/packages.ts';
import type { Actor } from '../platform/actor.ts';
import type { AppPorts } from '../ports.ts';
import { users } from '../users/documents.ts';
import type { callOutput, getContract, ratesContract } from './contract.ts';
import { calls, type Call, type Party } from './documents.ts';
import { partyOf, receiptOf } from './domain/receipt.ts';
import { readAsParticipant } from './participant.ts';

/** A call as its participant sees it. */
export function callView(callId: string, call: Call, role: Party): z.input<typeof callOutput> {
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    callId,
    role,
    callerId: call.callerId,
    calleeId: call.calleeId,
    caller: call.caller,
    callee: call.callee,
    type: call.type,
    state: call.state,
    endReason: call.endReason,
    coinsPerMinute: call.coinsPerMinute,
    createdAt: call.createdAt.toISOString(),
    ringExpiresAt: call.ringExpiresAt.toISOString(),
    acceptedAt: iso(call.acceptedAt),
    connectedAt: iso(call.connectedAt),
    grantedUntil: iso(call.grantedUntil),
    final: call.final,
    endedAt: iso(call.endedAt),
    durationSec: call.durationSec,
    billedMinutes: call.billedMinutes,
  };
}

/** @throws Refusal NOT_FOUND */
export async function getCall(ports: AppPorts, actor: Actor, { callId }: z.output<typeof getContract.input>) {
  const { call, party } = await readAsParticipant(ports, actor, callId);
  const receipt = receiptOf(call, party);
  return { call: callView(callId, call, party), ...(receipt && { receipt }) };
}

/** The open call of this person; `null` when there is none. */
export async function ongoingCall({ store }: AppPorts, actor: Actor) {
  const [me, wallet] = await store.getAll(users.doc(actor.uid), wallets.doc(actor.uid));
  actor.admit(me);
  const callId = wallet?.openCallId ?? null;
  if (callId === null) return { call: null };
  const [call] = await store.getAll(calls.doc(callId));
  const role = call && partyOf(call, actor.uid);
  return {
    call:
      call === undefined || role === undefined || call.state === 'ended'
        ? null
        : callView(callId, call, role),
  };
}

/** The public price list, from the settings in force. */
export async function callRates(ports: AppPorts): Promise<z.input<typeof ratesContract.output>> {
  const { pricing, limits } = await ports.settings();
  const { audio, video, freeSeconds, earningCoinPaise } = pricing;
  const rate = ({ coinsPerMinute, minimumCoins }: typeof audio) => ({ coinsPerMinute, minimumCoins });
  return {
    rates: { audio: rate(audio), video: rate(video), freeSeconds, maxMinutes: limits.maxCallMinutes },
    packages: packagesOnSale(pricing),
    earnings: {
      audio: { earnedPerMinute: audio.earnedPerMinute },
      video: { earnedPerMinute: video.earnedPerMinute },
      earningCoinPaise,
    },
  };
}
