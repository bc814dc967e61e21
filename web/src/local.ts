/** What the local stack plays for the phones: the networks that carry codes, the shop, and two people to try it with. */

export interface StackInfo {
  readonly projectId: string;
  readonly region: string;
  /** Another one whenever the stack begins anew: whoever was signed in before is not any more. */
  readonly stackId: string;
}

export interface DemoPerson {
  readonly role: 'listener' | 'caller';
  readonly phone: string;
  readonly customToken: string;
}

/** A code as a phone's messages show it. */
export interface Message {
  readonly channel: 'whatsapp' | 'sms';
  readonly text: string;
  readonly code?: string;
  readonly sentAt: string;
}

async function ask<T>(path: string, body?: object): Promise<T> {
  const answer = await fetch(`/local/${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  if (!answer.ok) throw new Error(`the stack answered ${answer.status}`);
  return (await answer.json()) as T;
}

/** Which stack this is. @throws when it does not run */
export async function stackInfo(): Promise<StackInfo> {
  return await ask('info');
}

/** One who calls and one who listens, ready to sign in. */
export async function demoPeople(): Promise<readonly DemoPerson[]> {
  return (await ask<{ items: DemoPerson[] }>('people', {})).items;
}

/** What was sent to a phone, newest first. */
export async function messagesTo(phone: string): Promise<readonly Message[]> {
  return (await ask<{ items: Message[] }>(`messages?to=${encodeURIComponent(phone)}`)).items;
}

/** What a customer does in the gateway's checkout. */
export async function payInSandbox(
  orderId: string,
  outcome: 'captured' | 'failed',
): Promise<{ paymentId: string; signature: string }> {
  return await ask('pay', { orderId, outcome });
}
