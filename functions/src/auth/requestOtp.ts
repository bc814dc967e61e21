/** Somebody asks for a code. One that was under way is void from then on. */
import type { Visitor } from '../platform/operation.ts';
import type { AppPorts } from '../ports.ts';
import { requestOtpContract } from './contract.ts';
import { sendOtp, type SendInput, type SendOutput } from './sendOtp.ts';

/** @throws Refusal PHONE_INVALID, RATE_LIMITED */
export async function requestOtp(ports: AppPorts, input: SendInput, visitor: Visitor): Promise<SendOutput> {
  return sendOtp(ports, { operation: requestOtpContract.name, repeats: false }, input, visitor);
}
