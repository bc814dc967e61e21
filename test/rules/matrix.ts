/**
 * Who may do what to which collection, directly. What a row does not name is refused to everyone else: a collection
 * that the code declares and that is missing here fails the test.
 */
import { callNamedAfter, ROLES, YESTERDAY, type Role } from './people.ts';

export const OPERATIONS = ['get', 'list', 'create', 'update', 'delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface MatrixRow {
  /** The document that belongs to a person. */
  readonly path: (person: string) => string;
  readonly data: (person: string) => Record<string, unknown>;
  readonly allowed: Readonly<Record<Operation, readonly Role[]>>;
}

const nobody: readonly Role[] = [];
const closed = { get: nobody, list: nobody, create: nobody, update: nobody, delete: nobody };
const signedIn = ROLES.filter((role) => role !== 'anonymous');
/** No document is read for a beat, so whoever has a token and a document may write it. */
const tokenOfOwner: readonly Role[] = ['owner', 'banned', 'loggedOut', 'unregistered'];

type Opened = Partial<MatrixRow['allowed']>;
type Data = MatrixRow['data'];
const something: Data = (person) => ({ owner: person, at: YESTERDAY });

function row(path: MatrixRow['path'], opened: Opened = {}, data: Data = something): MatrixRow {
  return { path, data, allowed: { ...closed, ...opened } };
}

/** By the pattern of the collection. The profiles are laid out apart, so the data of their row is not used. */
export const MATRIX: Readonly<Record<string, MatrixRow>> = {
  'users/{}': row((person) => `users/${person}`, { get: ['owner'] }),
  'usernames/{}': row((person) => `usernames/${person}`),
  'aliases/{}': row((person) => `aliases/${person}`),
  'bonuses/{}': row((person) => `bonuses/${person}`),
  'wallets/{}': row((person) => `wallets/${person}`, { get: ['owner'] }),
  'wallets/{}/entries/{}': row((person) => `wallets/${person}/entries/${person}`, {
    get: ['owner'],
    list: ['owner'],
  }),
  'listeners/{}': row((person) => `listeners/${person}`, { get: signedIn, list: signedIn }),
  'calls/{}': row(
    (person) => `calls/${person}`,
    { get: ['owner', 'caller', 'callee'], list: ['owner', 'caller', 'callee'] },
    callNamedAfter,
  ),
  'calls/{}/private/media': row((person) => `calls/${person}/private/media`),
  'calls/{}/notes/{}': row((person) => `calls/${person}/notes/${person}`),
  'calls/{}/beats/{}': row(
    (person) => `calls/${person}/beats/${person}`,
    { update: tokenOfOwner },
    (person) => ({ callId: person, uid: person, at: YESTERDAY }),
  ),
  // What may be created here depends on the call; signals.test.ts tries it field by field.
  'calls/{}/signals/{}': row(
    (person) => `calls/${person}/signals/${person}`,
    { get: ['owner', 'caller', 'callee'], list: ['owner', 'caller', 'callee'] },
    (person) => ({ from: person, to: person === 'lena' ? 'cora' : 'lena' }),
  ),
  'callStats/{}/months/{}': row((person) => `callStats/${person}/months/${person}`),
  'presence/{}': row(
    (person) => `presence/${person}`,
    { update: tokenOfOwner },
    () => ({ online: true, at: YESTERDAY }),
  ),
  'pushTargets/{}': row((person) => `pushTargets/${person}`),
  'devices/{}': row((person) => `devices/${person}`),
  'verifications/{}': row((person) => `verifications/${person}`),
  'verificationSamples/{}': row((person) => `verificationSamples/${person}`),
  'orders/{}': row((person) => `orders/${person}`),
  'payments/{}': row((person) => `payments/${person}`),
  'requests/{}': row((person) => `requests/${person}`),
  'otps/{}': row((person) => `otps/${person}`),
  'limits/{}': row((person) => `limits/${person}`),
  'outbox/{}': row((person) => `outbox/${person}`),
  'config/{}': row((person) => `config/${person}`),
  'counts/{}': row((person) => `counts/${person}`),
};

/** Places that nobody has declared are closed like the rest, above and below what is open. */
export const UNDECLARED: Readonly<Record<string, MatrixRow>> = {
  'unheardOf/{}': row((person) => `unheardOf/${person}`),
  'users/{}/unheardOf/{}': row((person) => `users/${person}/unheardOf/${person}`),
  'listeners/{}/unheardOf/{}': row((person) => `listeners/${person}/unheardOf/${person}`),
};
