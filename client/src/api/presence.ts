// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';
import type { Presence } from './types.ts';

export interface PresenceHeartbeatInput {
  requestId?: string | undefined;
}

export interface PresenceHeartbeatOutput {
  onlineUntil: string;
}

export interface PresenceUpdateInput {
  online?: boolean | undefined;
  willing?: boolean | undefined;
  busyUntil?: string | null | undefined;
  requestId?: string | undefined;
}

export interface PresenceUpdateOutput {
  presence: {
    userId: string;
    online: boolean;
    lastSeen: string | null;
    busy: boolean;
    available: boolean;
    willing: boolean;
    busyUntil: string | null;
  };
}

export interface PresenceGetInput {
  userIds: readonly string[];
}

export interface PresenceGetOutput {
  items: Presence[];
}

export interface PresenceOperations {
  /** Be online. Needed once; later beats may be written to the document directly. */
  heartbeat(input?: PresenceHeartbeatInput, options?: AskOptions): Promise<PresenceHeartbeatOutput>;
  /** Go online or offline, take calls or not, be busy until a moment (null: no longer). @throws EarshotError IDEMPOTENCY_MISMATCH */
  update(input?: PresenceUpdateInput, options?: AskOptions): Promise<PresenceUpdateOutput>;
  /** The presence of listeners, of the other party of your open call, and of yourself. */
  get(input: PresenceGetInput, options?: AskOptions): Promise<PresenceGetOutput>;
}

export const presenceRoutes = {
  heartbeat: { method: 'POST', path: '/v1/presence/heartbeat', requestId: true },
  update: { method: 'POST', path: '/v1/presence', requestId: true },
  get: { method: 'GET', path: '/v1/presence' },
} as const;
