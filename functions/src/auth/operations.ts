/** The auth service: contracts bound to their use cases. */
import { operation, publicOperation } from '../platform/operation.ts';
import {
  logoutContract,
  registerContract,
  requestOtpContract,
  resendOtpContract,
  verifyOtpContract,
} from './contract.ts';
import { logout } from './logout.ts';
import { registerUser } from './registerUser.ts';
import { requestOtp } from './requestOtp.ts';
import { resendOtp } from './resendOtp.ts';
import { verifyOtp } from './verifyOtp.ts';

export const authOperations = [
  publicOperation(requestOtpContract, requestOtp),
  publicOperation(resendOtpContract, resendOtp),
  publicOperation(verifyOtpContract, verifyOtp),
  operation(registerContract, registerUser),
  operation(logoutContract, logout),
];
