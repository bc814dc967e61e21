/** WhatsApp's webhook: who may call it, and what it tells about messages of ours. */
import { z } from 'zod';
import { isSameText, isSignedByAny } from '../../platform/signature.ts';

/**
 * @param appSecrets one, or two of them separated by white space while it is being changed
 * @param header `X-Hub-Signature-256`
 */
export function isFromMeta(appSecrets: string, raw: Buffer, header: string | undefined): boolean {
  const [, hex] = /^sha256=([0-9a-f]{64})$/u.exec(header ?? '') ?? [];
  return isSignedByAny({ algorithm: 'sha256', secrets: appSecrets, raw, hex });
}

/**
 * The handshake by which Meta checks that the address is ours.
 * @returns the challenge to answer; undefined when the token is not ours
 */
export function challengeOf(
  verifyToken: string,
  query: Readonly<Record<string, unknown>>,
): string | undefined {
  const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = query;
  if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string') return undefined;
  return isSameText(verifyToken, token) ? challenge : undefined;
}

const statusSchema = z.object({
  id: z.string().min(1),
  status: z.enum(['sent', 'delivered', 'read', 'failed']),
  biz_opaque_callback_data: z.string().optional(),
});

/** What Meta reports of one message. */
export interface MessageStatus {
  readonly messageId: string;
  readonly status: z.infer<typeof statusSchema>['status'];
  /** As it was given with the message. */
  readonly reference: string | undefined;
}

// What is not as expected is left out piece by piece: refusing a batch would bring it back for days.
const some = <T extends z.ZodType>(item: T) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((items) => items.flatMap((one) => item.safeParse(one).data ?? []));
const changeSchema = z.object({ value: z.object({ statuses: some(statusSchema) }) });
const eventSchema = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: some(z.object({ changes: some(changeSchema) })),
});

/** All statuses of a batch, in its order; none for events of another kind. */
export function statusesOf(event: unknown): MessageStatus[] {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) return [];
  const changes = parsed.data.entry.flatMap((entry) => entry.changes);
  return changes
    .flatMap(({ value }) => value.statuses)
    .map(({ id, status, biz_opaque_callback_data }) => ({
      messageId: id,
      status,
      reference: biz_opaque_callback_data,
    }));
}
