/** Puts the ports together: Firebase in production, the emulators and the virtual clock in the local stack. */
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { deliverEffect } from './effects.ts';
import { createKickingRule } from './gateways/agora/client.ts';
import { buildRtcCredentials } from './gateways/agora/token.ts';
import { codeChannels } from './gateways/codeChannels.ts';
import { fcmPush, recordedPush } from './gateways/fcm/fcm.ts';
import { emulatedAccounts, firebaseAccounts } from './gateways/firebase/accounts.ts';
import { emulatedFiles } from './gateways/firebase/emulatedFiles.ts';
import { storageFiles } from './gateways/firebase/files.ts';
import type { MediaGateway, PeerGateway } from './gateways/media.ts';
import { razorpayPayments } from './gateways/razorpay/client.ts';
import { buildPeerCredentials } from './gateways/webrtc/credentials.ts';
import {
  agoraProject,
  agoraRestAccount,
  iceAccount,
  keys,
  razorpayAccount,
  smsAccount,
  whatsAppAccount,
} from './parameters.ts';
import type { VerifiedToken } from './platform/actor.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import { SettingsCache } from './platform/config.ts';
import { systemIds } from './platform/ids.ts';
import { postToStack, stackClock, stackDir, stackEpoch, storageEmulatorUrl } from './platform/local.ts';
import { consoleLog } from './platform/log.ts';
import type { Meter } from './platform/meter.ts';
import { REGION } from './platform/region.ts';
import { verifiedToken } from './platform/service.ts';
import { FirestoreStore } from './platform/store/firestore.ts';
import { cloudTasks } from './platform/tasks.ts';
import type { AppPorts } from './ports.ts';
import { settingsDeclarations } from './settings.ts';

// Once, at module top, without a guard: firebase-functions makes a named app of its own beside it.
initializeApp();

const dir = stackDir();
/**
 * A phone that waits for the answer to its accept has 30 s to join, and a push may be tried by its SDK for minutes. The
 * sweep has 60 s in all.
 */
const PATIENCE = { answerMs: 8000, sweepMs: 20_000 };
const clock: Clock = dir === undefined ? systemClock : stackClock(dir);
const settingsCache = new SettingsCache({
  declarations: settingsDeclarations,
  clock,
  log: consoleLog,
  epoch: stackEpoch,
});

const agoraMedia: MediaGateway = {
  credentials: async (request) => {
    const project = agoraProject();
    const credentials = await buildRtcCredentials(project, request);
    if (credentials === undefined)
      consoleLog.write('ERROR', 'no media token', { parameter: 'AGORA_APP_ID or AGORA_APP_CERTIFICATE' });
    return credentials;
  },
  closeChannel: async (request) => {
    await createKickingRule(agoraRestAccount(), request);
  },
};

const peers: PeerGateway = {
  credentials: (request) => {
    const credentials = buildPeerCredentials(iceAccount(), request);
    if (credentials === undefined)
      consoleLog.write('ERROR', 'no peer credentials', {
        parameter: 'WEBRTC_STUN_SERVERS, WEBRTC_TURN_SERVERS or WEBRTC_TURN_SECRET',
      });
    return credentials;
  },
};

const push =
  dir === undefined
    ? fcmPush(consoleLog)
    : recordedPush(async (sent) => await postToStack('/internal/pushes', sent));

const storageUrl = storageEmulatorUrl();
const files = storageUrl === undefined ? storageFiles : emulatedFiles(storageUrl);

const payments = { razorpay: razorpayPayments(razorpayAccount) };

/** The ports of one invocation. */
export function makePorts(meter: Meter): AppPorts {
  const store = new FirestoreStore(getFirestore(), meter);
  const ports: AppPorts = {
    store,
    clock,
    log: consoleLog,
    ids: systemIds,
    tasks: cloudTasks(meter, REGION),
    push,
    media: agoraMedia,
    peers,
    accounts: dir === undefined ? firebaseAccounts : emulatedAccounts,
    // Read on use: most functions have no business with it.
    get codes() {
      return codeChannels({ whatsapp: whatsAppAccount(), sms: smsAccount() });
    },
    files,
    payments,
    keys,
    settings: async () => await settingsCache.get(store),
    deliver: async (effect) => {
      await deliverEffect(ports, effect);
    },
    patience: PATIENCE,
  };
  return ports;
}

/** Verifies an ID token for the REST surface. @returns undefined when it is not valid */
export async function verifyToken(idToken: string): Promise<VerifiedToken | undefined> {
  const { getAuth } = await import('firebase-admin/auth');
  try {
    const claims = await getAuth().verifyIdToken(idToken);
    return verifiedToken(claims.uid, claims);
  } catch (fault) {
    // A fault of Firebase's own is no fault of the token. Keys out of reach are not told apart: nobody comes in unproven.
    if (fault instanceof Error && 'code' in fault && fault.code !== 'auth/internal-error') return undefined;
    throw fault;
  }
}
