/** Every deployment parameter and secret, read here and nowhere else. Errors name the parameter, never its value. */
import { defineSecret, defineString, select } from 'firebase-functions/params';
import type { AgoraRestAccount } from './gateways/agora/client.ts';
import type { AgoraProject } from './gateways/agora/token.ts';
import type { SmsAccount } from './gateways/codeChannels.ts';
import type { RazorpayAccount } from './gateways/razorpay/client.ts';
import { addressesOf, type IceAccount } from './gateways/webrtc/credentials.ts';
import type { WhatsAppAccount } from './gateways/whatsapp/client.ts';
import type { Keys } from './ports.ts';

const agoraAppId = defineString('AGORA_APP_ID', {
  description: 'App ID of the Agora project (32 hex characters)',
});
const agoraCustomerId = defineString('AGORA_CUSTOMER_ID', { description: 'Agora RESTful API: customer id' });
const agoraRestUrl = defineString('AGORA_REST_URL', { default: 'https://api.agora.io' });
const agoraCertificate = defineSecret('AGORA_APP_CERTIFICATE');
const agoraCustomerSecret = defineSecret('AGORA_CUSTOMER_SECRET');
const agoraNcsSecret = defineSecret('AGORA_NCS_SECRET');

const stunServers = defineString('WEBRTC_STUN_SERVERS', {
  default: 'stun:stun.l.google.com:19302,stun:stun1.l.google.com:19302',
  description: 'STUN servers of calls from app to app, separated by commas; may be empty',
});
const turnServers = defineString('WEBRTC_TURN_SERVERS', {
  default: '',
  description: 'TURN servers of calls from app to app, separated by commas; empty: no relay',
});
const turnSecret = defineSecret('WEBRTC_TURN_SECRET');

const whatsAppPhoneNumberId = defineString('WHATSAPP_PHONE_NUMBER_ID', {
  default: '',
  description: 'Id of the WhatsApp sender; empty: codes are not sent by WhatsApp',
});
const whatsAppApiVersion = defineString('WHATSAPP_API_VERSION', { default: 'v23.0' });
const whatsAppTemplate = defineString('WHATSAPP_TEMPLATE', { default: 'login_otp' });
const whatsAppTemplateLanguage = defineString('WHATSAPP_TEMPLATE_LANGUAGE', { default: 'en_US' });
const whatsAppUrl = defineString('WHATSAPP_URL', { default: 'https://graph.facebook.com' });
const whatsAppAccessToken = defineSecret('WHATSAPP_ACCESS_TOKEN');
const whatsAppAppSecret = defineSecret('WHATSAPP_APP_SECRET');
const whatsAppVerifyToken = defineSecret('WHATSAPP_VERIFY_TOKEN');

const smsProvider = defineString('SMS_PROVIDER', {
  default: 'msg91',
  input: select(['msg91', 'twilio', 'none']),
});
const msg91TemplateId = defineString('MSG91_TEMPLATE_ID', {
  default: '',
  description: 'Id of the flow whose one variable is OTP; empty: no SMS by MSG91',
});
const msg91Url = defineString('MSG91_URL', { default: 'https://control.msg91.com' });
const twilioAccountSid = defineString('TWILIO_ACCOUNT_SID', {
  default: '',
  description: 'Empty: no SMS by Twilio',
});
const twilioSender = defineString('TWILIO_SENDER', {
  default: '',
  description: 'A number in E.164, or the id of a messaging service (MG…)',
});
const twilioUrl = defineString('TWILIO_URL', { default: 'https://api.twilio.com' });
const smsSecret = defineSecret('SMS_SECRET');

const razorpayKeyId = defineString('RAZORPAY_KEY_ID', {
  default: '',
  description: 'Key id of the Razorpay account (rzp_…); empty: nothing can be bought',
});
const razorpayAccountId = defineString('RAZORPAY_ACCOUNT_ID', {
  default: '',
  description:
    'Razorpay account (acc_…) whose events are taken; empty: of any that knows the webhook’s secret',
});
const razorpayUrl = defineString('RAZORPAY_URL', { default: 'https://api.razorpay.com' });
const razorpayKeySecret = defineSecret('RAZORPAY_KEY_SECRET');
const razorpayWebhookSecret = defineSecret('RAZORPAY_WEBHOOK_SECRET');

const phoneHashKey = defineSecret('PHONE_HASH_KEY');
const otpKey = defineSecret('OTP_KEY');

/** Secrets of whoever signs people in. */
export const peopleSecrets: readonly string[] = [phoneHashKey.name, otpKey.name];

/** Secrets of whoever sends codes. */
export const codeSecrets: readonly string[] = [whatsAppAccessToken.name, smsSecret.name];

