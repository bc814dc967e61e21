// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';

export type SystemHealthInput = Record<string, never>;

export interface SystemHealthOutput {
  status: 'ok' | 'degraded';
  details?: {
    storeMs: number;
    overdueEffects: number;
    overdueCalls: number;
    media: 'configured' | 'not_configured';
    payments: {
      razorpay: 'ok' | 'not_configured' | 'refused' | 'no_answer';
    };
  } | undefined;
}

export type SystemVersionInput = Record<string, never>;

export interface SystemVersionOutput {
  version: string;
  api: 'v1';
  details?: {
    node: string;
    revision: string | null;
  } | undefined;
}

export interface SystemOperations {
  /** Whether the backend works. Operators get the details. */
  health(input?: SystemHealthInput, options?: AskOptions): Promise<SystemHealthOutput>;
  /** Which version runs. Operators learn which deployment of it. */
  version(input?: SystemVersionInput, options?: AskOptions): Promise<SystemVersionOutput>;
}

export const systemRoutes = {
  health: { method: 'GET', path: '/v1/health' },
  version: { method: 'GET', path: '/v1/version' },
} as const;
