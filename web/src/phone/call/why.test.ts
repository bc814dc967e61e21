import { describe, expect, it } from '@jest/globals';
import { mediaFailed } from '../../../../client/src/error.ts';
import type { CallState, Receipt } from '../../../../client/src/index.ts';
import { isDeviceFault, whyOf } from './why.ts';

const refused = new DOMException('Permission denied', 'NotAllowedError');
const receipt = (endedBy: Receipt['endedBy']): Receipt => ({ endedBy }) as Receipt;

function why(state: Partial<CallState>, hungUp = false): string {
  return whyOf({ endReason: null, receipt: undefined, error: undefined, role: 'caller', ...state }, hungUp);
}

describe('why a call is over', () => {
  it('is the microphone that failed, whatever the backend calls it', () => {
    const error = mediaFailed('no microphone', refused);
    expect(why({ error })).toBe('error');
    expect(why({ error, endReason: 'cancelled' })).toBe('error');
    expect(why({ error, endReason: 'completed', receipt: receipt('caller') })).toBe('error');
  });

  it('is not what went wrong before and was mended', () => {
    const error = mediaFailed('away for a moment');
    expect(why({ error, endReason: 'completed', receipt: receipt('callee') })).toBe('byOther');
    expect(why({ error, endReason: 'coins_exhausted', receipt: receipt('system') })).toBe('reason');
    expect(why({ error, endReason: 'completed', receipt: receipt('caller') }, true)).toBe('byYou');
    expect(why({ error, endReason: 'cancelled' }, true)).toBe('reason');
  });

  it('is what went wrong when nobody could be told that the person hangs up', () => {
    expect(why({ error: mediaFailed('away') }, true)).toBe('error');
  });

  it('is who hung up, else the reason', () => {
    expect(why({ endReason: 'completed', receipt: receipt('caller') })).toBe('byYou');
    expect(why({ endReason: 'cancelled' })).toBe('reason');
    expect(why({})).toBe('open');
  });

  it('tells a microphone from a connection', () => {
    expect(isDeviceFault(mediaFailed('no microphone', refused))).toBe(true);
    expect(isDeviceFault(mediaFailed('The media did not come back.'))).toBe(false);
  });
});
