/** pushTargets/{uid}: every device of a person in one document, so that a push costs one read. Functions only. */
import { z } from 'zod';
import { defineCollection } from '../platform/store/collection.ts';

export const pushTargetsSchema = z.looseObject({
  devices: z.record(
    z.string(),
    z.object({ token: z.string(), platform: z.enum(['android', 'ios', 'web']), seenAt: z.date() }),
  ),
});
export type PushTargets = z.infer<typeof pushTargetsSchema>;
export const pushTargets = defineCollection('pushTargets/{}', pushTargetsSchema);
