/** Providers that take everything and do nothing, for tests and measurements of what does not concern them. */
import type { AppPorts } from '../ports.ts';

type Gateways = Pick<
  AppPorts,
  'tasks' | 'push' | 'peers' | 'accounts' | 'codes' | 'files' | 'payments' | 'keys'
>;

export function silentGateways(): Gateways {
  return {
    tasks: { enqueue: () => Promise.resolve(), remove: () => Promise.resolve() },
    push: { send: () => Promise.resolve({ gone: [] }) },
    peers: {
      credentials: ({ relayOnly, expiresAt }) => ({
        provider: 'webrtc',
        iceServers: [],
        iceTransportPolicy: relayOnly ? 'relay' : 'all',
        expiresAt,
      }),
    },
    accounts: {
      findOrCreate: (phone) => Promise.resolve({ uid: `owner of ${phone}` }),
      customToken: (uid) => Promise.resolve(`token of ${uid}`),
      endSessions: () => Promise.resolve(),
      lastSignInSec: () => Promise.resolve(undefined),
    },
    codes: {},
    files: {
      describe: () => Promise.resolve(undefined),
      inspect: () => Promise.resolve(undefined),
      link: () => Promise.reject(new Error('there are no files')),
    },
    payments: {
      razorpay: {
        keyId: () => 'key id',
        openOrder: ({ reference }) => Promise.resolve({ gatewayOrderId: `order of ${reference}` }),
        findOrder: () => Promise.resolve(undefined),
        payment: () => Promise.resolve(undefined),
        paymentsOf: () => Promise.resolve([]),
        isCheckoutGenuine: () => true,
        state: () => Promise.resolve('ok'),
      },
    },
    keys: { phone: () => 'phone key', code: () => 'code key' },
  };
}
