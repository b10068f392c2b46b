import { describe, expect, it } from 'vitest';
import { readConnection, readSeeds } from '../../source/cluster/connection-info.ts';

const read = (state: string, info: string, outbound = true) =>
  readConnection({
    address: '10.0.0.2:6783',
    outbound,
    state,
    info,
    attrs: { name: null, mtu: null, encrypted: null },
  });

describe('a live row names its peer', () => {
  it.each([
    ['sleeve e2:cf:aa:94:b7:62(h2)', 'e2:cf:aa:94:b7:62', 'h2', 'sleeve', false],
    ['encrypted   fastdp e2:cf:aa:94:b7:62(h2)', 'e2:cf:aa:94:b7:62', 'h2', 'fastdp', true],
    ['unencrypted sleeve e2:cf:aa:94:b7:62(h2)', 'e2:cf:aa:94:b7:62', 'h2', 'sleeve', false],
    ['sleeve e2:cf:aa:94:b7:62(a (b) c)', 'e2:cf:aa:94:b7:62', 'a (b) c', 'sleeve', false],
    ['fastdp e2:cf:aa:94:b7:62()', 'e2:cf:aa:94:b7:62', '', 'fastdp', false],
  ])('%s', (info, name, nickname, overlay, encrypted) => {
    expect(read('established', info)).toMatchObject({
      peer: { name, nickname },
      overlay,
      encrypted,
      fault: null,
    });
    expect(read('pending', info, false)).toMatchObject({
      peer: { name, nickname },
      overlay,
      encrypted,
      fault: null,
    });
  });

  it('believes nothing that it cannot read', () => {
    expect(read('established', '')).toMatchObject({ peer: null, overlay: null, encrypted: false });
    expect(read('established', 'sleeve')).toMatchObject({ peer: null });
    expect(read('dancing', 'sleeve a(b)')).toMatchObject({ state: 'unknown', peer: null });
  });
});

describe('a row that is not live says why', () => {
  const RETRY = ', retry: 2026-11-22 12:03:23.099565686 +0000 UTC m=+43.528569712';
  it.each([
    ['ourself', 'cannot connect to ourself, retry: never'],
    ['refused', `dial tcp :0->10.0.0.2:6783: connect: connection refused${RETRY}`],
    ['no-route', `dial tcp :0->10.0.0.2:6783: connect: no route to host${RETRY}`],
    ['no-route', 'dial tcp :0->10.0.0.2:6783: connect: network is unreachable'],
    ['timeout', `dial tcp :0->10.0.0.2:6783: i/o timeout${RETRY}`],
    ['timeout', 'dial tcp 10.0.0.2:6783: connect: connection timed out'],
    [
      'reset',
      `failed to receive remote protocol header: read tcp 10.0.0.1:4->10.0.0.2:6783: read: connection reset by peer${RETRY}`,
    ],
    ['reset', 'write tcp 10.0.0.1:4->10.0.0.2:6783: write: broken pipe'],
    ['reset', 'EOF'],
    [
      'seeded-apart',
      `IP allocation was seeded by different peers (received: [a(h1)], ours: [b(h2)])${RETRY}`,
    ],
    [
      'range-mismatch',
      `Incompatible IP allocation ranges (received: 10.32.0.0/12, ours: 10.40.0.0/16)${RETRY}`,
    ],
    ['name-collision', 'local "X(a)" and remote "X(b)" peer names collision, retry: never'],
    ['password', `no password specified, but peer requested an encrypted connection${RETRY}`],
    ['password', `password specified, but peer requested an unencrypted connection${RETRY}`],
    ['password', 'Unable to decrypt TCP msg'],
    ['version', 'remote version range [3,4] is incompatible with ours [1,2]'],
    ['clock', 'host clock skew of 1200s exceeds 900s limit'],
    ['no-forwarders', 'no working forwarders to e2:cf:aa:94:b7:62(h2)'],
    ['duplicate', 'Multiple connections to e2:cf:aa:94:b7:62(h2) added to a(h1)'],
    [
      'ring-conflict',
      'Received update for IP range I own at 10.36.0.0 v2: incoming message says owner a v103',
    ],
    ['ring-conflict', 'Inconsistent entries for 10.36.0.0: owned by a but incoming message says b'],
    ['unresolvable', 'lookup host9 on 10.0.0.53:53: no such host'],
    ['other', 'something nobody has met'],
    [null, ''],
  ] as const)('%s: %s', (fault, info) => {
    expect(read('failed', info).fault).toBe(fault);
    expect(read('retrying', info).fault).toBe(fault);
  });

  it('keeps the time of the next try as the peer tells it', () => {
    expect(read('failed', `x${RETRY}`).retry).toBe('2026-11-22 12:03:23.099565686 +0000 UTC');
    expect(read('failed', 'cannot connect to ourself, retry: never').retry).toBe('never');
    expect(read('retrying', 'x').retry).toBeNull();
  });

  it('knows whom an error names', () => {
    expect(read('retrying', 'no working forwarders to e2:cf:aa:94:b7:62(h2)').peer).toEqual({
      name: 'e2:cf:aa:94:b7:62',
      nickname: 'h2',
    });
    expect(read('failed', 'local "X(a)" and remote "X(b)" peer names collision, retry: never').peer).toEqual({
      name: 'X',
      nickname: 'b',
    });
    expect(read('failed', 'dial tcp :0->10.0.0.2:6783: connect: connection refused').peer).toBeNull();
  });
});

describe('readSeeds', () => {
  it('reads both lists', () => {
    const info =
      'IP allocation was seeded by different peers (received: [12:e0:96:5c:ff:26(h1) 3a:60:92:67:c7:4d(h3)], ours: [ba:51:d1:bb:da:ff(h7)]), retry: never';
    expect(readSeeds(info)).toEqual({
      received: [
        { name: '12:e0:96:5c:ff:26', nickname: 'h1' },
        { name: '3a:60:92:67:c7:4d', nickname: 'h3' },
      ],
      ours: [{ name: 'ba:51:d1:bb:da:ff', nickname: 'h7' }],
    });
  });

  it('gives null for anything else', () => {
    expect(readSeeds('dial tcp: connection refused')).toBeNull();
  });
});
