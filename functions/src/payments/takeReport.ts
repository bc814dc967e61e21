/** The gateway tells of a payment by its webhook: twice, late and out of order, as it pleases. */
import type { PaymentReport } from '../gateways/razorpay/webhook.ts';
import type { AppPorts } from '../ports.ts';
import { takePayment } from './acceptPayment.ts';
import { orderByGatewayOrder } from './documents.ts';
import { isPaidBy } from './domain/paid.ts';

/**
 * What is none of ours is passed over: an account may sell more than coins.
 * @param report signed by the gateway
 * @param accountId of this deployment; empty where it does not say
 */
export async function takeReport(ports: AppPorts, report: PaymentReport, accountId: string): Promise<void> {
  const { payment } = report;
  if (accountId !== '' && report.accountId !== accountId) {
    ports.log.write('ERROR', 'an event of another account came to the webhook, it was ignored', {
      event: 'razorpay',
      parameter: 'RAZORPAY_ACCOUNT_ID',
    });
    return;
  }
  if (payment.gatewayOrderId === null) return;
  const [order] = await ports.store.query({
    query: orderByGatewayOrder,
    parentIds: [],
    values: [payment.gatewayOrderId],
    limit: 1,
  });
  if (order === undefined) return;
  // Most events tell of what the client's confirmation has brought already.
  if (isPaidBy(order.data, payment.paymentId)) return;
  await takePayment(ports, order, payment, 'webhook');
}
