/** The port of whoever carries one-time codes to a phone. */

export type CodeChannel = 'whatsapp' | 'sms';

export interface CodeMessage {
  /** E.164. */
  readonly to: string;
  readonly code: string;
  /** Comes back in the provider's reports where it can carry one. Tells nothing about the person. */
  readonly reference: string;
  readonly lifeSec: number;
}

export interface CodeGateway {
  /**
   * Sends once. Never repeated by itself: providers know no idempotency key, so a second try is a second message.
   * @returns the provider's id of the message
   * @throws when the provider did not take it, or did not answer
   */
  send(message: CodeMessage): Promise<{ readonly messageId: string }>;
}

/** The channels that this deployment has. */
export type CodeGateways = Readonly<Partial<Record<CodeChannel, CodeGateway>>>;
