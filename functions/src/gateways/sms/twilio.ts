/** Twilio's Messages API. */
import { z } from 'zod';
import { CODE_TIMEOUT_MS, CodeNotTaken, jsonOf, type CodeGateway } from '../codes.ts';

export interface TwilioAccount {
  readonly provider: 'twilio';
  readonly baseUrl: string;
  readonly accountSid: string;
  /** A number in E.164, or the id of a messaging service (`MG…`). */
  readonly sender: string;
  /** Asked for when it is used: a webhook's function does not hold every secret. */
  authToken(): string;
}

const takenSchema = z.object({ sid: z.string().min(1) });
const refusedSchema = z.object({ code: z.number() });

/** Errors of one recipient: not a number, not verified on a trial, opted out, takes no SMS; or too many at once. */
const PASSING: readonly number[] = [20_429, 21_211, 21_608, 21_610, 21_614];

export function twilioCodes(account: TwilioAccount): CodeGateway {
  const { baseUrl, accountSid, sender } = account;
  return {
    async send({ to, code, lifeSec }) {
      const credentials = Buffer.from(`${accountSid}:${account.authToken()}`).toString('base64');
      const answer = await fetch(`${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}` },
        body: new URLSearchParams({
          To: to,
          [sender.startsWith('MG') ? 'MessagingServiceSid' : 'From']: sender,
          Body: textOf(code, lifeSec),
          // An SMS that arrives after the code has expired only confuses.
          ValidityPeriod: String(Math.max(1, Math.floor(lifeSec))),
        }),
        signal: AbortSignal.timeout(CODE_TIMEOUT_MS),
      });
      const body = await jsonOf(answer);
      if (!answer.ok) throw refusal(answer.status, body);
      return { messageId: takenSchema.parse(body).sid };
    },
  };
}

function refusal(status: number, body: unknown): CodeNotTaken {
  const code = refusedSchema.safeParse(body).data?.code;
  if (code === undefined) return new CodeNotTaken('Twilio', `http ${status}`, status < 500);
  return new CodeNotTaken('Twilio', String(code), !PASSING.includes(code));
}

function textOf(code: string, lifeSec: number): string {
  const minutes = Math.max(1, Math.ceil(lifeSec / 60));
  return `${code} is your code to sign in. It is good for ${minutes} min. Tell it to nobody.`;
}
