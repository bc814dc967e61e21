/** Names a phone number without telling it: for document ids, which show up in logs and consoles. */
import { createHmac } from 'node:crypto';

/**
 * @param key from `keys.phone()`; never changed, because what is kept under a hash must be found again
 * @param phone E.164
 * @returns 40 hex digits
 */
export function phoneHash(key: string, phone: string): string {
  return createHmac('sha256', key).update(phone).digest('hex').slice(0, 40);
}
