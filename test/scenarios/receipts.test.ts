/** What a receipt says of how the call went, for every way in which a call ends and for both who read it. */
import { describe, expect, it } from '@jest/globals';
import type { Receipt } from '../../client/src/index.ts';
import { agoraSeesBoth, agoraTells, useAgora } from './agoraHelpers.ts';
import {
  acceptedCall,
  connectedCall,
  hangUp,
  startedCall,
  type ConnectedCall,
  type StartedCall,
} from './support.ts';

const { stack } = useAgora();

const words = ({ evidence }: Receipt): string[] =>
  evidence.map(({ party, event, source, reason }) =>
    [party, event, `(${source})`, reason].filter(Boolean).join(' '),
  );

async function receiptsOf({ caller, callee, callId }: StartedCall): Promise<[Receipt, Receipt]> {
  const read = async (phone: typeof caller): Promise<Receipt> => {
    const { receipt } = await phone.earshot.calls.get({ callId });
    if (receipt === undefined) throw new Error('the call has no receipt');
    return receipt;
  };
  return [await read(caller), await read(callee)];
}

const COMMON = 'billedMinutes,connectedAt,durationSec,endReason,endedAt,endedBy,evidence';
const keys = (receipt: Receipt, common: string): string[] =>
  Object.keys(receipt)
    .filter((key) => !common.split(',').includes(key))
    .toSorted();

/** Checks what both receipts have alike, and that each shows the amounts of its reader alone. */
async function expectReceipts(call: StartedCall, ending: object, evidence: string[]): Promise<void> {
  const [ofCaller, ofCallee] = await receiptsOf(call);
  expect(words(ofCaller)).toEqual(evidence);
  expect(ofCallee.evidence).toEqual(ofCaller.evidence);
  const times = ofCaller.evidence.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
  for (const receipt of [ofCaller, ofCallee]) expect(receipt).toMatchObject(ending);
  expect(keys(ofCaller, COMMON)).toEqual(['coinsPerMinute', 'coinsReleased', 'coinsSpent']);
  expect(keys(ofCallee, COMMON)).toEqual(['earnedCoins']);
  const { billedMinutes } = ofCaller;
  expect([ofCaller.coinsSpent, ofCallee.earnedCoins]).toEqual([billedMinutes * 10, billedMinutes * 15]);
}

const ACCEPTED = 'callee accepted (client)';
const JOINED = ['callee joined (client)', 'caller joined (client)'];

describe('the receipt of a call that was never connected', () => {
  it('has no evidence when nobody took it: rejected, cancelled, unanswered', async () => {
    const calls = [await startedCall(stack), await startedCall(stack), await startedCall(stack)] as const;
    const [rejected, cancelled, unanswered] = calls;
    await rejected.callee.earshot.calls.reject({ callId: rejected.callId });
    await cancelled.caller.earshot.calls.cancel({ callId: cancelled.callId });
    await stack.control.advance(61);
    await expectReceipts(rejected, { endReason: 'rejected', endedBy: 'callee' }, []);
    await expectReceipts(cancelled, { endReason: 'cancelled', endedBy: 'caller' }, []);
    await expectReceipts(unanswered, { endReason: 'no_answer', endedBy: 'system', connectedAt: null }, []);
  });

  it('says who came and who did not', async () => {
    const [waited, left] = [await acceptedCall(stack), await acceptedCall(stack)];
    await waited.callee.earshot.calls.joined({ callId: waited.callId });
    await agoraTells(stack, waited, 'join', 'callee');
    await left.caller.earshot.calls.cancel({ callId: left.callId });
    await stack.control.advance(31);
    await expectReceipts(waited, { endReason: 'connect_timeout', endedBy: 'system' }, [
      ACCEPTED,
      'callee joined (client)',
      'callee joined (media)',
    ]);
    await expectReceipts(left, { endReason: 'cancelled', endedBy: 'caller' }, [ACCEPTED]);
  });
});

