import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemo } from '../../source/demo/cluster.ts';
import { runCli, startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/keys.ts';
import { readStatus } from '../support/status.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

describe('status of a running cluster', () => {
  let demo: DemoCluster;
  beforeAll(async () => {
    demo = await startDemo({ scenario: 'partition', seed: 1, interval: 500 });
  });
  afterAll(() => demo.stop());
  const status = (...args: string[]) => ['status', ...args, '--config', demo.configFile];

  it('prints plain lines without an escape into a pipe, the same without --plain', async () => {
    const plain = await runCli(status('--plain'), { TERM: 'xterm-256color', FORCE_COLOR: '1' });
    expect(plain).toMatchObject({ code: 3, stderr: '' });
    expect(plain.stdout).toMatch(
      /^cluster demo-partition: IPAM ready; mesh 3\/5 connected, majority 3, 2 parts\n/,
    );
    expect(plain.stdout).toContain('WARNING owner-unreachable: The mesh is cut into 2 parts');
    expect(plain.stdout).toMatch(
      /^127\.77\.0\.14 +h4 +degraded +1\/4 +ready +[\d.]+% +active enabled +2\.8\.1 /m,
    );
    expect(plain.stdout).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]*$/);
    const shape = (text: string) => text.replaceAll(/[\d.]+s$/gm, 'AGE').replaceAll(/ +/g, ' ');
    expect(shape((await runCli(status())).stdout)).toBe(shape(plain.stdout));
  });

  it('goes on in lines of JSON until SIGINT, and ends with 7', async () => {
    const watching = startCli(status('--watch', '--json'));
    await watching.said(/\n.*\n.*\n/);
    watching.child.kill('SIGINT');
    const { code, stdout, stderr } = await watching.ended;
    expect({ code, stderr }).toEqual({ code: 7, stderr: '' });
    const documents = stdout.trimEnd().split('\n').map(readStatus);
    expect(documents.length).toBeGreaterThanOrEqual(3);
    for (const { quorum, peers } of documents) {
      expect(quorum.mesh.cliques).toHaveLength(2);
      expect(peers.map(({ reach, unit }) => `${reach} ${unit?.active}`)).toEqual(
        Array(5).fill('report active'),
      );
    }
    const times = documents.map(({ at }) => at);
    expect(times).toEqual([...new Set(times)].sort());
  });

  it('says the state and then what changes, until SIGTERM', async () => {
    const two = await startDemo({ scenario: 'healthy', peers: 2, seed: 1, interval: 500 });
    try {
      const watching = startCli(['status', '--watch', '--plain', '--config', two.configFile]);
      expect(await watching.said(/^127\.77\.0\.12 /m)).toMatch(
        /^127\.77\.0\.12 +h2 +ready .* active enabled /m,
      );
      await two.mischief.run('kill h2');
      await watching.said(/^\d{4}-\d\d-\d\dT\S+Z 127\.77\.0\.12: .*stopped/m);
      watching.child.kill('SIGTERM');
      expect(await watching.ended).toMatchObject({ code: 7, stderr: '' });
    } finally {
      await two.stop();
    }
  });

  it('ends without a word when the reader has seen enough', async () => {
    const watching = startCli(status('--watch', '--json'));
    await watching.said(/\n/);
    watching.child.stdout?.destroy();
    expect(await watching.ended).toMatchObject({ code: 7, signal: null, stderr: '' });
  });
});

describe('status where nobody answers', () => {
  it('ends with 5, says why for each peer, and invents nothing', async () => {
    const demo = await startDemo({ scenario: 'healthy', peers: 3, seed: 1 });
    try {
      for (const host of ['h1', 'h2', 'h3']) await demo.mischief.run(`off ${host}`);
      const { code, stdout } = await runCli(['status', '--json', '--config', demo.configFile]);
      const { peers, quorum } = readStatus(stdout);
      expect(code).toBe(5);
      expect(quorum.ipam.phase).toBe('unknown');
      expect(quorum.mesh).toMatchObject({ configured: 3, connected: 0, majority: 2 });
      for (const peer of peers)
        expect(peer).toMatchObject({
          state: 'silent',
          reach: 'silent',
          via: 'none',
          trouble: { kind: 'refused', layer: 'ssh' },
          unit: null,
          container: null,
        });
    } finally {
      await demo.stop();
    }
  });

  it('ends with 5 for peers that no name server knows', async () => {
    const ran = await runCli(['status', '--plain', '--peers', 'a.invalid,b.invalid'], { HOME: folder.path });
    expect(ran.code).toBe(5);
    expect(ran.stdout).toMatch(/^a\.invalid +- +silent /m);
  });
});

describe('status with a config that is wrong', () => {
  const fileWith = (name: string, content: string): string => {
    const file = join(folder.path, name);
    writeFileSync(file, content);
    return file;
  };
  const config = (clusters: unknown) => JSON.stringify({ schema: 1, clusters });
  const a = { peers: [{ address: '127.0.0.1' }] };

  it.each([
    ['no JSON', 'garbage \u001b[31m{', [], /garbage\.json: not valid JSON/],
    ['an empty file', '', [], /garbage\.json: not valid JSON/],
    ['a list', '[]', [], /garbage\.json: .*\n.*expected object/],
    ['another schema', '{"schema": 2, "clusters": {}}', [], /garbage\.json: .*\n +schema: /],
    [
      'a misspelt setting',
      config({ a: { ...a, usre: 'me' } }),
      [],
      /garbage\.json: .*\n +clusters\.a\.usre: /,
    ],
    [
      'a wrong port',
      config({ a: { peers: [{ address: 'h1', port: 0 }] } }),
      [],
      /garbage\.json: .*\n +clusters\.a\.peers\[0\]\.port: /,
    ],
    [
      'an address that is an option',
      config({ a: { peers: [{ address: '-oProxyCommand=x' }] } }),
      [],
      /garbage\.json: .*\n +clusters\.a\.peers\[0\]\.address: /,
    ],
    [
      'no peers',
      config({ a: { peers: [] } }),
      [],
      /garbage\.json: .*\n +clusters\.a\.peers: needs at least one/,
    ],
    ['no cluster', config({}), [], /garbage\.json: clusters: it names no cluster/],
    ['two clusters and no choice', config({ a, b: a }), [], /name one with --cluster \(a, b\)/],
    ['a cluster that is not there', config({ a }), ['--cluster', 'b'], /garbage\.json: .*no cluster "b".* a/],
  ])('%s: ends with 2 and says what to mend', async (_, content, args, words) => {
    const file = fileWith('garbage.json', content);
    const { code, stdout, stderr } = await runCli(['status', '--config', file, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/\u001b| {4}at /);
  });

  it('a file that is not there, and one that can not be read', async () => {
    const missing = await runCli(['status', '--config', join(folder.path, 'missing.json')]);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('missing.json');
    mkdirSync(join(folder.path, 'directory.json'));
    const directory = await runCli(['status', '--config', join(folder.path, 'directory.json')]);
    expect(directory).toMatchObject({ code: 2, stdout: '' });
    expect(directory.stderr).toContain('directory.json');
  });

  it('no config at all: says what to do', async () => {
    const ran = await runCli(['status'], { HOME: folder.path, XDG_CONFIG_HOME: folder.path });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('No cluster is configured yet');
    expect(ran.stderr).toContain('weave-console demo');
  });
});
