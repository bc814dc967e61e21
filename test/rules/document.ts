/** docs/rules.md, from the tables that the tests of the rules hold the rules against. */
import { MATRIX, OPERATIONS, UNDECLARED, type MatrixRow, type Operation } from './matrix.ts';
import { ROLES, type Role } from './people.ts';
import { STORAGE_ACTIONS, STORAGE_MATRIX } from './storageMatrix.ts';

const LETTERS: Readonly<Record<Operation, string>> = {
  get: 'G',
  list: 'L',
  create: 'C',
  update: 'U',
  delete: 'D',
};

const WHO: Readonly<Record<Role, string>> = {
  anonymous: 'has no token',
  other: 'is registered, and it is not theirs',
  owner: 'is whom the document belongs to',
  caller: 'asks for a document of the callee; of calls, for the one they made to the callee',
  callee: 'asks for a document of the caller; of calls, for the one they got from the caller',
  listener: 'is an approved listener, and it is not theirs',
  admin: 'is an operator by claim and role, and it is not theirs',
  banned: 'asks for their own, while banned',
  loggedOut: 'asks for their own with a token from before they left',
  unregistered: 'has a token and no profile, and asks for what lies under their own id',
};

const HEAD = `# Who may touch what directly

Made by \`npm run docs:api\` from [matrix.ts](../test/rules/matrix.ts) and [storageMatrix.ts](../test/rules/storageMatrix.ts);
do not edit. The tests in \`test/rules\` try every cell against the emulators, and that every condition of the rules decides
something. What the SDK cannot do, apps do through [operations](api.md).`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function lettersOf({ allowed }: MatrixRow, role: Role): string {
  const letters = OPERATIONS.filter((operation) => allowed[operation].includes(role)).map(
    (one) => LETTERS[one],
  );
  return letters.length === 0 ? '–' : letters.join(' ');
}

/** @returns the whole document, as it is before Prettier */
export function rulesDocument(): string {
  const people = table(
    ['Role', 'Somebody who'],
    ROLES.map((role) => [role, WHO[role]]),
  );
  const collections = table(
    ['Collection', ...ROLES],
    Object.entries(MATRIX).map(([pattern, row]) => [
      `\`${pattern}\``,
      ...ROLES.map((role) => lettersOf(row, role)),
    ]),
  );
  const files = table(
    ['Voice sample', ...ROLES],
    STORAGE_ACTIONS.map((action) => [
      action,
      ...ROLES.map((role) => (STORAGE_MATRIX[action].includes(role) ? 'yes' : '–')),
    ]),
  );
  const undeclared = Object.keys(UNDECLARED)
    .map((pattern) => `\`${pattern}\``)
    .join(', ');
  return `${HEAD}

${people}

## Firestore

G get, L list (at most 50, of calls only one's own, of signals those of one party, at most 200), C create, U update (of beats only \`at\`, only to the server's time), D delete.
In an open call without a media server each party also creates signals, of [one shape](webrtc.md#signals).

${collections}

Collections that nobody has declared (tried with ${undeclared}) are closed to everyone.

## Storage

In \`verification-audio/{uid}/\`, whose owner is a listener. Every other place is closed to everyone.

${files}
`;
}
