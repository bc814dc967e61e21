// Generated from the contracts by `npm run docs:api`; do not edit it.
import type { AskOptions } from '../askOptions.ts';
import type { User } from './types.ts';

export type UsersMeInput = Record<string, never>;

export interface UsersMeOutput {
  user: User;
}

export interface UsersOperations {
  /** Your own profile. */
  me(input?: UsersMeInput, options?: AskOptions): Promise<UsersMeOutput>;
}

export const usersRoutes = {
  me: { method: 'GET', path: '/v1/users/me' },
} as const;
