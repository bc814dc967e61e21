/** The clients that are deployed against the providers that the sandbox plays. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { codeChannels } from '../../../../functions/src/gateways/codeChannels.ts';
import type { CodeMessage } from '../../../../functions/src/gateways/codes.ts';
import type { Msg91Account } from '../../../../functions/src/gateways/sms/msg91.ts';
import type { TwilioAccount } from '../../../../functions/src/gateways/sms/twilio.ts';
import type { WhatsAppAccount } from '../../../../functions/src/gateways/whatsapp/client.ts';
import { statusesOf } from '../../../../functions/src/gateways/whatsapp/webhook.ts';
import { messageFaultsSchema, NO_MESSAGE_FAULTS, type SandboxPorts, type SentMessage } from './messages.ts';
import { msg91Routes, twilioRoutes } from './sms.ts';
import { whatsAppRoutes } from './whatsapp.ts';

const recorded: SentMessage[] = [];
const reported: object[] = [];
let faults = NO_MESSAGE_FAULTS;
let server: Server;
let whatsapp: WhatsAppAccount;
let msg91: Msg91Account;
let twilio: TwilioAccount;

beforeAll(async () => {
  const ports: SandboxPorts = {
    nowMs: () => 1_760_000_000_000,
    random: () => 0.5,
    faults: () => faults,
    record: (message) => void recorded.push(message),
    report: (event) => void reported.push(event),
  };
  const app = express();
  app.use(express.json());
  app.use('/whatsapp', whatsAppRoutes({ ...ports, accessToken: 'token', phoneNumberId: '123' }));
  app.use('/msg91', msg91Routes({ ...ports, authKey: 'key', templateId: 'flow' }));
  app.use('/twilio', twilioRoutes({ ...ports, accountSid: 'AC1', authToken: 'secret' }));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  whatsapp = {
    baseUrl: `${url}/whatsapp`,
    apiVersion: 'v23.0',
    phoneNumberId: '123',
    template: 'login_otp',
    language: 'en_US',
    accessToken: () => 'token',
  };
  msg91 = { provider: 'msg91', baseUrl: `${url}/msg91`, templateId: 'flow', authKey: () => 'key' };
  twilio = {
    provider: 'twilio',
    baseUrl: `${url}/twilio`,
    accountSid: 'AC1',
    sender: '+15005550006',
    authToken: () => 'secret',
  };
});

beforeEach(() => {
  recorded.length = 0;
  reported.length = 0;
  faults = NO_MESSAGE_FAULTS;
});

afterAll(() => void server.close());

const message: CodeMessage = { to: '+919876543210', code: '048291', reference: 'ref.1', lifeSec: 299 };

async function send(accounts: Partial<Parameters<typeof codeChannels>[0]>): Promise<string> {
  const { whatsapp: byWhatsApp, sms } = codeChannels({ whatsapp: undefined, sms: undefined, ...accounts });
  const gateway = byWhatsApp ?? sms;
  if (gateway === undefined) throw new Error('no channel was made');
  return (await gateway.send(message)).messageId;
}

const refused = (providerCode: string, operatorMustAct: boolean) =>
  expect.objectContaining({ name: 'CodeNotTaken', providerCode, operatorMustAct });

describe('WhatsApp', () => {
  it('takes a code, and reports on it with our reference', async () => {
    const messageId = await send({ whatsapp });
    expect(recorded).toEqual([
      expect.objectContaining({ channel: 'whatsapp', to: '+919876543210', code: '048291' }),
    ]);
    expect(reported.flatMap(statusesOf)).toEqual([
      { messageId, status: 'sent', reference: 'ref.1' },
      { messageId, status: 'delivered', reference: 'ref.1' },
    ]);
  });

  it('says why it refuses, and whether an operator has to act', async () => {
    faults = messageFaultsSchema.parse({ whatsapp: { refuse: 1 } });
    await expect(send({ whatsapp })).rejects.toEqual(refused('131026', false));
    faults = messageFaultsSchema.parse({ whatsapp: { refuse: 1, code: 131_042 } });
    await expect(send({ whatsapp })).rejects.toEqual(refused('131042', true));
    faults = NO_MESSAGE_FAULTS;
    for (const [change, code] of [
      [{ accessToken: () => 'another' }, '190'],
      [{ template: 'unknown' }, '132001'],
      [{ language: 'hi' }, '132001'],
      [{ phoneNumberId: '124' }, '100'],
      [{ apiVersion: '23' }, '100'],
    ] as const)
      await expect(send({ whatsapp: { ...whatsapp, ...change } })).rejects.toEqual(refused(code, true));
    await expect(send({ whatsapp: { ...whatsapp, baseUrl: `${twilio.baseUrl}/none` } })).rejects.toEqual(
      refused('http 404', true),
    );
    expect(recorded).toEqual([]);
  });

  it('may take a code and report later that it has failed', async () => {
    faults = messageFaultsSchema.parse({ whatsapp: { fail: 1 } });
    const messageId = await send({ whatsapp });
    expect(recorded).toEqual([]);
    expect(reported.flatMap(statusesOf).map((status) => [status.messageId, status.status])).toEqual([
      [messageId, 'sent'],
      [messageId, 'failed'],
    ]);
  });
});

describe('MSG91', () => {
  it('takes a code', async () => {
    expect(await send({ sms: msg91 })).toMatch(/^[0-9a-f]{24}$/u);
    expect(recorded).toEqual([
      expect.objectContaining({ channel: 'sms', to: '+919876543210', code: '048291' }),
    ]);
  });

  it('is refused although it answers 200, and with a wrong key', async () => {
    await expect(send({ sms: { ...msg91, templateId: 'other' } })).rejects.toEqual(refused('http 200', true));
    await expect(send({ sms: { ...msg91, authKey: () => 'other' } })).rejects.toEqual(
      refused('http 401', true),
    );
    faults = messageFaultsSchema.parse({ sms: { refuse: 1 } });
    await expect(send({ sms: msg91 })).rejects.toEqual(refused('http 200', true));
    expect(recorded).toEqual([]);
  });
});

describe('Twilio', () => {
  it('takes a code from a number, or from a messaging service', async () => {
    for (const sender of ['+15005550006', `MG${'0'.repeat(32)}`])
      expect(await send({ sms: { ...twilio, sender } })).toMatch(/^SM[0-9a-f]{32}$/u);
    expect(recorded).toHaveLength(2);
    expect(recorded[0]).toMatchObject({ channel: 'sms', to: '+919876543210', code: '048291' });
    expect(recorded[0]?.text).toContain('5 min');
  });

  it('says why it refuses', async () => {
    faults = messageFaultsSchema.parse({ sms: { refuse: 1 } });
    await expect(send({ sms: twilio })).rejects.toEqual(refused('21614', false));
    await expect(send({ sms: { ...twilio, authToken: () => 'other' } })).rejects.toEqual(
      refused('20003', true),
    );
    expect(recorded).toEqual([]);
  });
});

describe('a deployment without accounts', () => {
  it('has no channels', () => {
    expect(codeChannels({ whatsapp: undefined, sms: undefined })).toEqual({});
  });
});
