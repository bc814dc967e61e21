/** What the messaging providers of the sandbox share: what they record, report and may do wrong. */
import { z } from 'zod';
import { happens, type Injected } from '../faults.ts';

/** A message that a provider has taken. */
export interface SentMessage {
  readonly channel: 'whatsapp' | 'sms';
  /** E.164. */
  readonly to: string;
  readonly text: string;
  readonly code?: string;
}

/** Meta's error for a number that is not on WhatsApp. */
const NOT_ON_WHATSAPP = 131_026;

const probability = z.number().min(0).max(1).default(0);

/** What `POST /faults` takes as `messages`. */
export const messageFaultsSchema = z.strictObject({
  whatsapp: z
    .strictObject({
      /** The message is refused at once, with `code`. */
      refuse: probability,
      code: z.number().int().default(NOT_ON_WHATSAPP),
      /** The message is taken, and reported as failed. */
      fail: probability,
    })
    .prefault({}),
  sms: z.strictObject({ refuse: probability }).prefault({}),
});
export type MessageFaults = z.infer<typeof messageFaultsSchema>;

export const NO_MESSAGE_FAULTS: MessageFaults = messageFaultsSchema.parse({});

/** One of the wishes, by its path. */
export type MessageFault = 'whatsapp.refuse' | 'whatsapp.fail' | 'sms.refuse';

/** @returns whether it goes wrong, which is counted */
export function goesWrong(
  { random, faults, injected }: Pick<SandboxPorts, 'random' | 'faults' | 'injected'>,
  name: MessageFault,
): boolean {
  const { whatsapp, sms } = faults();
  const probabilities = {
    'whatsapp.refuse': whatsapp.refuse,
    'whatsapp.fail': whatsapp.fail,
    'sms.refuse': sms.refuse,
  };
  const met = happens(probabilities[name], random);
  if (met) injected?.(name);
  return met;
}

/** What a provider of the sandbox works with. */
export interface SandboxPorts {
  readonly nowMs: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly faults: () => MessageFaults;
  readonly injected?: Injected<MessageFault>;
  readonly record: (message: SentMessage) => void;
  /** Sends an event to the functions' webhook of WhatsApp, signed. */
  readonly report: (event: object) => void;
}
