import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addCluster, configPath, keepConfig, loadConfig, parseConfig } from '../../source/disk/config.ts';
import { inventoryOf } from '../../source/disk/inventory.ts';
import { UsageProblem } from '../../source/disk/problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'weave-console-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const peers = (...addresses: string[]) => addresses.map((address) => ({ address }));
const config = (cluster: object): string => JSON.stringify({ schema: 1, clusters: { prod: cluster } });

describe('the config file', () => {
  it('fills in every default', () => {
    const loaded = loadConfig(file('good.json', config({ peers: peers('10.0.0.11') })));
    const cluster = loaded?.config.clusters.prod;
    expect(cluster && inventoryOf('prod', cluster)).toEqual({
      cluster: 'prod',
      color: null,
      readOnly: false,
      interval: 2000,
      spares: [],
      peers: [
        {
          address: '10.0.0.11',
          host: '10.0.0.11',
          port: 22,
          user: userInfo().username,
          jump: [],
          identity: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homedir(), '.ssh', name)),
          knownHosts: [
            join(homedir(), '.ssh/known_hosts'),
            join(homedir(), '.ssh/known_hosts2'),
            '/etc/ssh/ssh_known_hosts',
          ],
          sudo: 'passwordless',
          weave: '/usr/local/bin/weave',
          unit: 'weave.service',
          siteUnit: null,
          environmentFile: '/etc/sysconfig/weave',
          stateDir: '/var/lib/weave-console',
          runtimeDir: '/run/lock',
          machineIdFile: '/etc/machine-id',
          bootIdFile: '/proc/sys/kernel/random/boot_id',
          statusAddress: { host: '127.0.0.1', port: 6782 },
          controlAddress: { host: '127.0.0.1', port: 6784 },
        },
      ],
    });
  });

  it('lets a peer override its cluster, and the command line both', () => {
    const { clusters } = parseConfig(
      config({
        user: 'ops',
        port: 2200,
        peers: [{ address: 'a', user: 'root', statusAddress: '[::1]:16782' }, { address: 'b' }],
      }),
      'x',
    );
    const cluster = clusters.prod as NonNullable<(typeof clusters)['prod']>;
    expect(inventoryOf('prod', cluster).peers).toMatchObject([
      { user: 'root', port: 2200, statusAddress: { host: '::1', port: 16782 } },
      { user: 'ops', port: 2200 },
    ]);
    expect(inventoryOf('prod', cluster, { user: 'me', port: 1, interval: 500 })).toMatchObject({
      interval: 500,
      peers: [
        { user: 'me', port: 1 },
        { user: 'me', port: 1 },
      ],
    });
  });

  it.each([
    [
      'an unknown setting',
      config({ peers: [{ address: 'a', prot: 1 }] }),
      'clusters.prod.peers[0].prot: is not a setting',
    ],
    ['a port out of range', config({ port: 70000, peers: peers('a') }), 'clusters.prod.port: '],
    [
      'an address ssh could take for an option',
      config({ peers: peers('-oProxyCommand=x') }),
      'clusters.prod.peers[0].address: must be a host name',
    ],
    [
      'an address with a port',
      config({ peers: peers('10.0.0.1:6783') }),
      'clusters.prod.peers[0].address: must be a host name or an IP address, not "10.0.0.1:6783": a port goes into "port", a user into "user"',
    ],
    ['an address with a space', config({ peers: peers('a b') }), 'clusters.prod.peers[0].address: '],
    ['no peers', config({ peers: [] }), 'clusters.prod.peers: needs at least one peer'],
    [
      'the same address twice',
      config({ peers: peers('a', 'a') }),
      'clusters.prod.peers[1].address: a is listed twice',
    ],
    [
      'a spare that is a peer',
      config({ peers: peers('a'), spares: peers('a') }),
      'clusters.prod.spares[0].address: a is listed twice',
    ],
    ['another schema', '{"schema": 2, "clusters": {}}', 'schema: '],
    [
      'a status address without a port',
      config({ statusAddress: 'localhost', peers: peers('a') }),
      'statusAddress: must be HOST:PORT',
    ],
    ['a list', '[]', '(the whole file): '],
    ['bad JSON', '{"schema": 1,\n  "clusters": }', 'not valid JSON'],
    ['nothing at all', '', 'not valid JSON'],
  ])('names the file and the field for %s', (_, text, message) => {
    const path = file('bad.json', text);
    expect(() => loadConfig(path)).toThrow(message);
    expect(() => loadConfig(path)).toThrow(path);
  });

  describe('a unit of the site', () => {
    const unit = '[Service]\nEnvironmentFile=/etc/sysconfig/weave\nExecStart=/opt/weave.sh\n';

    it('is read for the cluster, or for one peer in place of it', () => {
      const [ours, other] = [file('our.service', unit), file('other.service', `# other\n${unit}`)];
      const loaded = loadConfig(
        file(
          'units.json',
          config({ unitFile: ours, peers: [{ address: 'a' }, { address: 'b', unitFile: other }] }),
        ),
      );
      const cluster = loaded?.config.clusters.prod;
      expect(cluster && inventoryOf('prod', cluster).peers.map(({ siteUnit }) => siteUnit)).toEqual([
        { path: ours, text: unit },
        { path: other, text: `# other\n${unit}` },
      ]);
    });

    it.each([
      ['is not there', null, /cannot be read: ENOENT/],
      ['is a folder', folder, /config-.* is not a file/],
      ['is no unit', 'hello\n', /has no ExecStart= line: is it a unit\?/],
      ['has only a comment on one', '# ExecStart=/bin/true\n', /has no ExecStart= line/],
      ['holds NUL bytes', `${unit}\0`, /is not text in UTF-8/],
      ['is too large', `${unit}${'#'.repeat(65_536)}`, /is larger than 64 KiB/],
      ['holds a password', `${unit}Environment=WEAVE_PASSWORD=x\n`, /holds a password: that belongs into/],
      [
        'has an option with one',
        `${unit}ExecStartPre=/bin/login --passwd x\n`,
        /holds a password: that belongs into/,
      ],
      [
        'has an account in a URL',
        `${unit}Environment=P=http://a:b@c\n`,
        /holds a password: that belongs into/,
      ],
    ])('names the config file and the field where it %s', (name, text, message) => {
      const unitFile =
        text === null
          ? join(folder, 'none.service')
          : text === folder
            ? folder
            : file(`${name}.service`, text);
      const path = file('bad-unit.json', config({ peers: peers('a'), spares: [{ address: 'b', unitFile }] }));
      expect(() => loadConfig(path)).toThrow(UsageProblem);
      expect(() => loadConfig(path)).toThrow(`${path}: a unit can't be used:`);
      expect(() => loadConfig(path)).toThrow(/^ {2}clusters\.prod\.spares\[0\]\.unitFile: /m);
      expect(() => loadConfig(path)).toThrow(message);
    });

    it('must be given by an absolute path', () => {
      const path = file('relative.json', config({ unitFile: 'our.service', peers: peers('a') }));
      expect(() => loadConfig(path)).toThrow(
        'clusters.prod.unitFile: must be an absolute path on this machine',
      );
    });
  });

  it('says where a file was looked for that is not there, and makes nothing', () => {
    const before = readdirSync(folder);
    expect(() => loadConfig(join(folder, 'none', 'missing.json'))).toThrow(
      /none\/missing\.json: there is no such config file/,
    );
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each([
    ['linux', {}, join(homedir(), '.config/weave-console/config.json')],
    ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/weave-console/config.json'],
    ['darwin', {}, join(homedir(), 'Library/Preferences/weave-console/config.json')],
  ])('lies where conf keeps it: %s %j', (platform, env, path) => {
    expect(configPath(env, platform)).toBe(path);
  });
});

