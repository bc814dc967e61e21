/** The calls service: contracts bound to their use cases. */
import { operation, publicOperation } from '../platform/operation.ts';
import { acceptCall } from './acceptCall.ts';
import { readHistory, readSummary } from './callHistory.ts';
import { callHeartbeat } from './callHeartbeat.ts';
import { callToken } from './callToken.ts';
import { cleanUpCalls } from './cleanUpCalls.ts';
import * as contract from './contract.ts';
import { adminEndCall, cancelCall, emergencyEnd, hangUp, rejectCall } from './endCall.ts';
import { callRates, getCall, ongoingCall } from './getCall.ts';
import { joinCall } from './joinCall.ts';
import { readSignals, sendSignal } from './signalCall.ts';
import { startCall } from './startCall.ts';
import { systemStatus } from './systemStatus.ts';

export const callOperations = [
  operation(contract.startContract, startCall),
  operation(contract.acceptContract, acceptCall),
  operation(contract.rejectContract, rejectCall),
  operation(contract.cancelContract, cancelCall),
  operation(contract.tokenContract, callToken),
  operation(contract.joinedContract, joinCall),
  operation(contract.heartbeatContract, callHeartbeat),
  operation(contract.sendSignalContract, sendSignal),
  operation(contract.signalsContract, readSignals),
  operation(contract.endContract, hangUp),
  operation(contract.emergencyEndContract, emergencyEnd),
  operation(contract.adminEndContract, adminEndCall),
  operation(contract.cleanupContract, cleanUpCalls),
  operation(contract.systemStatusContract, systemStatus),
  operation(contract.ongoingContract, ongoingCall),
  operation(contract.getContract, getCall),
  operation(contract.historyContract, readHistory),
  operation(contract.summaryContract, readSummary),
  publicOperation(contract.ratesContract, callRates),
];
