/** users/{uid}: a person's own profile, and the document every operation reads for session, ban and roles. */
import { z } from 'zod';
import { defineCollection, defineQuery } from '../platform/store/collection.ts';

export const genderSchema = z.enum(['male', 'female', 'other']);

export const userSchema = z.looseObject({
  /** Shown to others where masking is off. Unique, see usernames/{}. */
  username: z.string(),
  /** The masked identity shown instead of the name, e.g. `OTO#4711`. */
  alias: z.string(),
  /** E.164, from the verified token. Null for an account that was made without a phone. */
  phone: z.string().nullable().default(null),
  /** Two letters (ISO 3166), derived from the phone. */
  country: z.string().nullable().default(null),
  fullName: z.string().nullable().default(null),
  gender: genderSchema,
  /** `YYYY-MM-DD`. The age is derived from it wherever it is needed. */
  dateOfBirth: z.string().nullable().default(null),
  /** Codes of listeners/languages.ts. */
  languages: z.array(z.string()),
  bio: z.string().default(''),
  interests: z.array(z.string()).default([]),
  /** As the person wrote it. Never shown to others. */
  location: z.string().nullable().default(null),
  /** The code of whoever brought this person, as it was given. */
  referralCode: z.string().nullable().default(null),
  imageUrl: z.string().nullable(),
  /** What a listener offers; has no meaning for others. */
  callTypes: z.array(z.enum(['audio', 'video'])).default(['audio', 'video']),
  roles: z.array(z.enum(['user', 'listener', 'admin'])),
  /** Only an approved listener has a card and can be called. */
  listenerStatus: z.enum(['none', 'pending', 'approved', 'rejected']),
  /** Tokens whose `auth_time` (seconds) is smaller are refused. Real seconds, never virtual. */
  sessionsValidAfter: z.number().int().nullable().default(null),
  /** A moment; null, or no such field, for whoever is not banned. */
  bannedUntil: z.date().nullable().default(null),
  createdAt: z.date(),
  /** Tells a repeated registration from a second one. */
  registration: z
    .object({ requestId: z.string().nullable(), inputHash: z.string() })
    .nullable()
    .default(null),
});
export type User = z.infer<typeof userSchema>;
export const users = defineCollection('users/{}', userSchema);

/** Profiles of a phone that are banned beyond a moment, the longest ban first. A phone may have had several accounts. */
export const bannedOfPhone = defineQuery({
  name: 'banned people of a phone',
  collection: users,
  scope: 'collection',
  filters: [
    { field: 'phone', op: '==' },
    { field: 'bannedUntil', op: '>' },
  ],
  orderBy: [{ field: 'bannedUntil', direction: 'desc' }],
});

/** Who has a username or an alias; made with the profile, so that neither is given twice. */
const ownerSchema = z.looseObject({ uid: z.string(), createdAt: z.date() });

/** usernames/{key}: by the comparable form of the name (users/username.ts). */
export const usernames = defineCollection('usernames/{}', ownerSchema);

/** aliases/{alias}: kept when the person leaves, so that an alias never means somebody else. The `#` is left out. */
export const aliases = defineCollection('aliases/{}', ownerSchema);

/** bonuses/{keyed hash of the phone}: outlives the account, so that a phone gets the sign-up bonus once. */
export const bonuses = defineCollection('bonuses/{}', z.looseObject({ grantedAt: z.date() }));
