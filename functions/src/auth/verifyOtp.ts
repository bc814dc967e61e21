/** Somebody trades a code for a token that signs in. */
import type { z } from 'zod';
import { refuse } from '../platform/errors.ts';
import { sessions } from '../platform/actor.ts';
import type { AppPorts } from '../ports.ts';
import { phoneHash } from '../users/phoneHash.ts';
import { isCode } from './code.ts';
import type { verifyOtpContract } from './contract.ts';
import { otps } from './documents.ts';
import { judge, type Verdict } from './domain/otp.ts';
import { normalisePhone } from './phone.ts';

type VerifyInput = z.output<typeof verifyOtpContract.input>;

/**
 * One read and one write, then one read of the profile. The account is found or made only after the code was right.
 * @throws Refusal PHONE_INVALID, OTP_EXPIRED when there is no code that could be right, OTP_INVALID
 */
export async function verifyOtp(
  ports: AppPorts,
  input: VerifyInput,
): Promise<z.input<typeof verifyOtpContract.output>> {
  const phone = await normalisePhone(input.phone);
  const verdict = await tryCode(ports, phone, input);
  if (verdict.kind === 'expired') throw refuse('OTP_EXPIRED');
  if (verdict.kind === 'wrong') throw refuse('OTP_INVALID', { attemptsLeft: verdict.attemptsLeft });
  const { uid } = await ports.accounts.findOrCreate(phone);
  const [[profile], customToken] = await Promise.all([
    ports.store.getAll(sessions.doc(uid)),
    ports.accounts.customToken(uid, ports.clock.authSec()),
  ]);
  return { status: profile === undefined ? 'needs_registration' : 'registered', uid, customToken };
}

/** The try counts when this returns, whatever is answered. */
async function tryCode(
  ports: AppPorts,
  phone: string,
  { code, requestId = null }: Pick<VerifyInput, 'code'> & { readonly requestId?: string | null | undefined },
): Promise<Verdict> {
  const { limits } = await ports.settings();
  const ref = otps.doc(phoneHash(ports.keys.phone(), phone));
  return ports.store.transaction(async (tx) => {
    const [otp] = await tx.getAll(ref);
    const right = otp !== undefined && isCode(ports.keys.code(), otp, code);
    const verdict = judge(otp, { right, requestId }, limits, ports.clock.now());
    if (verdict.kind === 'right' || verdict.kind === 'wrong') tx.update(ref, verdict.change);
    return verdict;
  });
}
