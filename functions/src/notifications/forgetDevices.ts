/** Devices that get no more pushes: one, some, or all of a person. */
import type { Writer } from '../platform/store/port.ts';
import { devices, pushTargets, type PushTargets } from './documents.ts';

/**
 * Writes that a person has no devices any more, e.g. when they have left everywhere.
 * @param writer of the transaction that has read `targets`: a device that moves meanwhile makes it run again
 * @param targets the person's `pushTargets/{uid}`; undefined when there is none, and then nothing is written
 */
export function forgetDevices(writer: Writer, uid: string, targets: PushTargets | undefined): void {
  forgetSome(writer, uid, targets, Object.keys(targets?.devices ?? {}));
}

/**
 * The same for some devices. Those that are not among the person's targets are left alone: they may be another's.
 * @param deviceIds the devices to forget
 * @returns how many were forgotten
 */
export function forgetSome(
  writer: Writer,
  uid: string,
  targets: PushTargets | undefined,
  deviceIds: readonly string[],
): number {
  const known = targets?.devices ?? {};
  const gone = deviceIds.filter((deviceId) => known[deviceId] !== undefined);
  if (gone.length === 0) return 0;
  const left = Object.entries(known).filter(([deviceId]) => !gone.includes(deviceId));
  writer.merge(pushTargets.doc(uid), { devices: Object.fromEntries(left) });
  for (const deviceId of gone) writer.delete(devices.doc(deviceId));
  return gone.length;
}
