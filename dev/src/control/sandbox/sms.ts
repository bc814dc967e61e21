/** MSG91 and Twilio as the sandbox plays them. Both record what they take; neither reports. */
import { randomBytes } from 'node:crypto';
import { Router as makeRouter, urlencoded, type Response, type Router } from 'express';
import { z } from 'zod';
import { goesWrong, type SandboxPorts } from './messages.ts';

type SmsPorts = Pick<SandboxPorts, 'random' | 'faults' | 'injected' | 'record'>;

const flowSchema = z.strictObject({
  template_id: z.string().min(1),
  short_url: z.enum(['0', '1']).optional(),
  recipients: z
    .array(z.strictObject({ mobiles: z.string().regex(/^[1-9]\d{7,14}$/u), OTP: z.string().min(1) }))
    .min(1),
});

/** Routes below the address that `MSG91_URL` names. */
export function msg91Routes(
  sandbox: SmsPorts & { readonly authKey: string; readonly templateId: string },
): Router {
  const router = makeRouter();
  // MSG91 answers 200 also when it refuses.
  const refuse = (response: Response, message: string) => void response.json({ type: 'error', message });
  router.post('/api/v5/flow', (request, response) => {
    if (request.header('authkey') !== sandbox.authKey) {
      response.status(401).json({ type: 'error', message: 'Unauthorized' });
      return;
    }
    const parsed = flowSchema.safeParse(request.body);
    if (!parsed.success) return refuse(response, 'Invalid request body');
    if (parsed.data.template_id !== sandbox.templateId) return refuse(response, 'template id missing');
    if (goesWrong(sandbox, 'sms.refuse')) return refuse(response, 'Message not sent');
    for (const { mobiles, OTP } of parsed.data.recipients)
      sandbox.record({
        channel: 'sms',
        to: `+${mobiles}`,
        text: `${OTP} is your code to sign in.`,
        code: OTP,
      });
    response.json({ type: 'success', message: randomBytes(12).toString('hex') });
  });
  return router;
}

const sender = { From: z.string().regex(/^\+[1-9]\d{7,14}$/u) };
const service = { MessagingServiceSid: z.string().regex(/^MG[0-9a-f]{32}$/u) };
const textSchema = {
  To: z.string().regex(/^\+[1-9]\d{7,14}$/u),
  Body: z.string().min(1).max(1600),
  ValidityPeriod: z
    .string()
    .regex(/^[1-9]\d{0,4}$/u)
    .optional(),
};
const formSchema = z.union([
  z.strictObject({ ...textSchema, ...sender }),
  z.strictObject({ ...textSchema, ...service }),
]);

/** Routes below the address that `TWILIO_URL` names. */
export function twilioRoutes(
  sandbox: SmsPorts & { readonly accountSid: string; readonly authToken: string },
): Router {
  const router = makeRouter();
  const basic = Buffer.from(`${sandbox.accountSid}:${sandbox.authToken}`).toString('base64');
  const refuse = (response: Response, status: number, code: number, message: string) =>
    void response
      .status(status)
      .json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
  router.post(
    '/2010-04-01/Accounts/:sid/Messages.json',
    urlencoded({ extended: false }),
    (request, response) => {
      if (
        request.header('authorization') !== `Basic ${basic}` ||
        request.params['sid'] !== sandbox.accountSid
      )
        return refuse(response, 401, 20_003, 'Authenticate');
      const parsed = formSchema.safeParse({ ...(request.body as object) });
      if (!parsed.success) return refuse(response, 400, 21_211, 'Invalid parameter');
      if (goesWrong(sandbox, 'sms.refuse')) return refuse(response, 400, 21_614, 'Not a mobile number');
      const { To, Body } = parsed.data;
      const [code] = /\b\d{6}\b/u.exec(Body) ?? [];
      sandbox.record({ channel: 'sms', to: To, text: Body, ...(code !== undefined && { code }) });
      response.status(201).json({
        sid: `SM${randomBytes(16).toString('hex')}`,
        status: 'queued',
        to: To,
        error_code: null,
        error_message: null,
        num_segments: '1',
      });
    },
  );
  return router;
}
