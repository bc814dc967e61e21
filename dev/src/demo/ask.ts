/** Asking an operation as an app would, with the answer checked. */
import type { z } from 'zod';
import type { Contract } from '../../../functions/src/platform/contract.ts';
import type { Phone } from '../phone/phone.ts';

/**
 * Calls an operation as an app would and checks that the answer is what the contract promises.
 * @throws FirebaseError as the SDK makes it; ZodError when the answer is not of the contract
 */
export async function ask<I extends z.ZodType, O extends z.ZodType>(
  phone: Phone,
  contract: Contract<I, O>,
  input: z.input<I>,
): Promise<z.output<O>> {
  return contract.output.parse(await phone.call<unknown>(contract.name, input));
}
