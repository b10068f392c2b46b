import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chooseCluster, theCluster, withSpare } from '../../source/program/cluster-choice.ts';

const folder = mkdtempSync(join(tmpdir(), 'weave-console-choice-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, clusters: object): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ schema: 1, clusters }), { mode: 0o600 });
  return path;
};
const addresses = (hosts: readonly { readonly address: string }[]) => hosts.map(({ address }) => address);
const color = true;

describe('choosing a cluster', () => {
  it('takes the host on the way from the command line, if it is one', () => {
    const peers = ['10.0.0.1'];
    expect(theCluster({ peers, jump: 'anna@bastion', color }).inventory.peers[0]?.jump).toEqual([
      { user: 'anna', host: 'bastion', port: 22 },
    ]);
    expect(() => theCluster({ peers, jump: '-oProxyCommand=x', color })).toThrow(
      /^--jump: must be \[USER@\]HOST\[:PORT\], several/,
    );
  });

  it('takes the only one, the one that is named, or asks', () => {
    const one = write('one.json', { prod: { peers: [{ address: 'a' }] } });
    const two = write('two.json', {
      prod: { peers: [{ address: 'a' }] },
      test: { peers: [{ address: 'b' }] },
    });
    expect(theCluster({ config: one, color }).inventory.cluster).toBe('prod');
    expect(theCluster({ config: two, cluster: 'test', color }).inventory.cluster).toBe('test');
    expect(chooseCluster({ config: two, color })).toMatchObject({ kind: 'several', names: ['prod', 'test'] });
    expect(() => theCluster({ config: two, color })).toThrow('name one with --cluster (prod, test)');
    expect(() => theCluster({ config: two, cluster: 'x', color })).toThrow(
      'there is no cluster "x"; it has prod, test',
    );
  });

  it('keeps in the file that a host became a member, with all that the file says of it', () => {
    const path = write('keep.json', {
      prod: { user: 'ops', peers: [{ address: 'a' }], spares: [{ address: 'b', port: 2222 }] },
    });
    const { keep } = theCluster({ config: path, color });
    const after = keep('b', 'peers');
    expect([addresses(after.peers), addresses(after.spares)]).toEqual([['a', 'b'], []]);
    expect(after.peers[1]).toMatchObject({ port: 2222, user: 'ops' });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      schema: 1,
      clusters: {
        prod: { user: 'ops', peers: [{ address: 'a' }, { address: 'b', port: 2222 }], spares: [] },
      },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(addresses(keep('a', 'spares').spares)).toEqual(['a']);
  });

  it('says so when the cluster has gone from the file meanwhile, and leaves the file as it is', () => {
    const path = write('gone.json', { prod: { peers: [{ address: 'a' }] } });
    const { keep } = theCluster({ config: path, color });
    write('gone.json', { other: { peers: [{ address: 'a' }] } });
    expect(() => keep('b', 'peers')).toThrow(/gone\.json: there is no cluster "prod" any more/);
    expect(readFileSync(path, 'utf8')).toContain('other');
  });

  it('works without a config on --peers, and keeps moves for this session', () => {
    const { inventory, keep } = theCluster({ peers: ['10.0.0.1', '10.0.0.2'], user: 'me', color });
    expect(addresses(inventory.peers)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(addresses(keep('10.0.0.1', 'spares').peers)).toEqual(['10.0.0.2']);
    expect(addresses(keep('10.0.0.3', 'peers').peers)).toEqual(['10.0.0.2', '10.0.0.3']);
  });

  it.each([
    '-x',
    '127.77.0.11:44145',
    'root@10.0.0.11',
    '[::1]',
    '::1:2222x',
    '10.0.0.256',
    '10.0.0',
    '10.0.0.1.',
  ])('names in --peers what is no address: %s', (wrong) => {
    expect(() => theCluster({ peers: ['10.0.0.1', wrong], color })).toThrow(
      `--peers: "${wrong}" is not a host name or an IP address. A port goes into --port, a user into --user.`,
    );
  });

  it('takes IPv6 addresses', () => {
    const peers = ['::1', 'fd00::b'];
    expect(addresses(theCluster({ peers, color }).inventory.peers)).toEqual(peers);
  });

  it('makes a host that the config does not name a spare like the others', () => {
    const cluster = theCluster({ peers: ['10.0.0.1'], user: 'me', port: 2200, color });
    expect(withSpare(cluster, '10.0.0.9').inventory.spares).toMatchObject([
      { address: '10.0.0.9', host: '10.0.0.9', user: 'me', port: 2200 },
    ]);
    expect(withSpare(cluster, '10.0.0.1')).toBe(cluster);
    expect(() => withSpare(cluster, '$(x)')).toThrow('is not an address');
  });
});
