/** A signed-in person becomes a registered one: profile, name, alias, wallet and sign-up bonus in one transaction. */
import type { z } from 'zod';
import { writeCredit } from '../ledger/creditCoins.ts';
import { entries, wallets, type Entry, type Wallet } from '../ledger/documents.ts';
import { changeWallet, creditWallet } from '../ledger/domain/wallet.ts';
import { saveWallet } from '../ledger/saveWallet.ts';
import type { Actor } from '../platform/actor.ts';
import { invariant, refuse } from '../platform/errors.ts';
import { inputHash } from '../platform/ids.ts';
import { commitAndDeliver, type Post, type Posted } from '../platform/outbox.ts';
import type { DocRef } from '../platform/store/collection.ts';
import type { Store, Transaction } from '../platform/store/port.ts';
import type { AppPorts } from '../ports.ts';
import type { Settings } from '../settings.ts';
import { ageOn } from '../users/age.ts';
import { aliasId, drawAliases } from '../users/alias.ts';
import { birthDateProblem } from '../users/birthDate.ts';
import { aliases, bannedOfPhone, bonuses, usernames, users, type User } from '../users/documents.ts';
import { phoneCountry } from '../users/phoneCountry.ts';
import { phoneHash } from '../users/phoneHash.ts';
import { readUsername, type Username } from '../users/username.ts';
import { userView } from '../users/userView.ts';
import type { registerContract } from './contract.ts';

type Input = z.output<typeof registerContract.input>;

/** The entry that an account can have once, besides the mark that a phone can have once. */
const BONUS_KEY = 'bonus-signup';
/** Three free aliases taken by others at once, several times in a row, does not happen. */
const MOST_DRAWS = 5;

/** What is known before anything is read. */
interface Applicant {
  readonly uid: string;
  readonly phone: string | null;
  readonly country: string | null;
  /** Until when another account of this phone is banned. */
  readonly phoneBannedUntil: Date | null;
  readonly username: Username;
  readonly input: Input;
  readonly hash: string;
  readonly settings: Settings;
  readonly now: Date;
}

/**
 * The phone is the token's, and everything else that is not said follows from it.
 * @throws Refusal INVALID_INPUT; ALREADY_REGISTERED; IDEMPOTENCY_MISMATCH for the same requestId with other input;
 *   USER_BANNED while another account of the phone is; REQUIREMENTS_NOT_MET without a verified phone; UNDERAGE below
 *   `limits.minimumAge`; USERNAME_TAKEN
 */
export async function registerUser(
  ports: AppPorts,
  actor: Actor,
  input: Input,
): Promise<z.input<typeof registerContract.output>> {
  const { clock, ids, store } = ports;
  const now = clock.now();
  const username = await usableName(ports, actor, input, now);
  const { phone, uid } = actor;
  const applicant: Applicant = {
    uid,
    phone,
    country: phone === null ? null : await phoneCountry(phone),
    phoneBannedUntil: phone === null ? null : await banOfPhone(store, phone, now),
    username,
    input,
    hash: inputHash({ ...input, requestId: undefined }),
    settings: await ports.settings(),
    now,
  };
  for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
    const { user } = await registerWith(ports, actor, applicant, drawAliases(ids));
    if (user !== undefined) return { user: userView(uid, user, now) };
  }
  throw new Error('no alias is free');
}

/**
 * Whoever is banned can delete their Firebase account with the SDK and sign in anew; the profile of before is what tells.
 * Read before the transaction, which takes documents and no queries.
 */
async function banOfPhone(store: Store, phone: string, now: Date): Promise<Date | null> {
  const [banned] = await store.query({ query: bannedOfPhone, parentIds: [], values: [phone, now], limit: 1 });
  return banned?.data.bannedUntil ?? null;
}

/** The rules that a schema cannot say. Session and ban come before the input, so they are read even now. */
async function usableName(
  { store }: AppPorts,
  actor: Actor,
  { username: text, dateOfBirth }: Input,
  now: Date,
): Promise<Username> {
  const username = readUsername(text, actor.phone);
  const issues = [
    { path: 'username', message: 'problem' in username ? username.problem : undefined },
    { path: 'dateOfBirth', message: birthDateProblem(dateOfBirth, now) },
  ].flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]));
  if (!('problem' in username) && issues.length === 0) return username;
  const [me] = await store.getAll(users.doc(actor.uid));
  actor.admit(me);
  throw refuse('INVALID_INPUT', { issues });
}

