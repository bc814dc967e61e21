import { describe, expect, it } from '@jest/globals';
import { at, moved, ongoingCall, ringingCall } from '../../testing/calls.ts';
import type { Evidence, Party } from '../documents.ts';
import { partyOf, receiptOf } from './receipt.ts';

describe('the receipt', () => {
  const ended = moved(ongoingCall(), { type: 'end', by: 'callee' }, at(100));

  it('tells the caller the coins, and nothing of what was earned', () => {
    const receipt = receiptOf(ended, 'caller');
    expect(receipt).toMatchObject({
      connectedAt: at(10).toISOString(),
      endedAt: at(100).toISOString(),
      durationSec: 90,
      billedMinutes: 2,
      endReason: 'completed',
      endedBy: 'callee',
      coinsPerMinute: 10,
      coinsSpent: 20,
      coinsReleased: 80,
    });
    expect(receipt).not.toHaveProperty('earnedCoins');
  });

  it('tells the listener what was earned, and nothing of the coins', () => {
    const receipt = receiptOf(ended, 'callee');
    expect(receipt).toMatchObject({ earnedCoins: 30, billedMinutes: 2 });
    expect(receipt).not.toHaveProperty('coinsSpent');
    expect(receipt).not.toHaveProperty('coinsReleased');
    expect(receipt).not.toHaveProperty('coinsPerMinute');
  });

  it('lists the evidence in order', () => {
    const events = receiptOf(ended, 'caller')?.evidence.map(({ party, event, source }) => [
      party,
      event,
      source,
    ]);
    expect(events).toEqual([
      ['callee', 'accepted', 'client'],
      ['caller', 'joined', 'client'],
      ['callee', 'joined', 'client'],
    ]);
  });

  it('lists what happened by its time, also when news of it came late, and keeps what happened at once as it came', () => {
    const told = (
      party: Party,
      sec: number,
      source: Evidence['source'],
      event: Evidence['event'],
    ): Evidence => ({
      at: at(sec),
      party,
      source,
      event,
    });
    const call = moved(ongoingCall(), { type: 'end', by: 'callee' }, at(100));
    const late = [
      told('callee', 60, 'media', 'left'),
      told('callee', 70, 'media', 'rejoined'),
      told('callee', 9, 'media', 'joined'),
      told('caller', 8, 'media', 'joined'),
    ];
    const receipt = receiptOf({ ...call, evidence: [...call.evidence, ...late] }, 'callee');
    expect(receipt?.evidence.map(({ party, source, event }) => `${party} ${event} ${source}`)).toEqual([
      'callee accepted client',
      'caller joined client',
      'caller joined media',
      'callee joined media',
      'callee joined client',
      'callee left media',
      'callee rejoined media',
    ]);
  });

  it('gives everything back for a call that was never connected', () => {
    const missed = moved(ringingCall(), { type: 'timeout' }, at(60));
    expect(receiptOf(missed, 'caller')).toMatchObject({
      coinsSpent: 0,
      coinsReleased: 100,
      connectedAt: null,
    });
  });

  it('of a call for which no token could be made has no evidence and takes nothing, for either', () => {
    const failed = moved(ringingCall(), { type: 'tokenFailed' }, at(5));
    const common = { endReason: 'failed', endedBy: 'system', billedMinutes: 0, evidence: [] };
    expect(receiptOf(failed, 'caller')).toMatchObject({ ...common, coinsSpent: 0, coinsReleased: 100 });
    expect(receiptOf(failed, 'callee')).toMatchObject({ ...common, earnedCoins: 0 });
  });

  it('does not exist while the call is open', () => {
    expect(receiptOf(ongoingCall(), 'caller')).toBeUndefined();
  });
});

describe('the side of a person', () => {
  it('is caller, callee or none', () => {
    const call = ringingCall();
    expect(['caller', 'callee', 'stranger'].map((uid) => partyOf(call, uid))).toEqual([
      'caller',
      'callee',
      undefined,
    ]);
  });
});
