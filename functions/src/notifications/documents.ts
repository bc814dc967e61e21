/**
 * pushTargets/{uid}: every device of a person in one document, so that a push costs one read.
 * devices/{deviceId}: who owns a device. Both change in one transaction, so a device is in the targets of its owner and
 * of nobody else. Functions only.
 */
import { z } from 'zod';
import { defineCollection } from '../platform/store/collection.ts';

export const platformSchema = z.enum(['android', 'ios', 'web']);

const targetSchema = z.looseObject({
  /** The registration token of Firebase Cloud Messaging; the device's id is its SHA-256. */
  token: z.string(),
  platform: platformSchema,
  appVersion: z.string().optional(),
  /** When the app registered it last. */
  seenAt: z.date(),
});
export type PushTarget = z.infer<typeof targetSchema>;

export const pushTargetsSchema = z.looseObject({ devices: z.record(z.string(), targetSchema) });
export type PushTargets = z.infer<typeof pushTargetsSchema>;
export const pushTargets = defineCollection('pushTargets/{}', pushTargetsSchema);

export const deviceSchema = z.looseObject({ uid: z.string(), seenAt: z.date() });
export type Device = z.infer<typeof deviceSchema>;
export const devices = defineCollection('devices/{}', deviceSchema);
