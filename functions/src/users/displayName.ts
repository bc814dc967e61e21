/** What others see of a person. */
import type { Features } from '../settings.ts';
import type { User } from './documents.ts';

/** @returns the alias where masking is on, else the username; other people never get more */
export function displayNameOf(user: User, features: Features): string {
  return features.masking ? user.alias : user.username;
}
