/** Makes people who can talk at once: approved listeners who are online, and callers with coins. */
import { createHash, randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { creditCoins } from '../../../functions/src/ledger/creditCoins.ts';
import { changeWallet } from '../../../functions/src/ledger/domain/wallet.ts';
import { saveWallet } from '../../../functions/src/ledger/saveWallet.ts';
import { availabilityFields, listenerCards } from '../../../functions/src/listeners/documents.ts';
import { devices, pushTargets } from '../../../functions/src/notifications/documents.ts';
import { payments, type Payment } from '../../../functions/src/payments/documents.ts';
import { entryKeyOf } from '../../../functions/src/payments/domain/paid.ts';
import { Meter } from '../../../functions/src/platform/meter.ts';
import { FirestoreStore } from '../../../functions/src/platform/store/firestore.ts';
import type { Store, Writer } from '../../../functions/src/platform/store/port.ts';
import { presences } from '../../../functions/src/presence/documents.ts';
import { defaultSettings, limitsSchema, type Limits } from '../../../functions/src/settings.ts';
import { users } from '../../../functions/src/users/documents.ts';
import type { Backend } from './backend.ts';

const MOST_PEOPLE = 500;
/** Writes of one commit; a person takes at most six. */
const PEOPLE_PER_COMMIT = 50;

/** Two coins for a rupee. */
const PAISE_PER_COIN = 50;

/** Of everybody who is seeded. */
const AGE = 30;

const many = z.number().int().min(0).max(MOST_PEOPLE);

/** What `POST /seed` takes. */
export const seedSchema = z
  .strictObject({
    listeners: many.default(0),
    callers: many.default(0),
    /** Coins of each caller, as if bought. */
    coins: z.number().int().min(0).max(1_000_000_000).default(0),
    limits: z.enum(['generous', 'default']).default('generous'),
    /** Fields that override the made-up profile of the people, in order: listeners first. */
    profiles: z
      .array(
        z.strictObject({
          username: z.string().min(1).optional(),
          languages: z.array(z.string().min(2)).min(1).optional(),
          gender: z.enum(['male', 'female', 'other']).optional(),
          interests: z.array(z.string()).optional(),
        }),
      )
      .default([]),
  })
  .refine((seed) => seed.listeners + seed.callers <= MOST_PEOPLE, {
    path: ['listeners'],
    message: `listeners and callers together are at most ${MOST_PEOPLE}`,
  });
export type Seed = z.infer<typeof seedSchema>;
type Profile = Seed['profiles'][number];

/** One seeded person, with what is needed to sign in. */
export interface Seeded {
  readonly uid: string;
  readonly phone: string;
  readonly role: 'listener' | 'caller';
  readonly customToken: string;
}

interface Person extends Omit<Seeded, 'customToken'> {
  readonly number: number;
  readonly profile: Profile;
}

/** Makes people in one stack; phone numbers are never used twice. */
export class Seeder {
  readonly #backend: Backend;
  readonly #store: Store;
  readonly #now: () => Date;
  #lastNumber = 0;

  /** @param now virtual time */
  constructor(backend: Backend, now: () => Date) {
    this.#backend = backend;
    this.#store = new FirestoreStore(backend.db, new Meter());
    this.#now = now;
  }

  async seed(seed: Seed): Promise<Seeded[]> {
    await applyLimits(this.#backend.db, seed.limits);
    const roles = [
      ...Array<'listener'>(seed.listeners).fill('listener'),
      ...Array<'caller'>(seed.callers).fill('caller'),
    ];
    const people = roles.map((role, index) => this.#person(role, seed.profiles[index] ?? {}));
    if (people.length === 0) return [];
    await this.#makeAccounts(people);
    for (let at = 0; at < people.length; at += PEOPLE_PER_COMMIT) {
      const some = people.slice(at, at + PEOPLE_PER_COMMIT);
      await this.#store.commit((writer) =>
        some.forEach((person) => writePerson(writer, person, this.#now())),
      );
      await Promise.all(some.map((person) => this.#fundWallet(person, seed.coins)));
    }
    return Promise.all(people.map((person) => this.#signedIn(person)));
  }

  #person(role: Person['role'], profile: Profile): Person {
    this.#lastNumber += 1;
    const phone = `+9199${String(this.#lastNumber).padStart(8, '0')}`;
    return {
      uid: `${role}-${randomBytes(8).toString('hex')}`,
      phone,
      role,
      number: this.#lastNumber,
      profile,
    };
  }

  async #makeAccounts(people: readonly Person[]): Promise<void> {
    const made = await this.#backend.auth.importUsers(
      people.map(({ uid, phone }) => ({ uid, phoneNumber: phone })),
    );
    const failed = made.errors[0];
    if (failed !== undefined)
      throw new Error(`the Auth emulator refused an account: ${failed.error.message}`);
  }

  /** Through the ledger and with a payment, so that the books of a seeded world are complete. */
  async #fundWallet({ uid, role }: Person, coins: number): Promise<void> {
    if (role !== 'caller' || coins === 0) return;
    const paymentId = `seed-${uid}`;
    const ref = { kind: 'payment', id: paymentId } as const;
    const key = entryKeyOf(paymentId);
    const credit = { key, source: 'purchase', coins, description: 'Seeded coins', ref } as const;
    const now = this.#now();
    await creditCoins(this.#store, uid, credit, now);
    const payment: Payment = {
      orderId: paymentId,
      uid,
      gateway: 'razorpay',
      amountPaise: coins * PAISE_PER_COIN,
      currency: 'INR',
      coins,
      transactionId: key,
      foundBy: 'poll',
      acceptedAt: now,
    };
    await this.#store.commit((writer) => writer.create(payments.doc(paymentId), payment));
  }

  async #signedIn({ uid, phone, role }: Person): Promise<Seeded> {
    return { uid, phone, role, customToken: await this.#backend.auth.createCustomToken(uid) };
  }
}

/** Every limit that counts what people do. */
const COUNTED = [
  'callsPerHourToOne',
  'callsPerHour',
  'mediaTokensPerMinute',
  'ordersPerHour',
  'otpSendsPerPhone',
  'otpSendsPerAddress',
  'otpSendsPerPrefix',
  'samplesPerHour',
] as const satisfies readonly (keyof Limits)[];

/** Far beyond what a test can reach. */
async function applyLimits(db: Firestore, limits: Seed['limits']): Promise<void> {
  const document = db.doc('config/limits');
  if (limits === 'default') {
    await document.delete();
    return;
  }
  const generous = Object.fromEntries(COUNTED.map((name) => [name, 1_000_000]));
  limitsSchema.parse(generous);
  await document.set(generous);
}

function writePerson(writer: Writer, person: Person, now: Date): void {
  const { uid, role, number, profile } = person;
  const username = profile.username ?? `${role}${number}`;
  const base = {
    languages: profile.languages ?? ['en', 'hi'],
    gender: profile.gender ?? 'female',
    imageUrl: null,
    interests: profile.interests ?? ['music'],
    bio: 'Listens.',
    country: 'IN',
    callTypes: ['audio', 'video'] as ('audio' | 'video')[],
  } as const;
  const isListener = role === 'listener';
  writer.set(users.doc(uid), {
    ...base,
    username,
    phone: person.phone,
    fullName: null,
    dateOfBirth: `${now.getUTCFullYear() - AGE}-01-01`,
    location: null,
    referralCode: null,
    registration: null,
    alias: `OTO#${String(number).padStart(4, '0')}`,
    roles: isListener ? ['user', 'listener'] : ['user'],
    listenerStatus: isListener ? 'approved' : 'none',
    sessionsValidAfter: null,
    bannedUntil: null,
    createdAt: now,
  });
  // Beats are server time: the machine's, not the virtual clock's.
  writer.set(presences.doc(uid), {
    at: new Date(),
    online: true,
    willing: true,
    busyUntil: null,
    hasCard: isListener,
  });
  const token = `seeded-device-${uid}`;
  const deviceId = createHash('sha256').update(token).digest('hex');
  writer.set(pushTargets.doc(uid), { devices: { [deviceId]: { token, platform: 'android', seenAt: now } } });
  writer.set(devices.doc(deviceId), { uid, seenAt: now });
  // A wallet from the start, so that an app that watches it sees zeros and not nothing.
  saveWallet(writer, changeWallet(uid, undefined));
  if (!isListener) return;
  const { pricing } = defaultSettings();
  writer.set(listenerCards.doc(uid), {
    ...base,
    listenerId: uid,
    displayName: username,
    languageKeys: Object.fromEntries(base.languages.map((language) => [language, true as const])),
    age: AGE,
    rating: 4.5,
    ratingCount: 10,
    callCount: 0,
    rates: { audio: pricing.audio.coinsPerMinute, video: pricing.video.coinsPerMinute },
    ...availabilityFields('available'),
  });
}
