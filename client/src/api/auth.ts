// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';
import type { User } from './types.ts';

export interface AuthRequestOtpInput {
  phone: string;
  channel?: 'whatsapp' | 'sms' | undefined;
  requestId?: string | undefined;
}

export interface AuthRequestOtpOutput {
  channel: 'whatsapp' | 'sms';
  expiresAt: string;
  resendAt: string;
}

export interface AuthResendOtpInput {
  phone: string;
  channel?: 'whatsapp' | 'sms' | undefined;
  requestId?: string | undefined;
}

export interface AuthResendOtpOutput {
  channel: 'whatsapp' | 'sms';
  expiresAt: string;
  resendAt: string;
}

export interface AuthVerifyOtpInput {
  phone: string;
  code: string;
  requestId?: string | undefined;
}

export interface AuthVerifyOtpOutput {
  status: 'registered' | 'needs_registration';
  uid: string;
  customToken: string;
}

export interface AuthRegisterInput {
  username: string;
  gender: 'male' | 'female' | 'other';
  dateOfBirth: string;
  languages: readonly string[];
  fullName?: string | undefined;
  bio?: string | undefined;
  interests?: readonly string[] | undefined;
  location?: string | undefined;
  referralCode?: string | undefined;
  role?: 'user' | 'listener' | undefined;
  requestId?: string | undefined;
}

export interface AuthRegisterOutput {
  user: User;
}

export interface AuthLogoutInput {
  deviceId?: string | undefined;
  requestId?: string | undefined;
}

export type AuthLogoutOutput = Record<string, never>;

export interface AuthOperations {
  /** Send a one-time code to a phone, by WhatsApp or else by SMS. @throws EarshotError PHONE_INVALID, RATE_LIMITED */
  requestOtp(input: AuthRequestOtpInput, options?: AskOptions): Promise<AuthRequestOtpOutput>;
  /** Send the code that is under way once more, without a new life; or a new code when there is none. @throws EarshotError PHONE_INVALID, RATE_LIMITED */
  resendOtp(input: AuthResendOtpInput, options?: AskOptions): Promise<AuthResendOtpOutput>;
  /** Trade a code for a token that signs in with Firebase. @throws EarshotError PHONE_INVALID, OTP_INVALID, OTP_EXPIRED */
  verifyOtp(input: AuthVerifyOtpInput, options?: AskOptions): Promise<AuthVerifyOtpOutput>;
  /** Make the profile of a signed-in person whose phone is verified. @throws EarshotError ALREADY_REGISTERED, USERNAME_TAKEN, UNDERAGE, REQUIREMENTS_NOT_MET, IDEMPOTENCY_MISMATCH */
  register(input: AuthRegisterInput, options?: AskOptions): Promise<AuthRegisterOutput>;
  /** End every session of yours, on every device, at once. */
  logout(input?: AuthLogoutInput, options?: AskOptions): Promise<AuthLogoutOutput>;
}

export const authRoutes = {
  requestOtp: { method: 'POST', path: '/v1/auth/otp', requestId: true },
  resendOtp: { method: 'POST', path: '/v1/auth/otp/resend', requestId: true },
  verifyOtp: { method: 'POST', path: '/v1/auth/otp/verify', requestId: true },
  register: { method: 'POST', path: '/v1/auth/register', requestId: true },
  logout: { method: 'POST', path: '/v1/auth/logout', requestId: true },
} as const;