describe('the hosts on the way to a peer', () => {
  const jumpsOf = (cluster: object, over = {}) => {
    const { clusters } = parseConfig(config(cluster), 'x');
    return clusters.prod && inventoryOf('prod', clusters.prod, over).peers.map(({ jump }) => jump);
  };
  const ops = { user: 'ops', peers: peers('10.0.0.1') };
  const bastion = { user: 'ops', host: 'bastion', port: 22 };

  it.each([
    ['bastion', [bastion]],
    ['anna@bastion:2222', [{ user: 'anna', host: 'bastion', port: 2222 }]],
    ['bastion,[fd00::1]:2022', [bastion, { user: 'ops', host: 'fd00::1', port: 2022 }]],
    ['none', []],
  ])('%s', (jump, hosts) => {
    expect(jumpsOf({ ...ops, jump })).toEqual([hosts]);
    expect(jumpsOf(ops, { jump })).toEqual([hosts]);
  });

  it('are those of the peer where it has some of its own', () => {
    const own = [{ address: 'a' }, { address: 'b', jump: 'none' }];
    expect(jumpsOf({ user: 'ops', jump: 'bastion', peers: own })).toEqual([[bastion], []]);
  });

  it.each(['', 'a,', '-oProxyCommand=x', 'a b', 'fd00::1', 'a:70000', 'a:', '@a', 'a;b'])(
    'are not %j',
    (jump) => {
      expect(() => jumpsOf({ ...ops, jump })).toThrow(/clusters\.prod\.jump: must be \[USER@\]HOST\[:PORT\]/);
    },
  );
});

describe('a cluster that is added', () => {
  const three = { peers: peers('10.0.0.1', '10.0.0.2', '10.0.0.3') };

  it('makes the file, for its owner only, in a folder that was not there', () => {
    const path = join(folder, 'not', 'there', 'yet.json');
    expect(addCluster('prod', three, path)).toBe(path);
    expect(loadConfig(path)?.config).toEqual({ schema: 1, clusters: { prod: three } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves the others as they are', () => {
    const path = file('two.json', config({ peers: peers('10.9.9.9'), user: 'ops' }));
    addCluster('stage', three, path);
    expect(loadConfig(path)?.config.clusters).toEqual({
      prod: { peers: peers('10.9.9.9'), user: 'ops' },
      stage: three,
    });
  });

  it.each([
    ['prod', three, /there is a cluster "prod" already\. Nothing was changed/],
    [
      'stage',
      { peers: peers('10.0.0.1', 'a;b') },
      /clusters\.stage\.peers\[1\]\.address: must be a host name/,
    ],
    ['stage', { peers: peers('a', 'a') }, /a is listed twice/],
  ])('is refused, and nothing written: %s %j', (name, cluster, why) => {
    const text = config({ peers: peers('10.9.9.9') });
    const path = file('refused.json', text);
    expect(() => addCluster(name, cluster, path)).toThrow(why);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('a config that is kept', () => {
  it('follows a link, and leaves nothing beside it', () => {
    const real = file('real.json', '{}');
    const link = join(folder, 'link.json');
    symlinkSync(real, link);
    keepConfig(link, 'new');
    expect([readFileSync(real, 'utf8'), statSync(real).mode & 0o777]).toEqual(['new', 0o600]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});
