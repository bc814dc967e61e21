/** The notifications service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import { registerDeviceContract, unregisterDeviceContract } from './contract.ts';
import { registerDevice } from './registerDevice.ts';
import { unregisterDevice } from './unregisterDevice.ts';

export const notificationOperations = [
  operation(registerDeviceContract, registerDevice),
  operation(unregisterDeviceContract, unregisterDevice),
];
