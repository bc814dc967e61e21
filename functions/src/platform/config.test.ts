import { describe, expect, it } from '@jest/globals';
import { defaultSettings, settingsDeclarations } from '../settings.ts';
import { testPorts } from '../testing/ports.ts';
import { readStoredSettings, SettingsCache } from './config.ts';

function cacheWith(ports: ReturnType<typeof testPorts>, epoch = () => 0) {
  return new SettingsCache({ declarations: settingsDeclarations, clock: ports.clock, log: ports.log, epoch });
}

describe('the settings', () => {
  it('are the defaults when no operator has written any', async () => {
    const ports = testPorts();
    const settings = await cacheWith(ports).get(ports.store);
    expect(settings).toEqual(defaultSettings());
    expect(settings.pricing).toMatchObject({
      audio: { coinsPerMinute: 10, minimumCoins: 10, earnedPerMinute: 15 },
      video: { coinsPerMinute: 50, minimumCoins: 50, earnedPerMinute: 75 },
      earningCoinPaise: 20,
      freeSeconds: 10,
      bonusCoins: 50,
    });
    expect(settings.pricing.packages.map(({ coins, amountPaise }) => [coins, amountPaise])).toEqual([
      [300, 15_000],
      [600, 30_000],
      [1000, 50_000],
      [2000, 100_000],
    ]);
    expect(settings.limits).toMatchObject({
      ringSec: 60,
      connectSec: 30,
      sliceMinutes: 10,
      maxCallMinutes: 120,
    });
  });

  it('take an edit over after 30 s and not before', async () => {
    const ports = testPorts();
    const cache = cacheWith(ports);
    await cache.get(ports.store);
    ports.store.write('config/limits', { ringSec: 20 });
    ports.clock.advance(29);
    expect((await cache.get(ports.store)).limits.ringSec).toBe(60);
    ports.clock.advance(1);
    expect((await cache.get(ports.store)).limits.ringSec).toBe(20);
  });

  it('keep the last good value of a document that became bad, and say which field', async () => {
    const ports = testPorts();
    const cache = cacheWith(ports);
    ports.store.write('config/limits', { ringSec: 20 });
    await cache.get(ports.store);
    ports.store.write('config/limits', { ringSec: -1 });
    ports.store.write('config/pricing', { freeSeconds: 5 });
    ports.clock.advance(31);
    const settings = await cache.get(ports.store);
    expect([settings.limits.ringSec, settings.pricing.freeSeconds]).toEqual([20, 5]);
    expect(ports.lines).toEqual([
      expect.objectContaining({ severity: 'ERROR', fields: { parameter: 'config/limits: ringSec' } }),
    ]);
  });

  it('refuse a listener’s pay above the caller’s price, unless that is allowed', async () => {
    const ports = testPorts();
    const cache = cacheWith(ports);
    await cache.get(ports.store);
    ports.store.write('config/pricing', { audio: { earnedPerMinute: 26 } });
    ports.clock.advance(31);
    expect((await cache.get(ports.store)).pricing.audio.earnedPerMinute).toBe(15);
    expect(ports.lines[0]?.fields.parameter).toBe('config/pricing: audio.earnedPerMinute');
    ports.store.write('config/pricing', { audio: { earnedPerMinute: 26 }, allowSubsidy: true });
    expect((await cacheWith(ports).get(ports.store)).pricing.audio.earnedPerMinute).toBe(26);
  });

  it('never charge defaults in place of a price that cannot be read: a new instance refuses to', async () => {
    const ports = testPorts();
    ports.store.write('config/pricing', { audio: { coinsPerMinute: 30 }, freeSeconds: 'ten' });
    ports.store.write('config/limits', { ringSec: 'long' });
    const settings = await cacheWith(ports).get(ports.store);
    expect(() => settings.pricing).toThrow('config/pricing is not valid');
    // Limits have safe defaults, and a settlement needs them.
    expect(settings.limits.ringSec).toBe(60);
  });

  it('are salvaged by a new instance: what is valid holds, and what is not is taken with caution', async () => {
    const ports = testPorts();
    ports.store.write('config/features', { masking: true, relayOnly: false, callableWhenAway: 'true' });
    ports.store.write('config/limits', { ringSec: 'long', minimumAge: 21, sliceMinutes: 500 });
    const settings = await cacheWith(ports).get(ports.store);
    expect(settings.features).toMatchObject({ masking: true, relayOnly: false, callableWhenAway: false });
    expect(settings.limits).toMatchObject({ ringSec: 60, minimumAge: 21, sliceMinutes: 10 });
    ports.store.write('config/features', { masking: 'on' });
    expect((await cacheWith(ports).get(ports.store)).features.masking).toBe(true);
  });

  it('refuse packages that sell coins for less than listeners are paid for them', async () => {
    const ports = testPorts();
    const cache = cacheWith(ports);
    await cache.get(ports.store);
    const cheap = { packageId: 'cheap', name: 'Cheap', coins: 5000, amountPaise: 100_000, currency: 'INR' };
    ports.store.write('config/pricing', { packages: [cheap] });
    ports.clock.advance(31);
    expect((await cache.get(ports.store)).pricing.packages).toHaveLength(4);
    expect(ports.lines[0]?.fields.parameter).toContain('audio.earnedPerMinute');
  });

  it('are read again when the epoch changes', async () => {
    const ports = testPorts();
    let epoch = 0;
    const cache = cacheWith(ports, () => epoch);
    await cache.get(ports.store);
    ports.store.write('config/limits', { ringSec: 20 });
    epoch = 1;
    expect((await cache.get(ports.store)).limits.ringSec).toBe(20);
  });
});

describe('the stored settings', () => {
  it('are read at once, and what is not valid is missing', async () => {
    const { store } = testPorts();
    expect(await readStoredSettings(store, settingsDeclarations)).toEqual(defaultSettings());
    store.write('config/features', { masking: true });
    store.write('config/pricing', { audio: { coinsPerMinute: 'many' } });
    const { features, pricing, limits } = await readStoredSettings(store, settingsDeclarations);
    expect(features).toMatchObject({ masking: true });
    expect(pricing).toBeUndefined();
    expect(limits).toEqual(defaultSettings().limits);
  });
});
