/** Runs before every other module of ours. */
import { wireEmulators } from './platform/local.ts';

wireEmulators();
