import { describe, expect, it } from '@jest/globals';
import { IssuedTokens } from './tokens.ts';

/** As the emulators make them: signed by nobody. */
const token = (claims: object): string =>
  `${btoa('{"alg":"none"}')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
const ravis = token({ sub: 'ravi' });
const forged = token({ sub: 'ravi', admin: true });
const JSON_TYPE = 'application/json';

function tokens(): IssuedTokens {
  const issued = new IssuedTokens();
  expect(issued.remember(JSON.stringify({ result: { customToken: ravis } }))).toBe(true);
  return issued;
}

const opening = (authorization: string): string =>
  `headers=${encodeURIComponent(`X-Goog-Api-Client:gl-js/\r\nAuthorization:${authorization}\r\n`)}&count=1&ofs=0&req0___data__=%7B%7D`;

describe('the tokens of the phones', () => {
  it('are those that were given out, in a header', () => {
    expect(tokens().allowsHeader(undefined)).toBe(true);
    expect(tokens().allowsHeader(`Bearer ${ravis}`)).toBe(true);
    for (const header of ['Bearer owner', 'bearer  owner', `Bearer ${forged}`, `Basic ${ravis}`, ''])
      expect(tokens().allowsHeader(header)).toBe(false);
  });

  it('are those that were given out, in a sign-in', () => {
    const json = (fields: object) => tokens().allowsSignIn(JSON_TYPE, JSON.stringify(fields));
    expect(json({ token: ravis, returnSecureToken: true })).toBe(true);
    expect(json({ token: forged })).toBe(false);
    expect(json({ token: '{"uid":"ravi","claims":{"admin":true}}' })).toBe(false);
    expect(json({ token: [ravis] })).toBe(false);
    expect(json({ email: 'a@example.com' })).toBe(false);
    const form = 'application/x-www-form-urlencoded';
    expect(tokens().allowsSignIn(form, `grant_type=refresh_token&refresh_token=${ravis}`)).toBe(true);
    expect(tokens().allowsSignIn(form, `refresh_token=${ravis}&refresh_token=${forged}`)).toBe(false);
    expect(tokens().allowsSignIn('text/plain', JSON.stringify({ token: ravis }))).toBe(false);
  });

  it('are those that were given out, in what opens a stream', () => {
    expect(tokens().allowsStream('?RID=1&VER=8', opening(`Bearer ${ravis}`))).toBe(true);
    expect(tokens().allowsStream('?RID=1&VER=8', 'count=0')).toBe(true);
    for (const authorization of ['Bearer owner', ' bearer owner', `Bearer ${forged}`, 'Bearer+owner'])
      expect(tokens().allowsStream('?RID=1', opening(authorization))).toBe(false);
    expect(tokens().allowsStream('?RID=1', 'headers=Authorization:Bearer%2520owner')).toBe(false);
    expect(tokens().allowsStream('?RID=1', 'req0_x=Authorization:Bearer owner')).toBe(false);
    expect(tokens().allowsStream('?%24httpHeaders=Authorization%3ABearer%20owner', '')).toBe(false);
    expect(tokens().allowsStream('?access_token=owner', '')).toBe(false);
  });

  it('let people write of authorization once the stream is open', () => {
    const said = 'count=1&req0___data__=%7B%22text%22%3A%22authorization%3A%20none%22%7D';
    expect(tokens().allowsStream('?SID=abc', said)).toBe(true);
    expect(tokens().allowsStream('?SID=', said)).toBe(false);
    expect(tokens().allowsStream('?SID=abc', opening('Bearer owner'))).toBe(false);
  });

  it('never make an administrator', () => {
    const issued = tokens();
    expect(issued.remember(JSON.stringify({ idToken: forged, refreshToken: 'more' }))).toBe(false);
    expect(issued.allowsHeader(`Bearer ${forged}`)).toBe(false);
  });
});
