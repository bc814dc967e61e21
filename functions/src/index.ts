/** What is deployed. `start` comes first: it wires the emulators before any other module reads its environment. */
import './start.ts';

export {
  api,
  auditor,
  auth,
  calls,
  cardKeeper,
  deadlines,
  featuresChanged,
  listeners,
  notifications,
  orderPoll,
  payments,
  presence,
  pricingChanged,
  sweeper,
  system,
  users,
  verification,
  wallet,
} from './functions.ts';
export { webhooks } from './webhooks.ts';
