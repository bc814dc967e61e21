/** A person's own profile as operations answer it. */
import type { z } from 'zod';
import { ageOn } from './age.ts';
import type { userOutput } from './contract.ts';
import type { User } from './documents.ts';

/** @param now decides the age */
export function userView(userId: string, user: User, now: Date): z.input<typeof userOutput> {
  const { username, alias, phone, country, fullName, gender, dateOfBirth, languages, bio } = user;
  const { interests, location, imageUrl, roles, listenerStatus, createdAt } = user;
  return {
    userId,
    username,
    alias,
    phone,
    country,
    fullName,
    gender,
    dateOfBirth,
    age: dateOfBirth === null ? null : ageOn(dateOfBirth, now),
    languages,
    bio,
    interests,
    location,
    imageUrl,
    roles,
    listenerStatus,
    createdAt: createdAt.toISOString(),
  };
}
