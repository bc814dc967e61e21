/** The operations by which people come in and leave, as plain data. */
import { z } from 'zod';
import { defineOperation, isoTime, requestIdInput } from '../platform/contract.ts';
import { userOutput } from '../users/contract.ts';
import { genderSchema } from '../users/documents.ts';
import { bioInput, fullNameInput, interestsInput, languagesInput, locationInput } from '../users/fields.ts';

/** Any way of writing it in international form; what it is not is refused with PHONE_INVALID. */
const phone = z.string().min(1).max(40);
const channel = z.enum(['whatsapp', 'sms']);
const requestId = requestIdInput.optional();

const sentOutput = z.object({
  /** The channel that the code went out by. */
  channel,
  expiresAt: isoTime,
  /** Before then no other code is sent to this phone. */
  resendAt: isoTime,
});

export const requestOtpContract = defineOperation({
  name: 'auth/requestOtp',
  summary: 'Send a one-time code to a phone, by WhatsApp or else by SMS.',
  access: 'public',
  input: z.strictObject({ phone, channel: channel.optional(), requestId }),
  output: sentOutput,
  errors: ['PHONE_INVALID', 'RATE_LIMITED'],
  rest: { method: 'POST', path: '/v1/auth/otp' },
});

export const resendOtpContract = defineOperation({
  name: 'auth/resendOtp',
  summary: 'Send the code that is under way once more, without a new life; or a new code when there is none.',
  access: 'public',
  input: z.strictObject({ phone, channel: channel.optional(), requestId }),
  output: sentOutput,
  errors: ['PHONE_INVALID', 'RATE_LIMITED'],
  rest: { method: 'POST', path: '/v1/auth/otp/resend' },
});

export const verifyOtpContract = defineOperation({
  name: 'auth/verifyOtp',
  summary: 'Trade a code for a token that signs in with Firebase.',
  access: 'public',
  input: z.strictObject({ phone, code: z.string().regex(/^\d{6}$/u, 'six digits'), requestId }),
  output: z.object({
    status: z.enum(['registered', 'needs_registration']),
    uid: z.string(),
    customToken: z.string(),
  }),
  errors: ['PHONE_INVALID', 'OTP_INVALID', 'OTP_EXPIRED'],
  rest: { method: 'POST', path: '/v1/auth/otp/verify' },
});

export const registerContract = defineOperation({
  name: 'auth/register',
  summary: 'Make the profile of a signed-in person whose phone is verified.',
  access: 'signedIn',
  input: z.strictObject({
    username: z.string().min(1).max(100),
    gender: genderSchema,
    dateOfBirth: z.iso.date(),
    languages: languagesInput,
    fullName: fullNameInput.optional(),
    bio: bioInput.optional(),
    interests: interestsInput.optional(),
    location: locationInput.optional(),
    referralCode: z
      .string()
      .regex(/^[\w-]{3,32}$/u, 'not a referral code')
      .optional(),
    role: z.enum(['user', 'listener']).optional(),
    requestId,
  }),
  output: z.object({ user: userOutput }),
  errors: [
    'ALREADY_REGISTERED',
    'USERNAME_TAKEN',
    'UNDERAGE',
    'REQUIREMENTS_NOT_MET',
    'IDEMPOTENCY_MISMATCH',
  ],
  rest: { method: 'POST', path: '/v1/auth/register' },
});

export const logoutContract = defineOperation({
  name: 'auth/logout',
  summary: 'End every session of yours, on every device, at once.',
  access: 'signedIn',
  input: z.strictObject({
    deviceId: z
      .string()
      .regex(/^[0-9a-f]{64}$/u, 'not a device id')
      .optional(),
    requestId,
  }),
  output: z.object({}),
  errors: [],
  rest: { method: 'POST', path: '/v1/auth/logout' },
});
