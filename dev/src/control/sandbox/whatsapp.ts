/** WhatsApp's Cloud API as the sandbox plays it: takes template messages with codes, and reports on them. */
import { randomBytes } from 'node:crypto';
import { Router as makeRouter, type Response, type Router } from 'express';
import { z } from 'zod';
import { goesWrong, type SandboxPorts } from './messages.ts';

/** The account that the local parameters name. */
export interface WhatsAppSandbox extends SandboxPorts {
  readonly accessToken: string;
  readonly phoneNumberId: string;
}

const BUSINESS_ACCOUNT_ID = '102290129340398';
const TEMPLATE = { name: 'login_otp', language: 'en_US' };
/** Meta's limit for the parameter of a code. */
const LONGEST_CODE = 15;

const parameter = z.strictObject({ type: z.literal('text'), text: z.string().min(1).max(LONGEST_CODE) });
const messageSchema = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual').optional(),
  to: z.string().regex(/^[1-9]\d{7,14}$/u),
  type: z.literal('template'),
  biz_opaque_callback_data: z.string().max(512).optional(),
  template: z.strictObject({
    name: z.string(),
    language: z.strictObject({ code: z.string() }),
    components: z.tuple([
      z.strictObject({ type: z.literal('body'), parameters: z.tuple([parameter]) }),
      z.strictObject({
        type: z.literal('button'),
        sub_type: z.literal('url'),
        index: z.literal('0'),
        parameters: z.tuple([parameter]),
      }),
    ]),
  }),
});
type Message = z.infer<typeof messageSchema>;

/** Routes below the address that `WHATSAPP_URL` names. */
export function whatsAppRoutes(sandbox: WhatsAppSandbox): Router {
  const router = makeRouter();
  router.post('/:version/:phoneNumberId/messages', (request, response) => {
    const { version, phoneNumberId } = request.params;
    if (request.header('authorization') !== `Bearer ${sandbox.accessToken}`)
      return refuse(response, 401, 190, 'Error validating access token');
    if (!/^v\d+\.0$/u.test(version) || phoneNumberId !== sandbox.phoneNumberId)
      return refuse(response, 400, 100, 'Unsupported post request');
    const parsed = messageSchema.safeParse(request.body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refuse(
        response,
        400,
        100,
        `Invalid parameter ${issue?.path.join('.') ?? ''}: ${issue?.message}`,
      );
    }
    take(sandbox, parsed.data, response);
  });
  return router;
}

function take(sandbox: WhatsAppSandbox, message: Message, response: Response): void {
  const { name, language, components } = message.template;
  const [body, button] = components;
  if (name !== TEMPLATE.name || language.code !== TEMPLATE.language)
    return refuse(response, 404, 132_001, 'Template name does not exist in the translation');
  const code = body.parameters[0].text;
  if (button.parameters[0].text !== code) return refuse(response, 400, 132_000, 'Parameters do not match');
  if (goesWrong(sandbox, 'whatsapp.refuse'))
    return refuse(response, 400, sandbox.faults().whatsapp.code, 'Message undeliverable');

  const id = `wamid.${randomBytes(24).toString('base64url')}`;
  const fails = goesWrong(sandbox, 'whatsapp.fail');
  if (!fails) {
    const text = `${code} is your verification code. For your security, do not share this code.`;
    sandbox.record({ channel: 'whatsapp', to: `+${message.to}`, text, code });
  }
  response.json({
    messaging_product: 'whatsapp',
    contacts: [{ input: message.to, wa_id: message.to }],
    messages: [{ id, message_status: 'accepted' }],
  });
  for (const status of fails ? ['sent', 'failed'] : ['sent', 'delivered'])
    sandbox.report(statusEvent(sandbox, message, { id, status }));
}

function statusEvent(
  { nowMs, phoneNumberId, faults }: WhatsAppSandbox,
  message: Message,
  { id, status }: { readonly id: string; readonly status: string },
): object {
  const { code } = faults().whatsapp;
  const reference = message.biz_opaque_callback_data;
  const details = { code, title: 'Message undeliverable', message: 'Message undeliverable' };
  const change = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
    statuses: [
      {
        id,
        status,
        timestamp: String(Math.floor(nowMs() / 1000)),
        recipient_id: message.to,
        ...(reference !== undefined && { biz_opaque_callback_data: reference }),
        ...(status === 'failed'
          ? { errors: [details] }
          : { pricing: { billable: true, pricing_model: 'PMP', category: 'authentication' } }),
      },
    ],
  };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: BUSINESS_ACCOUNT_ID, changes: [{ value: change, field: 'messages' }] }],
  };
}

/** Answers as Meta's Graph API does. */
function refuse(response: Response, status: number, code: number, details: string): void {
  response.status(status).json({
    error: {
      message: `(#${code}) ${details}`,
      type: 'OAuthException',
      code,
      error_data: { messaging_product: 'whatsapp', details },
      fbtrace_id: randomBytes(8).toString('base64url'),
    },
  });
}
