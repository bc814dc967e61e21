/** The webhooks: one function, a path for each provider. */
import { onRequest } from 'firebase-functions/v2/https';
import { takeReports } from './auth/takeReports.ts';
import { makePorts } from './composition.ts';
import { challengeOf, isFromMeta, statusesOf } from './gateways/whatsapp/webhook.ts';
import { webhookSecrets, whatsAppWebhook } from './parameters.ts';
import { REGION } from './platform/region.ts';
import { webhookApp, type Webhook } from './platform/webhook.ts';
import type { AppPorts } from './ports.ts';

const whatsapp: Webhook<AppPorts> = {
  name: 'whatsapp',
  isGenuine: (raw, header) => isFromMeta(whatsAppWebhook.appSecret(), raw, header('x-hub-signature-256')),
  handshake: (query) => challengeOf(whatsAppWebhook.verifyToken(), query),
  take: async (ports, event) => {
    await takeReports(ports, statusesOf(event));
  },
};

export const webhooks = onRequest(
  { region: REGION, invoker: 'public', secrets: [...webhookSecrets] },
  webhookApp([whatsapp], makePorts),
);
