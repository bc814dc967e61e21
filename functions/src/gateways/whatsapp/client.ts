/** WhatsApp Cloud API: sends a code by an authentication template. */
import { z } from 'zod';
import { CODE_TIMEOUT_MS, CodeNotTaken, jsonOf, type CodeGateway, type CodeMessage } from '../codes.ts';

export interface WhatsAppAccount {
  readonly baseUrl: string;
  /** E.g. `v23.0`. */
  readonly apiVersion: string;
  readonly phoneNumberId: string;
  readonly template: string;
  /** Of the template, e.g. `en_US`. */
  readonly language: string;
  /** Asked for when it is used: a webhook's function does not hold every secret. */
  accessToken(): string;
}

const takenSchema = z.object({
  messages: z
    .array(z.object({ id: z.string().min(1), message_status: z.string().default('accepted') }))
    .min(1),
});
const refusedSchema = z.object({ error: z.object({ code: z.number() }) });

/**
 * Errors that concern one recipient or pass by themselves: app, account, number or pair rate, transient faults,
 * undeliverable, not on the test list, spam limit, not delivered by choice. All others are for an operator.
 */
const PASSING: readonly number[] = [
  1, 2, 4, 80_007, 130_429, 131_000, 131_016, 131_026, 131_030, 131_048, 131_049, 131_056,
];

/** @param account the sender */
export function whatsAppCodes(account: WhatsAppAccount): CodeGateway {
  return {
    async send(message) {
      const { baseUrl, apiVersion, phoneNumberId } = account;
      const answer = await fetch(`${baseUrl}/${apiVersion}/${phoneNumberId}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${account.accessToken()}`, 'content-type': 'application/json' },
        body: JSON.stringify(templateMessage(account, message)),
        signal: AbortSignal.timeout(CODE_TIMEOUT_MS),
      });
      const body = await jsonOf(answer);
      if (!answer.ok) throw refusal(answer.status, body);
      const [taken] = takenSchema.parse(body).messages;
      // Held for a quality check or paused: it may come after the code has expired.
      if (taken?.message_status !== 'accepted') throw new CodeNotTaken('WhatsApp', 'held', false);
      return { messageId: taken.id };
    },
  };
}

function refusal(status: number, body: unknown): CodeNotTaken {
  const parsed = refusedSchema.safeParse(body);
  if (!parsed.success) return new CodeNotTaken('WhatsApp', `http ${status}`, status < 500);
  const { code } = parsed.data.error;
  return new CodeNotTaken('WhatsApp', String(code), !PASSING.includes(code));
}

/** The code stands in the text and on the button that copies it; Meta wants it in both. */
function templateMessage(
  { template, language }: WhatsAppAccount,
  { to, code, reference }: CodeMessage,
): object {
  const parameters = [{ type: 'text', text: code }];
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: to.replace('+', ''),
    type: 'template',
    biz_opaque_callback_data: reference,
    template: {
      name: template,
      language: { code: language },
      components: [
        { type: 'body', parameters },
        { type: 'button', sub_type: 'url', index: '0', parameters },
      ],
    },
  };
}