describe('the receipt of a call that was connected', () => {
  it('tells joins by app and by media, whichever came first, a leave with its reason, the return and each extension', async () => {
    const call = await acceptedCall(stack);
    const { callId, caller, callee } = call;
    await callee.earshot.calls.joined({ callId });
    await agoraTells(stack, call, 'join', 'callee');
    await agoraTells(stack, call, 'join', 'caller');
    await stack.control.advance(1);
    // Said twice, it is noted once.
    for (const phone of [caller, caller, callee]) await phone.earshot.calls.joined({ callId });
    await stack.control.advance(60);
    await agoraTells(stack, call, 'leave', 'callee', { reason: 2 });
    await stack.control.advance(10);
    await agoraTells(stack, call, 'join', 'callee');
    await stack.control.advance(600);
    const { receipt } = await hangUp(callee, callId);
    await expectReceipts(call, { endReason: 'completed', endedBy: 'callee', billedMinutes: 12 }, [
      ACCEPTED,
      'callee joined (client)',
      'callee joined (media)',
      'caller joined (media)',
      'caller joined (client)',
      'callee left (media) connection timeout',
      'callee rejoined (media)',
      'system extended (server)',
    ]);
    expect((await receiptsOf(call))[1]).toEqual(receipt);
  });

  it('tells what ended it: an emergency or an operator by who it was, without more', async () => {
    const [emergency, byOperator] = [await connectedCall(stack), await connectedCall(stack)];
    await stack.control.advance(61);
    await emergency.caller.earshot.calls.emergencyEnd({ callId: emergency.callId });
    const operator = await stack.operator();
    await operator.earshot.calls.adminEnd({ callId: byOperator.callId, note: 'a reason' });
    const evidence = [ACCEPTED, ...JOINED];
    const billed = { billedMinutes: 2, durationSec: 61 };
    await expectReceipts(emergency, { endReason: 'emergency', endedBy: 'caller', ...billed }, evidence);
    await expectReceipts(byOperator, { endReason: 'admin_ended', endedBy: 'admin', ...billed }, evidence);
  });

  it('tells who was lost, and how that was seen', async () => {
    const [leaves, vanishes] = [await connectedCall(stack), await connectedCall(stack)];
    await agoraSeesBoth(stack, leaves);
    await stack.control.advance(20);
    await agoraTells(stack, leaves, 'leave', 'caller', { reason: 1 });
    await stack.control.advance(150, [vanishes.callee.uid]);
    const lost = { endReason: 'connection_lost', endedBy: 'system' };
    const media = ['callee joined (media)', 'caller joined (media)'];
    await expectReceipts(leaves, { ...lost, durationSec: 20, billedMinutes: 1 }, [
      ACCEPTED,
      ...JOINED,
      ...media,
      'caller left (media) left',
    ]);
    const [, ofCallee] = await receiptsOf(vanishes);
    await expectReceipts(vanishes, { ...lost, endedAt: ofCallee.evidence.at(-1)?.at }, [
      ACCEPTED,
      ...JOINED,
      'callee left (server) no beat',
    ]);
  });

  it('tells of the cut when the coins were used up, or the call was as long as calls may be', async () => {
    const cut = async (call: ConnectedCall, endReason: string, minutes: number, extended: number) => {
      const end = { endReason, endedBy: 'system', billedMinutes: minutes, durationSec: minutes * 60 };
      await expectReceipts(call, end, [
        ACCEPTED,
        ...JOINED,
        ...Array.from({ length: extended }, () => 'system extended (server)'),
        `system cut (server) ${endReason}`,
      ]);
    };
    const [poor, rich] = [
      await connectedCall(stack, { coins: 15 }),
      await connectedCall(stack, { coins: 1300 }),
    ];
    await stack.control.advance(7200);
    await cut(poor, 'coins_exhausted', 1, 0);
    await cut(rich, 'max_duration', 120, 11);
  });
});
