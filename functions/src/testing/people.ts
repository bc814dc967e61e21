/** People and cards for tests; what a test does not care about is made up. */
import type { ListenerCard } from '../listeners/documents.ts';
import type { User } from '../users/documents.ts';

/** A registered person who is nothing special. */
export function personOf(createdAt: Date, overrides: Partial<User> = {}): User {
  return {
    username: 'someone',
    alias: 'OTO#1',
    phone: null,
    country: null,
    fullName: null,
    gender: 'other',
    dateOfBirth: null,
    languages: ['en'],
    bio: '',
    interests: [],
    location: null,
    referralCode: null,
    imageUrl: null,
    callTypes: ['audio', 'video'],
    roles: ['user'],
    listenerStatus: 'none',
    sessionsValidAfter: null,
    bannedUntil: null,
    createdAt,
    registration: null,
    ...overrides,
  };
}

/** The card of an approved listener who is available. */
export function cardOf(listenerId: string, overrides: Partial<ListenerCard> = {}): ListenerCard {
  return {
    listenerId,
    displayName: 'someone',
    bio: '',
    languages: ['en'],
    languageKeys: { en: true },
    interests: [],
    gender: 'other',
    age: 30,
    country: null,
    rating: 0,
    ratingCount: 0,
    callCount: 0,
    imageUrl: null,
    callTypes: ['audio', 'video'],
    rates: { audio: 10, video: 50 },
    availability: 'available',
    online: true,
    ...overrides,
  };
}
