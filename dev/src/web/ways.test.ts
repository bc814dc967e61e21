import { describe, expect, it } from '@jest/globals';
import { wayOf } from './ways.ts';

const stack = {
  projectId: 'demo-earshot-4410',
  ports: { auth: 9099, control: 4410, firestore: 8080, functions: 5001 },
};
const portOf = (path: string) => wayOf(path, stack)?.port;

describe('the one address of the phones', () => {
  it.each([
    ['/local/info', 4410],
    ['/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken', 9099],
    ['/securetoken.googleapis.com/v1/token', 9099],
    ['/google.firestore.v1.Firestore/Listen/channel', 8080],
    ['/demo-earshot-4410/asia-south1/calls/start', 5001],
  ])('passes on %s', (path, port) => {
    expect(portOf(path)).toBe(port);
  });

  it('asks the control API only below its own part', () => {
    expect(wayOf('/local/pay', stack)).toMatchObject({ port: 4410, path: '/web/pay' });
  });

  it.each([
    '/',
    '/local/seed',
    '/local/begin',
    '/local/pay/../seed',
    '/web/pay',
    '/ready',
    '/emulator/v1/projects/demo-earshot-4410/accounts',
    '/identitytoolkit.googleapis.com/v1/projects/demo-earshot-4410/accounts:query',
    '/v1/projects/demo-earshot-4410/databases/(default)/documents:runQuery',
    '/google.firestore.v1.Firestore/Commit/channel',
    '/demo-earshot-4410/asia-south1/deadlines',
    '/demo-earshot-4410/asia-south1/deadlines/1',
    '/demo-earshot-4410/asia-south1/webhooks/payments',
    '/another/asia-south1/calls/start',
  ])('keeps %s to itself', (path) => {
    expect(portOf(path)).toBeUndefined();
  });

  it.each([
    ['/local/people', undefined, true],
    ['/local/info', undefined, false],
    ['/securetoken.googleapis.com/v1/token', 'signIn', true],
    ['/google.firestore.v1.Firestore/Write/channel', 'stream', undefined],
    ['/demo-earshot-4410/asia-south1/auth/verifyOtp', undefined, true],
    ['/demo-earshot-4410/asia-south1/calls/start', undefined, false],
  ])('knows where tokens come and go at %s', (path, speaksIn, givesTokens) => {
    const way = wayOf(path, stack);
    expect([way?.speaksIn, way?.givesTokens]).toEqual([speaksIn, givesTokens]);
  });
});
