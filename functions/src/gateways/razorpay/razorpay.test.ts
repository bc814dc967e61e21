import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { isCheckoutGenuine } from './client.ts';
import { isFromRazorpay, reportOf } from './webhook.ts';

describe('the signature of a checkout', () => {
  /** A published vector. */
  const KEY_SECRET = 'rzp_test_key_secret';
  const checkout = {
    gatewayOrderId: 'order_TestOrder00001',
    paymentId: 'pay_TestPay0000001',
    signature: '636b55160033572c63d35844cc5d55f85b9ac9e07bb2d9e8e5ee3018aa9945df',
  };

  it('is right for the order and the payment that were signed', () => {
    expect(isCheckoutGenuine(KEY_SECRET, checkout)).toBe(true);
  });

  it('is wrong for anything else', () => {
    const { signature } = checkout;
    for (const change of [
      { gatewayOrderId: 'order_TestOrder00002' },
      { paymentId: 'pay_TestPay0000002' },
      { gatewayOrderId: 'order_TestOrder00001|pay', paymentId: 'TestPay0000001' },
      { signature: '' },
      { signature: signature.slice(0, -2) },
      { signature: `${signature}zz` },
      { signature: signature.toUpperCase() },
    ])
      expect(isCheckoutGenuine(KEY_SECRET, { ...checkout, ...change })).toBe(false);
    expect(isCheckoutGenuine('another', checkout)).toBe(false);
  });

  it('is never right without a secret', () => {
    const signature = createHmac('sha256', '')
      .update('order_TestOrder00001|pay_TestPay0000001')
      .digest('hex');
    expect(isCheckoutGenuine('', { ...checkout, signature })).toBe(false);
  });
});

/** A published vector: this body, signed with this secret. */
const BODY =
  '{"entity":"event","account_id":"acc_Test000000001","event":"payment.captured","contains":["payment"],"payload":{"payment":{"entity":{"id":"pay_TestPay0000001","entity":"payment","amount":9900,"currency":"INR","status":"captured","order_id":"order_TestOrder00001","method":"upi","captured":true,"notes":{"uid":"uid_test_1"}}}},"created_at":1760000000}';
const SECRET = 'rzp_webhook_secret';
const SIGNATURE = 'dc7bb1abcfe37dfab482c2e298cf101e99873c621432f8bbc372a50a80cca3a2';
const raw = Buffer.from(BODY);

describe('the signature of an event', () => {
  it('is right for the bytes that were signed, also while the secret is being changed', () => {
    expect(raw.length).toBe(350);
    for (const secrets of [SECRET, `new ${SECRET}`, `${SECRET}\nnew`])
      expect(isFromRazorpay(secrets, raw, SIGNATURE)).toBe(true);
  });

  it('is wrong for anything else', () => {
    for (const header of [
      undefined,
      '',
      SIGNATURE.slice(0, -2),
      `${SIGNATURE}00`,
      `${SIGNATURE}zz`,
      'sha256=',
    ])
      expect(isFromRazorpay(SECRET, raw, header)).toBe(false);
    for (const secrets of ['another', `${SECRET}x`, 'rzp_webhook secret'])
      expect(isFromRazorpay(secrets, raw, SIGNATURE)).toBe(false);
    expect(isFromRazorpay(SECRET, raw.subarray(0, -1), SIGNATURE)).toBe(false);
    expect(isFromRazorpay(SECRET, Buffer.from(JSON.stringify(JSON.parse(BODY), null, 1)), SIGNATURE)).toBe(
      false,
    );
  });

  it('is never right with an empty secret, though white space may surround a real one', () => {
    const hex = createHmac('sha256', '').update(raw).digest('hex');
    for (const secrets of ['', ' ', ` ${SECRET} `]) expect(isFromRazorpay(secrets, raw, hex)).toBe(false);
  });
});

describe('an event', () => {
  const event = JSON.parse(BODY) as Record<string, unknown>;

  it('tells of a payment', () => {
    expect(reportOf(event)).toEqual({
      accountId: 'acc_Test000000001',
      payment: {
        paymentId: 'pay_TestPay0000001',
        gatewayOrderId: 'order_TestOrder00001',
        amountPaise: 9900,
        currency: 'INR',
        status: 'captured',
      },
    });
  });

  it('is passed over when it is of another kind, or malformed', () => {
    for (const other of [
      null,
      7,
      {},
      { ...event, event: 'refund.created' },
      { ...event, entity: 'order' },
      { ...event, payload: {} },
    ])
      expect(reportOf(other)).toBeUndefined();
  });
});
