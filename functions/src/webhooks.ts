/** The webhooks: one function, a path for each provider. */
import { onRequest } from 'firebase-functions/v2/https';
import { takeReports } from './auth/takeReports.ts';
import { takeMediaNotice } from './calls/takeMediaNotice.ts';
import { makePorts } from './composition.ts';
import { isFromAgora, noticeOf } from './gateways/agora/webhook.ts';
import { isFromRazorpay, reportOf } from './gateways/razorpay/webhook.ts';
import { challengeOf, isFromMeta, statusesOf } from './gateways/whatsapp/webhook.ts';
import { agoraWebhook, callSecrets, razorpayWebhook, webhookSecrets, whatsAppWebhook } from './parameters.ts';
import { takeReport } from './payments/takeReport.ts';
import { REGION } from './platform/region.ts';
import { webhookApp, type Webhook } from './platform/webhook.ts';
import type { AppPorts } from './ports.ts';
import { WEBHOOK_PATHS } from './webhookPaths.ts';

const agora: Webhook<AppPorts> = {
  name: 'agora',
  path: WEBHOOK_PATHS.agora,
  isGenuine: (raw, header) =>
    isFromAgora(agoraWebhook.secret(), raw, {
      v2: header('agora-signature-v2'),
      v1: header('agora-signature'),
    }),
  take: async (ports, event) => {
    const notice = noticeOf(event);
    if (notice !== undefined) await takeMediaNotice(ports, notice);
  },
};

const whatsapp: Webhook<AppPorts> = {
  name: 'whatsapp',
  path: WEBHOOK_PATHS.whatsapp,
  isGenuine: (raw, header) => isFromMeta(whatsAppWebhook.appSecret(), raw, header('x-hub-signature-256')),
  handshake: (query) => challengeOf(whatsAppWebhook.verifyToken(), query),
  take: async (ports, event) => {
    await takeReports(ports, statusesOf(event));
  },
};

const razorpay: Webhook<AppPorts> = {
  name: 'razorpay',
  path: WEBHOOK_PATHS.razorpay,
  isGenuine: (raw, header) => isFromRazorpay(razorpayWebhook.secrets(), raw, header('x-razorpay-signature')),
  take: async (ports, event) => {
    const report = reportOf(event);
    if (report !== undefined) await takeReport(ports, report, razorpayWebhook.accountId());
  },
};

export const webhooks = onRequest(
  { region: REGION, invoker: 'public', secrets: [...callSecrets, ...webhookSecrets] },
  webhookApp([agora, razorpay, whatsapp], makePorts),
);
