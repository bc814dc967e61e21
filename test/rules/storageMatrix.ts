/** Who may do what to a voice sample in the bucket. What a row does not name is refused to everyone else. */
import type { Role } from './people.ts';

export const STORAGE_ACTIONS = [
  'create',
  'create in pieces',
  'overwrite',
  'read',
  'read its facts',
  'get a lasting link',
  'list',
  'change its facts',
  'delete',
] as const;
export type StorageAction = (typeof STORAGE_ACTIONS)[number];

/** The owner is a listener here, and so is everyone else who has a profile. */
export const STORAGE_MATRIX: Readonly<Record<StorageAction, readonly Role[]>> = {
  create: ['owner'],
  'create in pieces': ['owner'],
  overwrite: [],
  read: [],
  'read its facts': [],
  'get a lasting link': [],
  list: [],
  'change its facts': [],
  delete: [],
};
