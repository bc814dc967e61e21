/** What the functions are configured with locally: the names production takes from its parameters and secrets. */
import { createHash } from 'node:crypto';

/** A made-up value that is the same on every machine; nothing outside of the stack knows it. */
function localValue(name: string, length = 32): string {
  return createHash('sha256').update(`earshot local stack ${name}`).digest('hex').slice(0, length);
}

/** Whom the sandbox knows. */
export const LOCAL_ACCOUNTS = {
  /** Of WhatsApp. */
  phoneNumberId: '106540352242922',
  razorpayKeyId: `rzp_test_${localValue('RAZORPAY_KEY_ID', 14)}`,
  razorpayAccountId: `acc_${localValue('RAZORPAY_ACCOUNT_ID', 14)}`,
  /** Of MSG91. */
  templateId: localValue('MSG91_TEMPLATE_ID', 24),
  /** Of Twilio. */
  accountSid: `AC${localValue('TWILIO_ACCOUNT_SID')}`,
} as const;

/** Agora as the functions know it, and what it signs with. */
export function agoraAccount() {
  const account = {
    appId: localValue('AGORA_APP_ID'),
    customerId: localValue('AGORA_CUSTOMER_ID'),
    customerSecret: localValue('AGORA_CUSTOMER_SECRET'),
  };
  return { account, ncsSecret: WEBHOOK_SECRETS.agoraNcs };
}

/** Parameters (`defineString`), all of them, because the emulator asks for what has only a default; written to the `.env` of the stack's copy of the functions. */
export function localParams(controlUrl: string): Record<string, string> {
  return {
    AGORA_APP_ID: localValue('AGORA_APP_ID'),
    AGORA_CUSTOMER_ID: localValue('AGORA_CUSTOMER_ID'),
    AGORA_REST_URL: `${controlUrl}/agora`,
    RAZORPAY_KEY_ID: LOCAL_ACCOUNTS.razorpayKeyId,
    RAZORPAY_ACCOUNT_ID: LOCAL_ACCOUNTS.razorpayAccountId,
    RAZORPAY_URL: `${controlUrl}/razorpay`,
    SMS_PROVIDER: 'msg91',
    MSG91_TEMPLATE_ID: LOCAL_ACCOUNTS.templateId,
    MSG91_URL: `${controlUrl}/msg91`,
    TWILIO_ACCOUNT_SID: LOCAL_ACCOUNTS.accountSid,
    TWILIO_SENDER: '+15005550006',
    TWILIO_URL: `${controlUrl}/twilio`,
    // Nobody is there: apps on one machine reach each other without help.
    WEBRTC_STUN_SERVERS: '',
    WEBRTC_TURN_SERVERS: 'turn:127.0.0.1:3478?transport=udp',
    WHATSAPP_PHONE_NUMBER_ID: LOCAL_ACCOUNTS.phoneNumberId,
    WHATSAPP_API_VERSION: 'v23.0',
    WHATSAPP_TEMPLATE: 'login_otp',
    WHATSAPP_TEMPLATE_LANGUAGE: 'en_US',
    WHATSAPP_URL: `${controlUrl}/whatsapp`,
  };
}

/** Secrets the control API has to know, because it plays the provider that shares them. */
export const WEBHOOK_SECRETS = {
  razorpayWebhook: localValue('RAZORPAY_WEBHOOK_SECRET'),
  agoraNcs: localValue('AGORA_NCS_SECRET'),
  whatsappApp: localValue('WHATSAPP_APP_SECRET'),
  whatsappVerify: localValue('WHATSAPP_VERIFY_TOKEN'),
} as const;

/** Secrets by which the functions show the sandbox who they are. */
export const PROVIDER_SECRETS = {
  whatsappToken: localValue('WHATSAPP_ACCESS_TOKEN'),
  sms: localValue('SMS_SECRET'),
  razorpayKey: localValue('RAZORPAY_KEY_SECRET'),
} as const;

/**
 * Secrets, written to `.secret.local`. Every secret the bundle declares gets a value: for one without, the functions
 * emulator would ask Secret Manager over the network.
 * @param bundle text of the built functions
 */
export function localSecrets(bundle: string): Record<string, string> {
  const declared = [...bundle.matchAll(/defineSecret\w*\(\s*["'`]([A-Z][A-Z0-9_]*)["'`]/gu)].map(
    (found) => found[1] ?? '',
  );
  const names = ['AGORA_APP_CERTIFICATE', 'AGORA_CUSTOMER_SECRET', ...declared];
  return Object.fromEntries([
    ...names.map((name) => [name, localValue(name)]),
    ['RAZORPAY_WEBHOOK_SECRET', WEBHOOK_SECRETS.razorpayWebhook],
    ['AGORA_NCS_SECRET', WEBHOOK_SECRETS.agoraNcs],
    ['RAZORPAY_KEY_SECRET', PROVIDER_SECRETS.razorpayKey],
    ['SMS_SECRET', PROVIDER_SECRETS.sms],
    ['WHATSAPP_ACCESS_TOKEN', PROVIDER_SECRETS.whatsappToken],
    ['WHATSAPP_APP_SECRET', WEBHOOK_SECRETS.whatsappApp],
    ['WHATSAPP_VERIFY_TOKEN', WEBHOOK_SECRETS.whatsappVerify],
  ]) as Record<string, string>;
}

/** Lines of a dotenv file. */
export function dotenv(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
