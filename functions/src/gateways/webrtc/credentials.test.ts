import { describe, expect, it } from '@jest/globals';
import { at, START } from '../../testing/calls.ts';
import { addressesOf, buildPeerCredentials, relayCredentials, type IceAccount } from './credentials.ts';

const STUN = 'stun:stun.example.com:3478';
const TURN = ['turn:turn.example.com:3478?transport=udp', 'turns:turn.example.com:5349?transport=tcp'];
const account: IceAccount = { stunUrls: [STUN], turnUrls: TURN, turnSecret: () => 'turn_shared_secret' };
const request = { name: 'seat', relayOnly: false, now: START, expiresAt: at(620) };

/** A secret that must not be asked for. */
const unread = (): string => {
  throw new Error('parameter WEBRTC_TURN_SECRET is not set');
};

describe('credentials of a relay', () => {
  it('agree with the published vector', () => {
    expect(relayCredentials('turn_shared_secret', 'uid_test_1', new Date(1_760_003_600_000))).toEqual({
      username: '1760003600:uid_test_1',
      credential: 'gvm3nVhBeC0jRImCoPCeMoRXIvs=',
    });
  });

  it('end in the second in which the token would, and never later', () => {
    const until = new Date(1_760_003_600_999);
    expect(relayCredentials('turn_shared_secret', 'uid_test_1', until).username).toBe(
      '1760003600:uid_test_1',
    );
  });

  it('differ with the secret, the name and the time', () => {
    const of = (secret: string, name: string, sec: number) => relayCredentials(secret, name, at(sec));
    const all = [of('a', 'x', 1), of('b', 'x', 1), of('a', 'y', 1), of('a', 'x', 2)];
    expect(new Set(all.map(({ credential }) => credential)).size).toBe(4);
  });
});

describe('what an app needs to reach the other', () => {
  it('is a server that tells its address, and a relay with credentials that end', () => {
    expect(buildPeerCredentials(account, request)).toEqual({
      provider: 'webrtc',
      iceServers: [
        { urls: [STUN] },
        { urls: TURN, ...relayCredentials('turn_shared_secret', 'seat', at(620)) },
      ],
      iceTransportPolicy: 'all',
      expiresAt: at(620),
    });
  });

  it('is the relay alone where neither may learn an address', () => {
    const { iceServers, iceTransportPolicy } =
      buildPeerCredentials(account, { ...request, relayOnly: true }) ?? {};
    expect(iceTransportPolicy).toBe('relay');
    expect(iceServers?.map(({ urls }) => urls)).toEqual([TURN]);
  });

  it('is STUN alone, or nothing, without a relay, and then needs no secret', () => {
    const without = { ...account, turnUrls: [], turnSecret: unread };
    expect(buildPeerCredentials(without, request)?.iceServers).toEqual([{ urls: [STUN] }]);
    expect(buildPeerCredentials({ ...without, stunUrls: [] }, request)?.iceServers).toEqual([]);
  });

  it.each([
    ['only a relay will do and there is none', { ...account, turnUrls: [] }, { ...request, relayOnly: true }],
    ['the relay has no secret', { ...account, turnSecret: () => '' }, request],
    ['the time has passed', account, { ...request, expiresAt: START }],
    ['a STUN server is no address', { ...account, stunUrls: ['stun.example.com'] }, request],
    ['a STUN server is a relay', { ...account, stunUrls: TURN }, request],
    ['a relay is no address', { ...account, turnUrls: ['https://turn.example.com'] }, request],
    ['a relay has an unknown transport', { ...account, turnUrls: ['turn:a:1?transport=sctp'] }, request],
  ])('is not made when %s', (_name, of, asked) => {
    expect(buildPeerCredentials(of, asked)).toBeUndefined();
  });
});

describe('a list of servers', () => {
  it.each([
    ['', []],
    [' , ', []],
    ['stun:a', ['stun:a']],
    ['stun:a:1, stun:b:2,', ['stun:a:1', 'stun:b:2']],
  ])('%j', (text, addresses) => {
    expect(addressesOf(text)).toEqual(addresses);
  });
});
