/** The messaging providers of one stack. */
import { Router as makeRouter, type Router } from 'express';
import { LOCAL_ACCOUNTS, PROVIDER_SECRETS, WEBHOOK_SECRETS } from '../../stack/settings.ts';
import type { TaskServer } from '../tasks.ts';
import type { Injected } from '../faults.ts';
import {
  NO_MESSAGE_FAULTS,
  type MessageFault,
  type MessageFaults,
  type SandboxPorts,
  type SentMessage,
} from './messages.ts';
import { msg91Routes, twilioRoutes } from './sms.ts';
import { sendWhatsAppEvent } from './webhooks.ts';
import { whatsAppRoutes } from './whatsapp.ts';

interface MessagingPorts {
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly injected: Injected<MessageFault>;
  readonly record: (message: SentMessage) => void;
  readonly webhooks: TaskServer;
}

/** WhatsApp, MSG91 and Twilio, and what they do wrong on purpose. */
export class Messaging {
  readonly #ports: SandboxPorts;
  #faults: MessageFaults = NO_MESSAGE_FAULTS;

  constructor({ webhooks, nowMs, ...ports }: MessagingPorts) {
    this.#ports = {
      ...ports,
      nowMs,
      faults: () => this.#faults,
      report: (event) =>
        sendWhatsAppEvent(webhooks, event, { appSecret: WEBHOOK_SECRETS.whatsappApp, nowMs: nowMs() }),
    };
  }

  /** Applies to messages from now on. */
  misbehave(faults: MessageFaults): void {
    this.#faults = faults;
  }

  router(): Router {
    const router = makeRouter();
    const { whatsappToken: accessToken, sms } = PROVIDER_SECRETS;
    const { phoneNumberId, templateId, accountSid } = LOCAL_ACCOUNTS;
    router.use('/whatsapp', whatsAppRoutes({ ...this.#ports, accessToken, phoneNumberId }));
    router.use('/msg91', msg91Routes({ ...this.#ports, authKey: sms, templateId }));
    router.use('/twilio', twilioRoutes({ ...this.#ports, accountSid, authToken: sms }));
    return router;
  }
}
