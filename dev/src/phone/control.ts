/** The control API of the stack, typed, for the demo and the scenarios. */

export interface ReadyInfo {
  readonly projectId: string;
  readonly region: string;
  readonly ports: {
    readonly auth: number;
    readonly functions: number;
    readonly firestore: number;
    /** The phones in the browser. */
    readonly web: number;
    /** Only where a JDK is present. */
    readonly storage?: number;
  };
  readonly webhooks: { readonly razorpay: string; readonly whatsapp: string; readonly agora: string };
  readonly secrets: {
    readonly agoraNcs: string;
    readonly razorpayWebhook: string;
    readonly whatsappApp: string;
    readonly whatsappVerify: string;
  };
}

export interface SeededPerson {
  readonly uid: string;
  readonly phone: string;
  readonly role: 'listener' | 'caller';
  readonly customToken: string;
}

export interface RecordedPush {
  readonly uid: string;
  readonly deviceId: string;
  readonly data: Readonly<Record<string, string>>;
  readonly notification?: { readonly title: string; readonly body: string };
  readonly sentAt: string;
}

export interface RecordedMessage {
  readonly channel: 'whatsapp' | 'sms';
  readonly to: string;
  readonly text: string;
  readonly code?: string;
  readonly sentAt: string;
}

export interface CountersAnswer {
  readonly invocations: number;
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  readonly taskOps: number;
  readonly configReads: number;
  readonly transactionRetries: number;
  readonly perOperation: Readonly<Record<string, Omit<CountersAnswer, 'perOperation'>>>;
}

export interface Control {
  readonly url: string;
  ready(): Promise<ReadyInfo>;
  seed(input: {
    listeners: number;
    callers: number;
    coins: number;
    limits?: 'generous' | 'default';
  }): Promise<SeededPerson[]>;
  now(): Promise<Date>;
  advance(
    seconds: number,
    silent?: readonly string[],
  ): Promise<{ now: string; ran: { kind: string; name: string; at: string }[] }>;
  pushes(uid: string): Promise<RecordedPush[]>;
  /** Newest first. */
  messages(to: string): Promise<RecordedMessage[]>;
  idle(): Promise<void>;
  counters(): Promise<CountersAnswer>;
  resetCounters(): Promise<void>;
  faults(faults: unknown): Promise<void>;
  clearFaults(): Promise<void>;
  grant(uid: string, role: 'admin'): Promise<void>;
  /** Any other request; answers the parsed body. @throws with the body when the status is not 2xx */
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** @param url where `npm start` says the control API is */
export function controlOf(url: string): Control {
  async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
  return {
    url,
    request,
    ready: async () => await request('GET', '/ready'),
    seed: async (input) => (await request<{ items: SeededPerson[] }>('POST', '/seed', input)).items,
    now: async () => new Date((await request<{ now: string }>('GET', '/clock')).now),
    advance: async (seconds, silent) =>
      await request('POST', '/clock/advance', { seconds, ...(silent && { silent }) }),
    pushes: async (uid) => (await request<{ items: RecordedPush[] }>('GET', `/pushes?uid=${uid}`)).items,
    messages: async (to) =>
      (await request<{ items: RecordedMessage[] }>('GET', `/messages?to=${encodeURIComponent(to)}`)).items,
    idle: async () => void (await request('GET', '/idle')),
    counters: async () => await request('GET', '/counters'),
    resetCounters: async () => void (await request('DELETE', '/counters')),
    faults: async (faults) => void (await request('POST', '/faults', faults)),
    clearFaults: async () => void (await request('DELETE', '/faults')),
    grant: async (uid, role) => void (await request('POST', '/admin/grant', { uid, role })),
  };
}
