/**
 * Razorpay's orders and payments. Plain `fetch`: the vendor's package knows no time-out and fails in its own error
 * handler when there is no answer.
 */
import { z } from 'zod';
import { isSigned } from '../../platform/signature.ts';
import { PaymentGatewayFault, type GatewayState, type PaymentGateway, type Price } from '../payments.ts';
import { razorpayPaymentSchema } from './payment.ts';

export interface RazorpayAccount {
  readonly baseUrl: string;
  /** Asked for when they are used: not every deployment sells coins. */
  keyId(): string;
  keySecret(): string;
}

/** Whoever buys waits for it; the webhook and the poll find what is missed. */
const TIMEOUT_MS = 8_000;
/** Whoever asks for the state of everything does not wait for one provider. */
const STATE_TIMEOUT_MS = 1_500;

const orderSchema = z.object({
  id: z.string().min(1),
  amount: z.number().int(),
  currency: z.string(),
  receipt: z.string().nullish(),
});
const ordersSchema = z.object({ items: z.array(orderSchema) });
const paymentsSchema = z.object({ items: z.array(razorpayPaymentSchema) });
const refusedSchema = z.object({ error: z.object({ code: z.string() }) });

type Referenced = Price & { readonly reference: string };

/** @param account whose orders they are */
export function razorpayPayments(account: RazorpayAccount): PaymentGateway {
  const send = async (path: string, body?: object): Promise<Answer> =>
    await ask(account, path, body === undefined ? {} : { body });
  const read = async (path: string): Promise<Answer> => {
    const answer = await send(path).catch(() => undefined);
    // Reading is safe to repeat, once: a connection that was cut is the most frequent of all faults.
    return answer !== undefined && answer.status < 500 ? answer : await send(path);
  };
  const findOrder: PaymentGateway['findOrder'] = async (wanted) => {
    const answer = await read(`/v1/orders?receipt=${encodeURIComponent(wanted.reference)}&count=100`);
    const { items } = understood(answer, ordersSchema);
    // Newest first. Of several, which only a race of two requests can have made, all take the first that was made.
    const found = items.findLast((order) => isFor(order, wanted));
    return found && { gatewayOrderId: found.id };
  };
  return {
    keyId: () => account.keyId(),
    findOrder,
    async openOrder(order) {
      const { reference, amountPaise, currency } = order;
      try {
        const answer = await send('/v1/orders', { amount: amountPaise, currency, receipt: reference });
        return { gatewayOrderId: understood(answer, orderSchema).id };
      } catch (fault) {
        if (!(fault instanceof PaymentGatewayFault)) throw fault;
        // Also after a refusal: a second order for one receipt may be one.
        const made = await findOrder(order);
        if (made === undefined) throw fault;
        return made;
      }
    },
    async payment(paymentId) {
      const answer = await read(`/v1/payments/${encodeURIComponent(paymentId)}`);
      return isUnknownId(answer) ? undefined : understood(answer, razorpayPaymentSchema);
    },
    async paymentsOf(gatewayOrderId) {
      const answer = await read(`/v1/orders/${encodeURIComponent(gatewayOrderId)}/payments`);
      return understood(answer, paymentsSchema).items;
    },
    isCheckoutGenuine: (checkout) => isCheckoutGenuine(account.keySecret(), checkout),
    state: async () => (isSet(account) ? await stateOf(account) : 'not_configured'),
  };
}

/** A signature covers the order's id and the payment's, in lower-case hex. */
export function isCheckoutGenuine(
  keySecret: string,
  { gatewayOrderId, paymentId, signature }: Parameters<PaymentGateway['isCheckoutGenuine']>[0],
): boolean {
  const [hex] = /^[0-9a-f]{64}$/u.exec(signature) ?? [];
  const raw = Buffer.from(`${gatewayOrderId}|${paymentId}`);
  return isSigned({ algorithm: 'sha256', secret: keySecret, raw, hex });
}

function isSet(account: RazorpayAccount): boolean {
  try {
    account.keyId();
    account.keySecret();
    return true;
  } catch {
    return false;
  }
}

/** The shortest list there is: it needs the keys, and changes nothing. */
async function stateOf(account: RazorpayAccount): Promise<GatewayState> {
  try {
    understood(await ask(account, '/v1/orders?count=1', { timeoutMs: STATE_TIMEOUT_MS }), ordersSchema);
    return 'ok';
  } catch (fault) {
    return fault instanceof PaymentGatewayFault && fault.outcome === 'refused' ? 'refused' : 'no_answer';
  }
}

function isFor(order: z.infer<typeof orderSchema>, wanted: Referenced): boolean {
  const { receipt, amount, currency } = order;
  return receipt === wanted.reference && amount === wanted.amountPaise && currency === wanted.currency;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** @throws PaymentGatewayFault when there is no answer */
async function ask(
  account: RazorpayAccount,
  path: string,
  { body, timeoutMs = TIMEOUT_MS }: { readonly body?: object; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  const credentials = Buffer.from(`${account.keyId()}:${account.keySecret()}`).toString('base64');
  try {
    const answer = await fetch(`${account.baseUrl}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Basic ${credentials}`,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.text();
    return { status: answer.status, body: jsonOf(text) };
  } catch (fault) {
    throw new PaymentGatewayFault('Razorpay', fault instanceof Error ? fault.name : 'no answer', 'unknown');
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Razorpay answers 400, not 404, for an id that it does not know. */
function isUnknownId({ status, body }: Answer): boolean {
  return (status === 400 || status === 404) && codeOf(body) === 'BAD_REQUEST_ERROR';
}

function codeOf(body: unknown): string | undefined {
  return refusedSchema.safeParse(body).data?.error.code;
}

/** @throws PaymentGatewayFault: `refused` for what was understood and declined, `unknown` for anything else */
function understood<S extends z.ZodType>({ status, body }: Answer, schema: S): z.output<S> {
  if (status >= 400 && status < 500)
    throw new PaymentGatewayFault('Razorpay', codeOf(body) ?? `http ${status}`, 'refused');
  const parsed = schema.safeParse(body);
  if (status >= 300 || !parsed.success)
    throw new PaymentGatewayFault('Razorpay', codeOf(body) ?? `http ${status}`, 'unknown');
  return parsed.data;
}
