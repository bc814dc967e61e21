/** users/{uid}: a person's own profile, and the document every operation reads for session, ban and roles. */
import { z } from 'zod';
import { defineCollection } from '../platform/store/collection.ts';

export const userSchema = z.looseObject({
  username: z.string(),
  /** The masked identity shown instead of the name, e.g. `OTO#4711`. */
  alias: z.string(),
  gender: z.enum(['male', 'female', 'other']),
  languages: z.array(z.string()),
  imageUrl: z.string().nullable(),
  roles: z.array(z.enum(['user', 'listener', 'admin'])),
  /** Only an approved listener has a card and can be called. */
  listenerStatus: z.enum(['none', 'pending', 'approved', 'rejected']),
  /** Tokens whose `auth_time` (seconds) is smaller are refused. Real seconds, never virtual. */
  sessionsValidAfter: z.number().int().nullable(),
  bannedUntil: z.date().nullable(),
  createdAt: z.date(),
});
export type User = z.infer<typeof userSchema>;
export const users = defineCollection('users/{}', userSchema);
