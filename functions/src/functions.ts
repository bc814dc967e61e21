/** The deployed functions: services, the REST facade, the task queue and the schedule. */
import { join } from 'node:path';
import {
  onDocumentWritten,
  type Change,
  type DocumentSnapshot,
  type FirestoreEvent,
} from 'firebase-functions/v2/firestore';
import { onRequest } from 'firebase-functions/v2/https';
import { onSchedule } from 'firebase-functions/v2/scheduler';
import { onTaskDispatched } from 'firebase-functions/v2/tasks';
import { makePorts, verifyToken } from './composition.ts';
import { refreshCards } from './listeners/refreshCards.ts';
import {
  allOperations,
  authOperations,
  callOperations,
  listenerOperations,
  notificationOperations,
  paymentOperations,
  presenceOperations,
  systemOperations,
  userOperations,
  verificationOperations,
  walletOperations,
} from './operations.ts';
import { callSecrets, codeSecrets, enforceAppCheck, paymentSecrets, peopleSecrets } from './parameters.ts';
import { pollOrders } from './payments/pollOrders.ts';
import { apiPages } from './platform/apiPages.ts';
import { invoke } from './platform/invocation.ts';
import { reportHandled } from './platform/local.ts';
import { REGION } from './platform/region.ts';
import { restApp } from './platform/rest.ts';
import { service } from './platform/service.ts';
import { runTask, sweepAll } from './sweeps.ts';
import { reportAudit } from './system/auditBooks.ts';

const options = { secrets: callSecrets, enforceAppCheck: enforceAppCheck() };
const authSecrets = [...peopleSecrets, ...codeSecrets];
/** Coins that are bought may lengthen a call. */
const moneySecrets = [...callSecrets, ...paymentSecrets];
const money = { secrets: moneySecrets, enforceAppCheck: enforceAppCheck() };
/** For services that reach no provider. */
const plain = { secrets: [], enforceAppCheck: enforceAppCheck() };
/** For services that sign people in. */
const people = { secrets: authSecrets, enforceAppCheck: enforceAppCheck() };

export const auth = service('auth', authOperations, { makePorts, options: people });
export const calls = service('calls', callOperations, { makePorts, options });
export const wallet = service('wallet', walletOperations, { makePorts, options });
export const listeners = service('listeners', listenerOperations, { makePorts, options: plain });
export const users = service('users', userOperations, { makePorts, options: plain });
export const notifications = service('notifications', notificationOperations, { makePorts, options: plain });
export const payments = service('payments', paymentOperations, { makePorts, options: money });
export const presence = service('presence', presenceOperations, { makePorts, options: plain });
/** With the secrets of calls and payments: its operators learn whether they are set. */
export const system = service('system', systemOperations, { makePorts, options: money });
export const verification = service('verification', verificationOperations, { makePorts, options: plain });

// The build lays the pages beside the code.
const pages = apiPages(join(import.meta.dirname, 'docs'));
const rest = restApp(allOperations, { makePorts, verifyToken, pages });
export const api = onRequest(
  { region: REGION, cors: true, invoker: 'public', secrets: [...moneySecrets, ...authSecrets] },
  rest,
);

/** Runs what has a time. Retries are cheap: a handler does nothing where the stored state has moved on. */
export const deadlines = onTaskDispatched(
  {
    region: REGION,
    secrets: [...callSecrets],
    retryConfig: { maxAttempts: 10, minBackoffSeconds: 1, maxBackoffSeconds: 60 },
    rateLimits: { maxConcurrentDispatches: 200 },
    timeoutSeconds: 60,
  },
  async (request) => {
    await invoke(
      'deadlines',
      (meter) => {
        // The delivery is an operation of Cloud Tasks too.
        meter.taskOp();
        return makePorts(meter);
      },
      async (ports) => await runTask(ports, request.data),
    );
  },
);

/** Finds what tasks and clients have missed. */
export const sweeper = onSchedule(
  {
    schedule: 'every 1 minutes',
    region: REGION,
    secrets: [...callSecrets],
    timeoutSeconds: 60,
    maxInstances: 1,
  },
  async () => {
    await invoke('sweeper', makePorts, sweepAll);
  },
);

/** Asks about orders that nobody has told of. Apart from the sweep, which must not wait for a provider. */
export const orderPoll = onSchedule(
  {
    schedule: 'every 15 minutes',
    region: REGION,
    secrets: [...moneySecrets],
    timeoutSeconds: 540,
    maxInstances: 1,
  },
  async () => {
    await invoke('orderPoll', makePorts, pollOrders);
  },
);

/** Looks once a day whether the books are right; each thing that is off is an ERROR in the log. */
export const auditor = onSchedule(
  { schedule: 'every 24 hours', region: REGION, timeoutSeconds: 540, memory: '1GiB', maxInstances: 1 },
  async () => {
    await invoke('audit', makePorts, reportAudit);
  },
);

/** The cards follow a change of the prices or of masking. Both run the same pass, from what is stored when it runs. */
type SettingsChanged = FirestoreEvent<Change<DocumentSnapshot> | undefined>;
const cardTrigger = { region: REGION, retry: true, timeoutSeconds: 540 } as const;
async function followSettings({ document, time, data }: SettingsChanged): Promise<void> {
  try {
    await invoke('cards', makePorts, refreshCards);
  } finally {
    const updatedMs = data?.after.updateTime?.toMillis() ?? null;
    reportHandled(document, { updatedMs, eventMs: Date.parse(time) });
  }
}

export const pricingChanged = onDocumentWritten(
  { ...cardTrigger, document: 'config/pricing' },
  followSettings,
);
export const featuresChanged = onDocumentWritten(
  { ...cardTrigger, document: 'config/features' },
  followSettings,
);

/** Ages grow by themselves, and a card may have been made from prices that an instance still had in its cache. */
export const cardKeeper = onSchedule(
  { schedule: 'every 24 hours', region: REGION, timeoutSeconds: 540, maxInstances: 1 },
  async () => {
    await invoke('cards', makePorts, refreshCards);
  },
);
