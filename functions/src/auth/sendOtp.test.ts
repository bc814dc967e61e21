/** What the emulators cannot bring about: answers that are slower than reports, keys that change, stores that fail. */
import { describe, expect, it } from '@jest/globals';
import { CodeNotTaken, type CodeGateway, type CodeMessage, type CodeGateways } from '../gateways/codes.ts';
import type { AppPorts } from '../ports.ts';
import { defaultSettings } from '../settings.ts';
import { forgetful } from '../testing/forgetful.ts';
import { silentGateways } from '../testing/gateways.ts';
import { testPorts } from '../testing/ports.ts';
import { phoneHash } from '../users/phoneHash.ts';
import { otps, type Otp } from './documents.ts';
import { requestOtp } from './requestOtp.ts';
import { resendOtp } from './resendOtp.ts';
import { takeReports } from './takeReports.ts';
import { verifyOtp } from './verifyOtp.ts';

const PHONE = '+919876543210';
const ID = phoneHash('phone key', PHONE);
const visitor = { token: undefined, address: '203.0.113.9' };

/** A channel that notes what it was given. */
function channel(before: (message: CodeMessage) => Promise<void> = () => Promise.resolve()) {
  const sent: CodeMessage[] = [];
  const gateway: CodeGateway = {
    async send(message) {
      await before(message);
      sent.push(message);
      return { messageId: `m${sent.length}` };
    },
  };
  return { gateway, sent };
}

function makeWorld(codes: CodeGateways, overrides: Partial<AppPorts> = {}) {
  const base = testPorts();
  let drawn = 0;
  const ports: AppPorts = {
    ...base,
    ...silentGateways(),
    ids: { random128: () => (drawn += 1).toString(16).padStart(32, '0'), integer: () => 1 },
    media: { credentials: () => Promise.resolve(undefined), closeChannel: () => Promise.resolve() },
    settings: () => Promise.resolve(defaultSettings()),
    deliver: () => Promise.resolve(),
    codes,
    ...overrides,
  };
  const stored = (): Otp => otps.schema.parse(base.store.read(`otps/${ID}`));
  return { ...base, ports, stored };
}

const failedReport = ({ reference }: CodeMessage) => [
  { messageId: 'wamid.1', status: 'failed' as const, reference },
];

describe('a code on its way', () => {
  it.each([undefined, '0d6f5d6c-3a4e-4d43-9d38-7a1f5a3c2b10'])(
    'goes out though the acknowledgement of its commit was lost, requestId %s',
    async (requestId) => {
      const whatsapp = channel();
      const { ports } = makeWorld({ whatsapp: whatsapp.gateway });
      await requestOtp({ ...ports, store: forgetful(ports.store) }, { phone: PHONE, requestId }, visitor);
      expect(whatsapp.sent).toHaveLength(1);
    },
  );

  it('goes on by SMS though the acknowledgement was lost, once: when it was not taken, and when it failed later', async () => {
    const sms = channel();
    const refusing = channel(() => Promise.reject(new CodeNotTaken('WhatsApp', '131026', false)));
    const { ports } = makeWorld({ whatsapp: refusing.gateway, sms: sms.gateway });
    await requestOtp({ ...ports, store: forgetful(ports.store) }, { phone: PHONE }, visitor);
    expect(sms.sent).toHaveLength(1);
    const [later, taken] = [channel(), channel()];
    const world = makeWorld({ whatsapp: taken.gateway, sms: later.gateway });
    await requestOtp(world.ports, { phone: PHONE }, visitor);
    const [message] = taken.sent;
    if (message === undefined) throw new Error('WhatsApp was given no message');
    await takeReports({ ...world.ports, store: forgetful(world.ports.store) }, failedReport(message));
    await takeReports(world.ports, failedReport(message));
    expect(later.sent).toHaveLength(1);
  });

  it('carries a reference that tells nothing, and the life it has left', async () => {
    const whatsapp = channel();
    const { ports, clock, stored } = makeWorld({ whatsapp: whatsapp.gateway });
    await requestOtp(ports, { phone: PHONE }, visitor);
    clock.advance(100.5);
    await resendOtp(ports, { phone: PHONE }, visitor);
    expect(whatsapp.sent.map(({ lifeSec }) => lifeSec)).toEqual([300, 199]);
    expect(whatsapp.sent[1]?.reference).toBe(`${ID}.${stored().sendId}`);
    expect(stored().messageId).toBe('m2');
  });

  it('is not sent twice when the report of its failure is faster than the answer', async () => {
    const sms = channel();
    const whatsapp = channel(async (message) => takeReports(world.ports, failedReport(message)));
    const world = makeWorld({ whatsapp: whatsapp.gateway, sms: sms.gateway });
    await requestOtp(world.ports, { phone: PHONE }, visitor);
    expect([whatsapp.sent.length, sms.sent.length]).toEqual([1, 1]);
    expect(world.stored()).toMatchObject({ sentVia: 'sms', messageId: 'm1' });
  });

  it('is not sent twice when both the report and the answer say that it failed', async () => {
    const sms = channel();
    const whatsapp = channel(async (message) => {
      await takeReports(world.ports, failedReport(message));
      throw new CodeNotTaken('WhatsApp', '131026', false);
    });
    const world = makeWorld({ whatsapp: whatsapp.gateway, sms: sms.gateway });
    expect(await requestOtp(world.ports, { phone: PHONE }, visitor)).toMatchObject({ channel: 'sms' });
    expect(sms.sent).toHaveLength(1);
  });

  it('counts as sent although the id of its message could not be stored', async () => {
    const whatsapp = channel();
    const world = makeWorld({ whatsapp: whatsapp.gateway });
    let transactions = 0;
    const { store } = world;
    const failing: AppPorts['store'] = {
      getAll: (...refs) => store.getAll(...refs),
      query: (run) => store.query(run),
      count: (run) => store.count(run),
      commit: (write) => store.commit(write),
      transaction: (work) =>
        (transactions += 1) > 1 ? Promise.reject(new Error('away')) : store.transaction(work),
    };
    const answer = await requestOtp({ ...world.ports, store: failing }, { phone: PHONE }, visitor);
    expect(answer.channel).toBe('whatsapp');
    expect(world.lines.map(({ severity }) => severity)).toEqual(['WARNING']);
  });

  it('alerts when an operator has to act, and only then', async () => {
    for (const [operatorMustAct, severity] of [
      [true, 'ERROR'],
      [false, 'WARNING'],
    ] as const) {
      const refusing = channel(() => Promise.reject(new CodeNotTaken('WhatsApp', '190', operatorMustAct)));
      const world = makeWorld({ whatsapp: refusing.gateway, sms: channel().gateway });
      await requestOtp(world.ports, { phone: PHONE }, visitor);
      expect(world.lines).toEqual([
        expect.objectContaining({
          severity,
          fields: expect.objectContaining({ event: 'whatsapp', code: '190' }),
        }),
      ]);
    }
  });
});

