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
   * @throws when the provider did not take it, or did not answer; `CodeNotTaken` when it said why
   */
  send(message: CodeMessage): Promise<{ readonly messageId: string }>;
}

/** The channels that this deployment has. */
export type CodeGateways = Readonly<Partial<Record<CodeChannel, CodeGateway>>>;

/** A provider's refusal. Its message carries nothing of the person. */
export class CodeNotTaken extends Error {
  /** The provider's own number or word for it, fit for a log. */
  readonly providerCode: string;
  /** The account, the template or the token is at fault, so nobody gets a code until a person acts. */
  readonly operatorMustAct: boolean;

  constructor(provider: string, providerCode: string, operatorMustAct: boolean) {
    super(`${provider} did not take a code`);
    this.name = 'CodeNotTaken';
    this.providerCode = providerCode;
    this.operatorMustAct = operatorMustAct;
  }
}

/** How long a provider may take; whoever waits for a code waits for this too, and then for the next channel. */
export const CODE_TIMEOUT_MS = 8_000;

/** Reads an answer that should be JSON; what is none is as good as empty. */
export async function jsonOf(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}