/** @returns no user when none of the aliases is free */
async function registerWith(
  ports: AppPorts,
  actor: Actor,
  applicant: Applicant,
  candidates: readonly string[],
): Promise<{ readonly user?: User }> {
  const { uid, phone, username } = applicant;
  const nameRef = usernames.doc(username.key);
  const bonusRef = phone === null ? undefined : bonuses.doc(phoneHash(ports.keys.phone(), phone));
  return await commitAndDeliver(ports, async (tx, post) => {
    const [me, nameOwner, wallet, bonusEntry, ...more] = await tx.getAll(
      users.doc(uid),
      nameRef,
      wallets.doc(uid),
      entries.doc(uid, BONUS_KEY),
      ...candidates.map((alias) => aliases.doc(aliasId(alias))),
      ...(bonusRef === undefined ? [] : [bonusRef]),
    );
    actor.admit(me);
    if (me !== undefined) return { user: registeredBefore(me, applicant, candidates) };
    const verifiedPhone = acceptable(applicant);
    // A name that was this account's own before its profile was deleted is still theirs.
    if (nameOwner !== undefined && nameOwner.uid !== uid) throw refuse('USERNAME_TAKEN');
    const alias = candidates.find((_candidate, index) => more[index] === undefined);
    if (alias === undefined) return {};
    const { now } = applicant;
    const user = newUser(applicant, verifiedPhone, alias);
    tx.create(users.doc(uid), user);
    tx.set(nameRef, { uid, createdAt: now });
    tx.create(aliases.doc(aliasId(alias)), { uid, createdAt: now });
    const granted = more[candidates.length] !== undefined || bonusEntry !== undefined;
    const bonus = { ref: bonusRef, granted };
    return { user, posted: openWallet({ tx, post }, applicant, { wallet, bonus }) };
  });
}

/** A request that comes again gets its profile again. */
function registeredBefore(
  me: User,
  { input: { requestId }, hash }: Applicant,
  candidates: readonly string[],
): User {
  const { registration } = me;
  // After a commit whose acknowledgement was lost we meet our own work, with or without a requestId.
  if (registration?.inputHash === hash && candidates.includes(me.alias)) return me;
  if (requestId === undefined || registration?.requestId !== requestId) throw refuse('ALREADY_REGISTERED');
  if (registration.inputHash !== hash) throw refuse('IDEMPOTENCY_MISMATCH');
  return me;
}

/** @returns the verified phone */
function acceptable({ phone, phoneBannedUntil, input: { dateOfBirth }, settings, now }: Applicant): string {
  if (phoneBannedUntil !== null) throw refuse('USER_BANNED', { until: phoneBannedUntil.toISOString() });
  if (phone === null) throw refuse('REQUIREMENTS_NOT_MET', { missing: ['phone'] });
  if (ageOn(dateOfBirth, now) < settings.limits.minimumAge) throw refuse('UNDERAGE');
  return phone;
}

function newUser({ input, country, username, hash, now }: Applicant, phone: string, alias: string): User {
  const isListener = input.role === 'listener';
  return {
    username: username.shown,
    alias,
    phone,
    country,
    fullName: input.fullName ?? null,
    gender: input.gender,
    dateOfBirth: input.dateOfBirth,
    languages: input.languages,
    bio: input.bio ?? '',
    interests: input.interests ?? [],
    location: input.location ?? null,
    referralCode: input.referralCode ?? null,
    imageUrl: null,
    callTypes: ['audio', 'video'],
    roles: isListener ? ['user', 'listener'] : ['user'],
    listenerStatus: isListener ? 'pending' : 'none',
    sessionsValidAfter: null,
    bannedUntil: null,
    createdAt: now,
    registration: { requestId: input.requestId ?? null, inputHash: hash },
  };
}

interface Opening {
  readonly wallet: Wallet | undefined;
  readonly bonus: { readonly ref: DocRef<{ grantedAt: Date }> | undefined; readonly granted: boolean };
}

/** A wallet from the start, so that an app that watches it sees zeros and not nothing; with the bonus, once a phone. */
function openWallet(
  { tx, post }: { readonly tx: Transaction; readonly post: Post },
  { uid, settings, now }: Applicant,
  { wallet, bonus }: Opening,
): Posted | undefined {
  const change = changeWallet(uid, wallet);
  const coins = settings.pricing.bonusCoins;
  if (coins === 0 || bonus.granted) {
    if (wallet === undefined) saveWallet(tx, change);
    return undefined;
  }
  invariant(bonus.ref !== undefined, 'whoever gets a bonus has a phone');
  tx.create(bonus.ref, { grantedAt: now });
  const ref: Entry['ref'] = { kind: 'admin', id: 'signup-bonus' };
  const credit = { key: BONUS_KEY, source: 'bonus', coins, description: 'Welcome bonus', ref } as const;
  return writeCredit(tx, creditWallet(change, credit, now), post).posted;
}
