/** Somebody asks for the code once more: the same one, with the life it has left, or a new one when there is none. */
import type { Visitor } from '../platform/operation.ts';
import type { AppPorts } from '../ports.ts';
import { resendOtpContract } from './contract.ts';
import { sendOtp, type SendInput, type SendOutput } from './sendOtp.ts';

/** @throws Refusal PHONE_INVALID, RATE_LIMITED */
export async function resendOtp(ports: AppPorts, input: SendInput, visitor: Visitor): Promise<SendOutput> {
  return sendOtp(ports, { operation: resendOtpContract.name, repeats: true }, input, visitor);
}
