import { describe, expect, it } from '@jest/globals';
import { CALLEE, CALLER, callWorld } from '../testing/callWorld.ts';
import { startCall } from '../calls/startCall.ts';
import { calls } from '../calls/documents.ts';
import { creditCoins } from '../ledger/creditCoins.ts';
import { wallets } from '../ledger/documents.ts';
import { auditBooks, reportAudit } from './auditBooks.ts';

const input = { calleeId: CALLEE, type: 'audio', requestId: '6b1f2a52-0d6f-4a4e-9d0c-0b9d9f0c1a11' } as const;

async function worldWithCall() {
  const world = await callWorld(500);
  const { callId } = await startCall(world.ports, world.actor(CALLER), input);
  return { ...world, callId };
}

describe('the audit', () => {
  it('says nothing when the books are right', async () => {
    const { ports, lines } = await worldWithCall();
    await reportAudit(ports);
    expect(lines.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  });

  it('tells what is off in the log by kind and ids, without amounts', async () => {
    const { ports, store, lines, callId } = await worldWithCall();
    await store.commit((writer) => writer.delete(calls.doc(callId)));
    await reportAudit(ports);
    const told = lines.filter(({ severity }) => severity === 'ERROR').map(({ fields }) => fields);
    expect(told).toEqual([
      { reason: 'occupied_by_no_open_call', uid: CALLEE, callId },
      { reason: 'hold_differs_from_call', uid: CALLER, callId },
      { reason: 'occupied_by_no_open_call', uid: CALLER, callId },
    ]);
  });

  it('looks at more than one page', async () => {
    const { ports, store, clock } = await callWorld(500);
    const credit = {
      source: 'bonus',
      coins: 1,
      description: '',
      ref: { kind: 'admin', id: 'gift' },
    } as const;
    for (let one = 0; one < 1100; one += 1)
      await creditCoins(store, `person${one}`, { ...credit, key: 'gift' }, clock.now());
    const sound = await auditBooks(ports);
    expect([sound.entries, sound.wallets, sound.findings]).toEqual([1101, 1101, []]);
    const [wallet] = await store.getAll(wallets.doc('person999'));
    if (wallet === undefined) throw new Error('there is no such wallet');
    await store.commit((writer) =>
      writer.update(wallets.doc('person999'), { coins: { ...wallet.coins, available: 2 } }),
    );
    expect((await auditBooks(ports)).findings).toEqual([
      expect.objectContaining({ kind: 'wallet_differs_from_entries', uid: 'person999' }),
    ]);
  });
});