/** Secrets of whoever asks the payment gateways. */
export const paymentSecrets: readonly string[] = [razorpayKeySecret.name];

/** Secrets of the webhooks. A code that WhatsApp could not deliver is made again there, and sent by SMS. */
export const webhookSecrets: readonly string[] = [
  agoraNcsSecret.name,
  whatsAppAppSecret.name,
  whatsAppVerifyToken.name,
  razorpayWebhookSecret.name,
  smsSecret.name,
  ...peopleSecrets,
];

/** What Agora's notifications are signed with; an empty one lets nothing in. */
export const agoraWebhook = { secret: () => agoraNcsSecret.value() };

/** What WhatsApp's webhook is checked against; an empty one lets nothing in. */
export const whatsAppWebhook = {
  appSecret: () => whatsAppAppSecret.value(),
  verifyToken: () => whatsAppVerifyToken.value(),
};

/** What Razorpay's webhook is checked against; an empty secret lets nothing in. */
export const razorpayWebhook = {
  secrets: () => razorpayWebhookSecret.value(),
  accountId: () => razorpayAccountId.value(),
};

/** Whom customers pay. @throws on use, naming the parameter that is not set */
export const razorpayAccount: RazorpayAccount = {
  get baseUrl() {
    return razorpayUrl.value();
  },
  keyId: () => set(razorpayKeyId.name, razorpayKeyId.value()),
  keySecret: () => set(razorpayKeySecret.name, razorpayKeySecret.value()),
};

/** @returns undefined when this deployment sends nothing by WhatsApp; @throws naming the secret that is not set */
export function whatsAppAccount(): WhatsAppAccount | undefined {
  const phoneNumberId = whatsAppPhoneNumberId.value();
  if (phoneNumberId === '') return undefined;
  return {
    baseUrl: whatsAppUrl.value(),
    apiVersion: whatsAppApiVersion.value(),
    phoneNumberId,
    template: whatsAppTemplate.value(),
    language: whatsAppTemplateLanguage.value(),
    accessToken: () => set(whatsAppAccessToken.name, whatsAppAccessToken.value()),
  };
}

/** @returns undefined when this deployment sends no SMS; @throws when the provider is none that we know */
export function smsAccount(): SmsAccount | undefined {
  const secret = () => set(smsSecret.name, smsSecret.value());
  const provider = smsProvider.value();
  switch (provider) {
    case 'none':
      return undefined;
    case 'msg91': {
      const templateId = msg91TemplateId.value();
      return templateId === ''
        ? undefined
        : { provider, baseUrl: msg91Url.value(), templateId, authKey: secret };
    }
    case 'twilio': {
      const accountSid = twilioAccountSid.value();
      const sender = twilioSender.value();
      return accountSid === '' || sender === ''
        ? undefined
        : { provider, baseUrl: twilioUrl.value(), accountSid, sender, authToken: secret };
    }
    default:
      throw new Error(`parameter ${smsProvider.name} names no provider`);
  }
}

/** @throws naming the secret that is not set */
export const keys: Keys = {
  phone: () => set(phoneHashKey.name, phoneHashKey.value()),
  code: () => set(otpKey.name, otpKey.value()),
};

/** Secrets that every function which runs calls needs. */
export const callSecrets: readonly string[] = [
  agoraCertificate.name,
  agoraCustomerSecret.name,
  turnSecret.name,
];

/**
 * `ENFORCE_APP_CHECK=true` in functions/.env refuses clients without App Check. Not a declared parameter: it is
 * needed when the functions are declared, before parameters have values.
 */
export function enforceAppCheck(): boolean {
  return process.env['ENFORCE_APP_CHECK'] === 'true';
}

/** What tokens are made of. Not checked here: a malformed value makes no token, and the call ends as failed. */
export function agoraProject(): AgoraProject {
  return { appId: agoraAppId.value(), appCertificate: agoraCertificate.value() };
}

/** Who helps apps to reach each other. Not checked here either. */
export function iceAccount(): IceAccount {
  return {
    stunUrls: addressesOf(stunServers.value()),
    turnUrls: addressesOf(turnServers.value()),
    turnSecret: () => turnSecret.value(),
  };
}

/** @throws naming the parameter that is not set */
export function agoraRestAccount(): AgoraRestAccount {
  return {
    baseUrl: agoraRestUrl.value(),
    appId: set(agoraAppId.name, agoraAppId.value()),
    customerId: set(agoraCustomerId.name, agoraCustomerId.value()),
    customerSecret: set(agoraCustomerSecret.name, agoraCustomerSecret.value()),
  };
}

function set(name: string, value: string): string {
  if (value === '') throw new Error(`parameter ${name} is not set`);
  return value;
}
