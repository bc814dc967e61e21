// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';
import type { ListenerCard } from './types.ts';

export interface ListenersSearchInput {
  onlineOnly?: boolean | undefined;
  availableOnly?: boolean | undefined;
  language?: string | undefined;
  interests?: readonly string[] | undefined;
  gender?: 'male' | 'female' | 'other' | undefined;
  minRating?: number | undefined;
  ageMin?: number | undefined;
  ageMax?: number | undefined;
  limit?: number | undefined;
  cursor?: string | null | undefined;
}

export interface ListenersSearchOutput {
  items: ListenerCard[];
  nextCursor: string | null;
  counts: {
    total: number;
    online: number;
    available: number;
    busy: number;
  };
}

export interface ListenersGetInput {
  listenerId: string;
}

export interface ListenersGetOutput {
  listener: ListenerCard;
}

export interface ListenersApplyInput {
  bio: string;
  languages?: readonly string[] | undefined;
  interests?: readonly string[] | undefined;
  callTypes?: readonly ('audio' | 'video')[] | undefined;
  requestId?: string | undefined;
}

export interface ListenersApplyOutput {
  listener: {
    listenerId: string;
    status: 'pending' | 'approved' | 'rejected';
    displayName: string;
    bio: string;
    languages: string[];
    interests: string[];
    callTypes: ('audio' | 'video')[];
    gender: 'male' | 'female' | 'other';
    age: number;
    country: string | null;
  };
}

export interface ListenersOperations {
  /** Listeners, best rated first. A page may be short of its limit; go on while there is a cursor. */
  search(input?: ListenersSearchInput, options?: AskOptions): Promise<ListenersSearchOutput>;
  /** The card of one listener. @throws EarshotError NOT_FOUND */
  get(input: ListenersGetInput, options?: AskOptions): Promise<ListenersGetOutput>;
  /** Ask to become a listener; an operator approves it after hearing an audio sample. @throws EarshotError REQUIREMENTS_NOT_MET, ALREADY_REGISTERED, IDEMPOTENCY_MISMATCH */
  apply(input: ListenersApplyInput, options?: AskOptions): Promise<ListenersApplyOutput>;
}

export const listenersRoutes = {
  search: { method: 'GET', path: '/v1/listeners' },
  get: { method: 'GET', path: '/v1/listeners/{listenerId}' },
  apply: { method: 'POST', path: '/v1/listeners/apply', requestId: true },
} as const;
