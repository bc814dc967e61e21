/** What of a listener goes onto the card, from the profile and the settings. */
import type { z } from 'zod';
import { ageOn } from '../users/age.ts';
import { displayNameOf } from '../users/displayName.ts';
import type { User } from '../users/documents.ts';
import type { Settings } from '../settings.ts';
import type { cardOutput } from './contract.ts';
import type { ListenerCard } from './documents.ts';

/** What a card shows of the profile alone. */
export type ProfileFields = Pick<
  ListenerCard,
  'bio' | 'languages' | 'languageKeys' | 'interests' | 'gender' | 'age' | 'country' | 'imageUrl' | 'callTypes'
>;

/** The part of a card that is a copy of something else; the rest is the listener's own history and presence. */
export type CopiedFields = ProfileFields & Pick<ListenerCard, 'displayName' | 'rates'>;

/** Neither the phone nor the date of birth, and no place smaller than the country. */
export function profileFields(user: User, now: Date): ProfileFields {
  const { bio, languages, interests, gender, country, imageUrl, callTypes } = user;
  return {
    bio,
    languages,
    languageKeys: Object.fromEntries(languages.map((language) => [language, true as const])),
    interests,
    gender,
    age: user.dateOfBirth === null ? 0 : ageOn(user.dateOfBirth, now),
    country,
    imageUrl,
    callTypes,
  };
}

/** @param settings as they are stored: from a cache, they would undo on this card a change that all others have had */
export function copiedFields(
  user: User,
  { features, pricing }: Pick<Settings, 'features' | 'pricing'>,
  now: Date,
): CopiedFields {
  return {
    ...profileFields(user, now),
    displayName: displayNameOf(user, features),
    rates: { audio: pricing.audio.coinsPerMinute, video: pricing.video.coinsPerMinute },
  };
}

/** A card as operations answer it: `away` is told only of somebody who is. */
export function cardView({ away, ...card }: ListenerCard): z.input<typeof cardOutput> {
  return away === true ? { ...card, away } : card;
}

/** The fields that differ from what is stored: a card that is watched is not written without need. */
export function changedFields<T extends Record<string, unknown>>(
  stored: Readonly<Record<string, unknown>>,
  wanted: T,
): Partial<T> {
  const differs = ([name, value]: [string, unknown]): boolean => !same(stored[name], value);
  return Object.fromEntries(Object.entries(wanted).filter(differs)) as Partial<T>;
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const left = Object.entries(a).toSorted(byName);
  const right = Object.entries(b).toSorted(byName);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([name, value], index) => right[index]?.[0] === name && same(value, right[index][1]))
  );
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
