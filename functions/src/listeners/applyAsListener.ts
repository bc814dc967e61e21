/** A registered person asks to become a listener. An operator decides, after hearing an audio sample. */
import type { z } from 'zod';
import type { Actor } from '../platform/actor.ts';
import { refuse } from '../platform/errors.ts';
import { answerBefore, keepAnswer, requestKey } from '../platform/idempotency.ts';
import type { AppPorts } from '../ports.ts';
import { ageOn } from '../users/age.ts';
import { displayNameOf } from '../users/displayName.ts';
import { users, type User } from '../users/documents.ts';
import { applyContract } from './contract.ts';

type Input = z.output<typeof applyContract.input>;
type Answer = z.output<typeof applyContract.output>;

/**
 * Asking again while an operator has not decided changes what was asked; after a rejection it begins anew.
 * @throws Refusal ALREADY_REGISTERED for an approved listener; REQUIREMENTS_NOT_MET naming all that is missing of
 *   dateOfBirth, phone, bio; IDEMPOTENCY_MISMATCH for the same requestId with other input
 */
export async function applyAsListener(ports: AppPorts, actor: Actor, input: Input): Promise<Answer> {
  const { requestId, ...asked } = input;
  const { features } = await ports.settings();
  const key =
    requestId === undefined ? undefined : requestKey(actor.uid, applyContract.name, { ...asked, requestId });
  return await ports.store.transaction(async (tx) => {
    const [me, record] = await tx.getAll(users.doc(actor.uid), ...(key === undefined ? [] : [key.ref]));
    actor.admit(me);
    const before = key && answerBefore(key, record, applyContract.output);
    if (before !== undefined) return before;
    if (me === undefined) throw refuse('NOT_REGISTERED');
    const now = ports.clock.now();
    const applied = application(me, asked);
    const { bio, languages, interests, callTypes, roles, listenerStatus } = applied;
    tx.update(users.doc(actor.uid), { bio, languages, interests, callTypes, roles, listenerStatus });
    const answer = { listener: applicationView(actor.uid, applied, displayNameOf(me, features), now) };
    if (key !== undefined) keepAnswer(tx, key, answer, now);
    return answer;
  });
}

/** The profile of the applicant. @throws Refusal ALREADY_REGISTERED, REQUIREMENTS_NOT_MET */
function application(me: User, { bio, ...offered }: Omit<Input, 'requestId'>): Applicant {
  if (me.listenerStatus === 'approved') throw refuse('ALREADY_REGISTERED');
  const { dateOfBirth, phone } = me;
  const missing = Object.entries({ dateOfBirth, phone, bio: bio === '' ? null : bio })
    .filter(([, value]) => value === null)
    .map(([name]) => name);
  if (missing.length > 0 || dateOfBirth === null) throw refuse('REQUIREMENTS_NOT_MET', { missing });
  return {
    ...me,
    dateOfBirth,
    bio,
    languages: offered.languages ?? me.languages,
    interests: offered.interests ?? me.interests,
    callTypes: offered.callTypes ?? me.callTypes,
    roles: me.roles.includes('listener') ? me.roles : [...me.roles, 'listener'],
    listenerStatus: 'pending',
  };
}

interface Applicant extends User {
  readonly dateOfBirth: string;
  readonly listenerStatus: 'pending';
}

function applicationView(
  listenerId: string,
  applicant: Applicant,
  displayName: string,
  now: Date,
): Answer['listener'] {
  const { bio, languages, interests, callTypes, gender, dateOfBirth, country, listenerStatus } = applicant;
  return {
    listenerId,
    status: listenerStatus,
    displayName,
    bio,
    languages,
    interests,
    callTypes,
    gender,
    age: ageOn(dateOfBirth, now),
    country,
  };
}
