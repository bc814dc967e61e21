/** Every deployment parameter and secret, read here and nowhere else. Errors name the parameter, never its value. */
import { defineSecret, defineString } from 'firebase-functions/params';
import type { AgoraRestAccount } from './gateways/agora/client.ts';
import type { AgoraProject } from './gateways/agora/token.ts';
import type { Keys } from './ports.ts';

const agoraAppId = defineString('AGORA_APP_ID', {
  description: 'App ID of the Agora project (32 hex characters)',
});
const agoraCustomerId = defineString('AGORA_CUSTOMER_ID', { description: 'Agora RESTful API: customer id' });
const agoraRestUrl = defineString('AGORA_REST_URL', { default: 'https://api.agora.io' });
const agoraCertificate = defineSecret('AGORA_APP_CERTIFICATE');
const agoraCustomerSecret = defineSecret('AGORA_CUSTOMER_SECRET');

const phoneHashKey = defineSecret('PHONE_HASH_KEY');
const otpKey = defineSecret('OTP_KEY');

/** Secrets of whoever signs people in. */
export const peopleSecrets: readonly string[] = [phoneHashKey.name, otpKey.name];

/** @throws naming the secret that is not set */
export const keys: Keys = {
  phone: () => set(phoneHashKey.name, phoneHashKey.value()),
  code: () => set(otpKey.name, otpKey.value()),
};

/** Secrets that every function which runs calls needs. */
export const callSecrets: readonly string[] = [agoraCertificate.name, agoraCustomerSecret.name];

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
