import { describe, expect, it } from '@jest/globals';
import { allowedFields, describeFault, scrub, type LogFields } from './log.ts';

describe('the log', () => {
  it('keeps only the fields of its list', () => {
    const fields = { uid: 'asha', phone: '+919876543210', token: 'secret', callId: 'c1' } as LogFields;
    expect(allowedFields(fields)).toEqual({ uid: 'asha', callId: 'c1' });
  });

  it('scrubs what could be a phone number, a code, a token or an address', () => {
    const text = 'code 123456 for +91 9876543210, asha@example.org, eyJhbGciOi.eyJzdWIi.c2ln';
    expect(scrub(text)).toBe('code <digits> for +91 <digits>, <address>, <token>');
  });

  it('tells the class and the frames of a fault, and nothing of a thrown value', () => {
    expect(describeFault(new TypeError('no'))).toMatch(/^TypeError: no\n\s+at /u);
    expect(describeFault('+919876543210')).toBe('thrown string');
  });
});
