/** MSG91's flow API: an SMS by a template that is registered in India. */
import { z } from 'zod';
import { CODE_TIMEOUT_MS, CodeNotTaken, jsonOf, type CodeGateway } from '../codes.ts';

export interface Msg91Account {
  readonly provider: 'msg91';
  readonly baseUrl: string;
  readonly templateId: string;
  /** Asked for when it is used: a webhook's function does not hold every secret. */
  authKey(): string;
}

const answerSchema = z.object({ type: z.literal('success'), message: z.string().min(1) });

/** @param account whose template has the one variable `OTP` */
export function msg91Codes(account: Msg91Account): CodeGateway {
  const { baseUrl, templateId } = account;
  return {
    async send({ to, code }) {
      const answer = await fetch(`${baseUrl}/api/v5/flow`, {
        method: 'POST',
        headers: { authkey: account.authKey(), 'content-type': 'application/json' },
        body: JSON.stringify({
          template_id: templateId,
          short_url: '0',
          recipients: [{ mobiles: to.replace('+', ''), OTP: code }],
        }),
        signal: AbortSignal.timeout(CODE_TIMEOUT_MS),
      });
      // A refusal may come with status 200.
      const taken = answerSchema.safeParse(await jsonOf(answer));
      if (!answer.ok || !taken.success)
        throw new CodeNotTaken('MSG91', `http ${answer.status}`, answer.status < 500);
      return { messageId: taken.data.message };
    },
  };
}
