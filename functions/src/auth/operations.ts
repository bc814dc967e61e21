/** The auth service: contracts bound to their use cases. */
import { operation } from '../platform/operation.ts';
import { logoutContract, registerContract } from './contract.ts';
import { logout } from './logout.ts';
import { registerUser } from './registerUser.ts';

export const authOperations = [operation(registerContract, registerUser), operation(logoutContract, logout)];