describe('the channels', () => {
  it('are those that are configured, whatever is asked for', async () => {
    const sms = channel();
    const world = makeWorld({ sms: sms.gateway });
    expect(await requestOtp(world.ports, { phone: PHONE, channel: 'whatsapp' }, visitor)).toMatchObject({
      channel: 'sms',
    });
  });

  it('refuse to count anything when there are none', async () => {
    const world = makeWorld({});
    await expect(requestOtp(world.ports, { phone: PHONE }, visitor)).rejects.toThrow('no channel');
    expect(world.store.dump()).toEqual({});
  });

  it('go on to WhatsApp when the SMS that was asked for is not taken', async () => {
    const refusing = channel(() => Promise.reject(new Error('time-out')));
    const whatsapp = channel();
    const world = makeWorld({ whatsapp: whatsapp.gateway, sms: refusing.gateway });
    expect(await requestOtp(world.ports, { phone: PHONE, channel: 'sms' }, visitor)).toMatchObject({
      channel: 'whatsapp',
    });
    expect(world.stored()).toMatchObject({ sentVia: 'whatsapp', messageId: 'm1' });
  });
});

describe('a key that has changed', () => {
  const keys = { phone: () => 'phone key', code: () => 'another key' };

  it('makes a new code where the old one would be sent again', async () => {
    const whatsapp = channel();
    const world = makeWorld({ whatsapp: whatsapp.gateway });
    await requestOtp(world.ports, { phone: PHONE }, visitor);
    world.clock.advance(60);
    const changed = { ...world.ports, keys };
    await resendOtp(changed, { phone: PHONE }, visitor);
    const [, second] = whatsapp.sent;
    expect(second?.lifeSec).toBe(300);
    expect(await verifyOtp(changed, { phone: PHONE, code: second?.code ?? '' })).toMatchObject({
      status: 'needs_registration',
      uid: `owner of ${PHONE}`,
    });
  });

  it('sends nothing by SMS that could not be right', async () => {
    const whatsapp = channel();
    const sms = channel();
    const world = makeWorld({ whatsapp: whatsapp.gateway, sms: sms.gateway });
    await requestOtp(world.ports, { phone: PHONE }, visitor);
    const [message] = whatsapp.sent;
    if (message === undefined) throw new Error('nothing was sent');
    await takeReports({ ...world.ports, keys }, failedReport(message));
    expect(sms.sent).toEqual([]);
    expect(world.lines.map(({ severity }) => severity)).toEqual(['ERROR']);
  });
});
