/** Webhooks that the sandbox sends: signed, one after the other, again when they fail, and wrong if asked for. */
import { createHmac, randomUUID } from 'node:crypto';
import type { Injected, TaskFault } from '../faults.ts';
import { TaskServer, type Dispatch } from '../tasks.ts';

interface WebhookPorts {
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Posts one webhook. */
  readonly dispatch: Dispatch;
  readonly injected?: Injected<TaskFault>;
}

/** How long a function may take over a webhook. */
const DEADLINE_SEC = 60;

/** A queue of webhooks. They are tasks like any other: delayed, doubled and lost by the same faults. */
export function webhookQueue(ports: WebhookPorts): TaskServer {
  // One at once, so that reports on one message arrive in order unless a fault is asked for.
  return new TaskServer({ ...ports, mostAtOnce: 1 });
}

/** Queues an event of WhatsApp as Meta would sign it. */
export function sendWhatsAppEvent(
  queue: TaskServer,
  event: object,
  { appSecret, nowMs }: { readonly appSecret: string; readonly nowMs: number },
): void {
  const body = Buffer.from(JSON.stringify(event));
  const signature = createHmac('sha256', appSecret).update(body).digest('hex');
  queue.create({
    name: `webhooks/whatsapp/${randomUUID()}`,
    queue: 'whatsapp',
    body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    scheduledMs: nowMs,
    deadlineSec: DEADLINE_SEC,
  });
}
