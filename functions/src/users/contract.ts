/** The operations on one's own profile, as plain data. */
import { z } from 'zod';
import { defineOperation, isoTime } from '../platform/contract.ts';
import { genderSchema } from './documents.ts';

/** A person's own profile. Others never get it. */
export const userOutput = z.object({
  userId: z.string(),
  username: z.string(),
  alias: z.string(),
  phone: z.string().nullable(),
  country: z.string().nullable(),
  fullName: z.string().nullable(),
  gender: genderSchema,
  dateOfBirth: z.string().nullable(),
  /** Whole years today, in UTC. */
  age: z.number().int().nullable(),
  languages: z.array(z.string()),
  bio: z.string(),
  interests: z.array(z.string()),
  location: z.string().nullable(),
  imageUrl: z.string().nullable(),
  roles: z.array(z.string()),
  listenerStatus: z.enum(['none', 'pending', 'approved', 'rejected']),
  createdAt: isoTime,
});

export const meContract = defineOperation({
  name: 'users/me',
  summary: 'Your own profile.',
  access: 'registered',
  input: z.strictObject({}),
  output: z.object({ user: userOutput }),
  errors: [],
  rest: { method: 'GET', path: '/v1/users/me' },
});
