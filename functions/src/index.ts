/** What is deployed. `start` comes first: it wires the emulators before any other module reads its environment. */
import './start.ts';

export {
  api,
  auth,
  calls,
  deadlines,
  listeners,
  notifications,
  sweeper,
  system,
  users,
  wallet,
} from './functions.ts';
