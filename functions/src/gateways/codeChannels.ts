/** The channels for codes, from the accounts that a deployment has. */
import type { CodeGateways } from './codes.ts';
import { msg91Codes, type Msg91Account } from './sms/msg91.ts';
import { twilioCodes, type TwilioAccount } from './sms/twilio.ts';
import { whatsAppCodes, type WhatsAppAccount } from './whatsapp/client.ts';

export type SmsAccount = Msg91Account | TwilioAccount;

/** What is not configured is left out. */
export function codeChannels(accounts: {
  readonly whatsapp: WhatsAppAccount | undefined;
  readonly sms: SmsAccount | undefined;
}): CodeGateways {
  const { whatsapp, sms } = accounts;
  return {
    ...(whatsapp && { whatsapp: whatsAppCodes(whatsapp) }),
    ...(sms && { sms: sms.provider === 'msg91' ? msg91Codes(sms) : twilioCodes(sms) }),
  };
}
