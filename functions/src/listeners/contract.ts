/** The operations of discovery and of becoming a listener, as plain data. */
import { z } from 'zod';
import { defineOperation, idInput, pageInput, requestIdInput } from '../platform/contract.ts';
import { genderSchema } from '../users/documents.ts';
import { bioInput, callTypesInput, interestsInput, languagesInput } from '../users/fields.ts';
import { availabilitySchema } from './documents.ts';
import { languageCode } from '../users/languages.ts';

const age = z.number().int().min(0).max(150);

/** What everyone may see of an approved listener, and nothing else. */
export const cardOutput = z.object({
  listenerId: z.string(),
  displayName: z.string(),
  bio: z.string(),
  languages: z.array(z.string()),
  languageKeys: z.record(z.string(), z.literal(true)),
  interests: z.array(z.string()),
  gender: genderSchema,
  age: z.number().int(),
  country: z.string().nullable(),
  rating: z.number(),
  ratingCount: z.number().int(),
  callCount: z.number().int(),
  imageUrl: z.string().nullable(),
  callTypes: z.array(z.enum(['audio', 'video'])),
  rates: z.object({ audio: z.number().int(), video: z.number().int() }),
  availability: availabilitySchema,
  /** Only of a listener who may be rung although the lease has lapsed. */
  away: z.literal(true).optional(),
});

export const searchContract = defineOperation({
  name: 'listeners/search',
  summary: 'Listeners, best rated first. A page may be short of its limit; go on while there is a cursor.',
  access: 'registered',
  input: z
    .strictObject({
      onlineOnly: z.boolean().optional(),
      availableOnly: z.boolean().optional(),
      language: z
        .string()
        .max(40)
        .transform((text, context) => {
          const code = languageCode(text);
          if (code === undefined)
            context.addIssue({ code: 'custom', message: 'not one of the languages of this app' });
          return code;
        })
        .optional(),
      /** Whoever has any of them. */
      interests: interestsInput.optional(),
      gender: genderSchema.optional(),
      minRating: z.number().min(0).max(5).optional(),
      ageMin: age.optional(),
      ageMax: age.optional(),
      ...pageInput,
    })
    .refine(({ ageMin = 0, ageMax = Infinity }) => ageMin <= ageMax, {
      path: ['ageMax'],
      message: 'less than ageMin',
    }),
  output: z.object({
    items: z.array(cardOutput),
    nextCursor: z.string().nullable(),
    /** Of all listeners, whatever was asked for; at most a minute old. */
    counts: z.object({
      total: z.number().int(),
      online: z.number().int(),
      available: z.number().int(),
      busy: z.number().int(),
    }),
  }),
  errors: [],
  rest: { method: 'GET', path: '/v1/listeners' },
});

export const getContract = defineOperation({
  name: 'listeners/get',
  summary: 'The card of one listener.',
  access: 'registered',
  input: z.strictObject({ listenerId: idInput }),
  output: z.object({ listener: cardOutput }),
  errors: ['NOT_FOUND'],
  rest: { method: 'GET', path: '/v1/listeners/{listenerId}' },
});

export const applyContract = defineOperation({
  name: 'listeners/apply',
  summary: 'Ask to become a listener; an operator approves it after hearing an audio sample.',
  access: 'registered',
  input: z.strictObject({
    bio: bioInput,
    languages: languagesInput.optional(),
    interests: interestsInput.optional(),
    callTypes: callTypesInput.optional(),
    requestId: requestIdInput.optional(),
  }),
  output: z.object({
    listener: z.object({
      listenerId: z.string(),
      status: z.enum(['pending', 'approved', 'rejected']),
      displayName: z.string(),
      bio: z.string(),
      languages: z.array(z.string()),
      interests: z.array(z.string()),
      callTypes: z.array(z.enum(['audio', 'video'])),
      gender: genderSchema,
      age: z.number().int(),
      country: z.string().nullable(),
    }),
  }),
  errors: ['REQUIREMENTS_NOT_MET', 'ALREADY_REGISTERED', 'IDEMPOTENCY_MISMATCH'],
  rest: { method: 'POST', path: '/v1/listeners/apply' },
});
