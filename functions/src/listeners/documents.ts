/** listeners/{uid}: the public card of an approved listener. Feeds watch it, so it changes only on transitions. */
import { z } from 'zod';
import { defineCollection } from '../platform/store/collection.ts';

export const availabilitySchema = z.enum(['available', 'busy', 'offline']);
export type Availability = z.infer<typeof availabilitySchema>;

export const listenerCardSchema = z.looseObject({
  listenerId: z.string(),
  displayName: z.string(),
  bio: z.string(),
  languages: z.array(z.string()),
  /** `{en: true}` for every language, so that a query can filter by equality. */
  languageKeys: z.record(z.string(), z.literal(true)),
  interests: z.array(z.string()),
  gender: z.enum(['male', 'female', 'other']),
  age: z.number().int(),
  country: z.string().nullable(),
  rating: z.number(),
  ratingCount: z.number().int(),
  callCount: z.number().int(),
  imageUrl: z.string().nullable(),
  callTypes: z.array(z.enum(['audio', 'video'])),
  /** Coins a caller pays for a minute. */
  rates: z.object({ audio: z.number().int(), video: z.number().int() }),
  availability: availabilitySchema,
  /** Whether `availability` is anything but offline: lets a query ask for it by equality. */
  online: z.boolean().default(false),
  /** Available though the app is closed: a push has to wake the phone first. */
  away: z.boolean().optional(),
});
export type ListenerCard = z.infer<typeof listenerCardSchema>;

/** What a write of a card's availability has to change, always together. */
export function availabilityFields(
  availability: Availability,
  away = false,
): { readonly availability: Availability; readonly online: boolean; readonly away: boolean } {
  return { availability, online: availability !== 'offline', away };
}

export const listenerCards = defineCollection('listeners/{}', listenerCardSchema);
