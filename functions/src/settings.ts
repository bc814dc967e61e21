/** The business settings of Earshot: `config/pricing`, `config/limits`, `config/features`, with their defaults. */
import { z } from 'zod';
import type { SettingsOf } from './platform/config.ts';

const count = (fallback: number) => z.number().int().nonnegative().default(fallback);
const positive = (fallback: number) => z.number().int().positive().default(fallback);

/** Price of one call type. Coins are what the caller pays, earned coins what the listener gets. */
const ratePriced = (coinsPerMinute: number, earnedPerMinute: number) =>
  z
    .object({
      coinsPerMinute: positive(coinsPerMinute),
      minimumCoins: count(coinsPerMinute),
      earnedPerMinute: count(earnedPerMinute),
    })
    .prefault({});

const packageSchema = z.object({
  packageId: z.string(),
  name: z.string(),
  coins: z.number().int().positive(),
  /** Nothing smaller can be paid by the gateways. */
  amountPaise: z.number().int().min(100),
  currency: z.literal('INR'),
  /** Taken off sale: what was ordered can still be paid. */
  active: z.boolean().default(true),
});

const DEFAULT_PACKAGES: z.input<typeof packageSchema>[] = [
  { packageId: 'coins-300', name: '300 coins', coins: 300, amountPaise: 15_000, currency: 'INR' },
  { packageId: 'coins-600', name: '600 coins', coins: 600, amountPaise: 30_000, currency: 'INR' },
  { packageId: 'coins-1000', name: '1000 coins', coins: 1000, amountPaise: 50_000, currency: 'INR' },
  { packageId: 'coins-2000', name: '2000 coins', coins: 2000, amountPaise: 100_000, currency: 'INR' },
];

export const pricingSchema = z
  .looseObject({
    audio: ratePriced(10, 15),
    video: ratePriced(50, 75),
    /** What one earned coin is worth when it is paid out. */
    earningCoinPaise: count(20),
    /** What a coin is worth at the least; a package that sells it for less counts instead. 2 coins for 1 rupee. */
    coinPaise: positive(50),
    /** Lets a listener earn more than the caller pays. Off, such prices are refused. */
    allowSubsidy: z.boolean().default(false),
    /** A connected call shorter than this is free for both sides. */
    freeSeconds: count(10),
    bonusCoins: count(50),
    packages: z.array(packageSchema).prefault(DEFAULT_PACKAGES),
  })
  .superRefine((pricing, context) => {
    if (pricing.allowSubsidy) return;
    const cheapest = pricing.packages.map(({ amountPaise, coins }) => amountPaise / coins);
    const coinPaise = Math.min(pricing.coinPaise, ...cheapest);
    for (const type of ['audio', 'video'] as const) {
      const paidPaise = Math.floor(pricing[type].coinsPerMinute * coinPaise);
      const earnedPaise = pricing[type].earnedPerMinute * pricing.earningCoinPaise;
      if (earnedPaise > paidPaise) {
        const message = `a minute pays out ${earnedPaise} paise and brings ${paidPaise}; set allowSubsidy to allow it`;
        context.addIssue({ code: 'custom', path: [type, 'earnedPerMinute'], message });
      }
    }
  });
export type Pricing = z.infer<typeof pricingSchema>;

export const limitsSchema = z
  .looseObject({
    ringSec: positive(60),
    connectSec: positive(30),
    sliceMinutes: positive(10),
    /** The slice deadline is this long before the end of the grant. */
    extendBeforeSec: positive(60),
    maxCallMinutes: positive(120),
    /** Where the people of a deployment may not be younger. */
    minimumAge: positive(18),
    otpLifeSec: positive(300),
    /** Wrong tries that void a code. */
    otpTries: positive(5),
    /** Wrong tries within 24 hours that lock a phone for 24 hours. */
    otpTriesPerDay: positive(20),
    otpResendSec: positive(60),
    /** Codes sent in any 15 minutes to one phone, and at the wish of one network address. */
    otpSendsPerPhone: positive(5),
    otpSendsPerAddress: positive(5),
    /** Codes sent in any hour to the 10,000 numbers that share all but their last four digits. */
    /** Far above what one address may send, or it could keep ten thousand people out. */
    otpSendsPerPrefix: positive(100),
    /** A person marks themselves busy for this long at most. */
    busyMaxSec: positive(24 * 3600),
    devicesPerPerson: positive(10),
    /** A caller's missed-call pushes to an offline listener: one in this time. No count is kept for more than an hour. */
    missedCallPushSec: z.number().int().positive().max(3600).default(600),
    /** Created calls of one caller to the same callee, and in all, in any 60 minutes. */
    callsPerHourToOne: positive(5),
    callsPerHour: positive(30),
    mediaTokensPerMinute: positive(60),
    /** Files that one listener has read as a voice sample, in any 60 minutes. */
    samplesPerHour: positive(30),
    /** Coin packages that one person orders in any 60 minutes, paid or not. */
    ordersPerHour: positive(20),
    presenceLeaseSec: positive(90),
    /** A beat in a call that is older than this means that the party is lost. */
    callBeatLostSec: positive(60),
    /** Whoever has left the media and is not back after this is lost. */
    mediaRejoinSec: positive(30),
    /** Media tokens outlive the grant by this. */
    tokenGraceSec: positive(20),
    /** Call documents are deleted this long after their creation; the ledger stays. */
    callRetentionDays: positive(90),
  })
  .superRefine((limits, context) => {
    if (limits.sliceMinutes > limits.maxCallMinutes) {
      const message = 'a slice cannot be longer than the longest call';
      context.addIssue({ code: 'custom', path: ['sliceMinutes'], message });
    }
  });
export type Limits = z.infer<typeof limitsSchema>;

const mediaProvider = z.enum(['agora', 'webrtc']).default('agora');

export const featuresSchema = z.looseObject({
  /** Who carries the calls of each type: a media server, or the apps themselves, see docs/webrtc. */
  mediaProviders: z.object({ audio: mediaProvider, video: mediaProvider }).prefault({}),
  /**
   * Calls from app to app use the relay only, so that neither stranger learns where the other is. Under masking they
   * always do.
   */
  relayOnly: z.boolean().default(true),
  /** Show the alias instead of the username to everyone else. */
  masking: z.boolean().default(false),
  /** A listener whose lease has lapsed may still be rung, see docs/presence. */
  callableWhenAway: z.boolean().default(false),
});
export type Features = z.infer<typeof featuresSchema>;

export const settingsDeclarations = {
  pricing: { id: 'pricing', schema: pricingSchema, failClosed: true },
  limits: { id: 'limits', schema: limitsSchema },
  // Whoever is masked must not be shown because another field was mistyped, or this one.
  features: { id: 'features', schema: featuresSchema, cautious: { masking: true } },
};
export type Settings = SettingsOf<typeof settingsDeclarations>;

/** What holds when no operator has changed anything. */
export function defaultSettings(): Settings {
  return {
    pricing: pricingSchema.parse({}),
    limits: limitsSchema.parse({}),
    features: featuresSchema.parse({}),
  };
}
