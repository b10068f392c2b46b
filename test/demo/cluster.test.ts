import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoCluster, type DemoHost, startDemo } from '../../source/demo/cluster.ts';
import { places } from '../../source/demo/machine/files.ts';

const hasSsh = await new Promise<boolean>((resolve) =>
  execFile('ssh', ['-V'], (error) => resolve(error === null)),
);
if (!hasSsh) console.log('No ssh client here: the tests of the demo cluster with the real ssh are skipped.');

type Said = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

let demo: DemoCluster;

const sshArgs = (host: DemoHost, identity = host.identity) => [
  '-i',
  identity,
  '-p',
  String(host.port),
  '-o',
  'BatchMode=yes',
  '-o',
  `UserKnownHostsFile=${join(dirname(host.identity), 'known_hosts')}`,
  '-o',
  'StrictHostKeyChecking=yes',
  '-F',
  'none',
  `${host.user}@${host.address}`,
];

const run = (args: readonly string[], input = ''): Promise<Said> =>
  new Promise((resolve) => {
    const child = spawn('ssh', [...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    // A connection that was refused reads nothing.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });

const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1600) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

describe.skipIf(!hasSsh)('the demo cluster, by the ssh of this machine', () => {
  beforeAll(async () => {
    demo = await startDemo({ scenario: 'healthy', peers: 3, speed: 20, seed: 3, interval: 500 });
  }, 30_000);
  afterAll(() => demo.stop());
  const on = (index: number, command: string, input = '') =>
    run([...sshArgs([...demo.peers, ...demo.spares][index] as DemoHost), command], input);

  it('writes what a console needs, for nobody else to read', () => {
    const config = JSON.parse(readFileSync(demo.configFile, 'utf8')) as {
      clusters: Record<
        string,
        { peers: { address: string; host: string; port: number }[]; spares: unknown[]; intervalMs: number }
      >;
    };
    const cluster = config.clusters['demo-healthy'];
    expect(cluster?.peers.map(({ address, host }) => `${address} ${host}`)).toEqual([
      '127.77.0.11 127.77.0.11',
      '127.77.0.12 127.77.0.12',
      '127.77.0.13 127.77.0.13',
    ]);
    expect(cluster?.spares).toHaveLength(2);
    expect(cluster?.intervalMs).toBe(500);
    const folder = dirname(demo.configFile);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(demo.peers[0]?.identity as string).mode & 0o777).toBe(0o600);
  });

  it('prints weave status', async () => {
    const { code, stdout, stderr } = await on(0, 'weave status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\n {8}Version: 2\.8\.1 .*\n\n {8}Service: router\n/);
    expect(stdout).toContain(
      '    Connections: 3 (2 established, 1 failed)\n          Peers: 3 (with 6 established connections)\n',
    );
    expect(stdout).toContain('         Status: ready\n');
  });

  it('passes input, output, exit code and signal as sshd does', async () => {
    expect(await on(0, 'cat; echo more >&2; exit 73', 'a\u0000b\n')).toEqual({
      code: 73,
      stdout: 'a\u0000b\n',
      stderr: 'more\n',
    });
    expect((await on(0, 'kill -9 $$')).code).toBe(255);
    expect((await on(1, 'hostname; uname -n; pwd')).stdout).toBe(`h2\nh2\n${demo.rootOf('127.77.0.12')}\n`);
    expect((await on(1, 'echo $PATH; echo "[$SECRET]"')).stdout).toContain('[]');
  });

  it('hands over every byte of an argument', async () => {
    const odd = 'a b\n\'"$(id)`*\\ü';
    const { stdout } = await on(0, `weave rmpeer ${`'${odd.replaceAll("'", "'\\''")}'`}`);
    expect(stdout).toBe(`0 IPs taken over from ${odd}\n`);
  });

  it('runs the programs of the host under sudo, too', async () => {
    expect((await on(0, 'sudo -n sh -c "systemctl is-active weave.service"')).stdout).toBe('active\n');
    expect((await on(0, 'sudo -n true')).code).toBe(0);
    expect((await on(0, 'grep -m 1 "^SCRIPT_VERSION=" "$(command -v weave)"')).stdout).toBe(
      'SCRIPT_VERSION="2.8.1"\n',
    );
    expect((await on(0, `cat ${demo.rootOf('127.77.0.11')}/${places.machineId}`)).stdout).toMatch(
      /^[0-9a-f]{32}\n$/,
    );
  });

  it('answers HTTP through the connection, more than once on one channel', async () => {
    const ask = 'GET /report?format={{json%20.Router.NickName}} HTTP/1.1\r\nHost: x\r\n\r\n';
    const { stdout } = await run(['-W', '127.0.0.1:6782', ...sshArgs(demo.peers[1] as DemoHost)], ask + ask);
    expect(stdout.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(stdout.match(/"h2"/g)).toHaveLength(2);
    const json = 'GET /report HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n\r\n';
    const full = await run(['-W', '127.0.0.1:6784', ...sshArgs(demo.peers[1] as DemoHost)], json);
    expect(full.stdout).toContain('Transfer-Encoding: chunked');
    const plain = await run(
      ['-W', '127.0.0.1:6782', ...sshArgs(demo.peers[1] as DemoHost)],
      'GET /ring HTTP/1.0\r\n\r\n',
    );
    expect(plain.stdout).toMatch(/^HTTP\/1\.1 404 Not Found\r\n(?:.+\r\n)+\r\n404 page not found\n$/);
  });

  it('refuses ports where nothing listens', async () => {
    const spare = demo.spares[0] as DemoHost;
    for (const [host, port] of [
      [spare, 6782],
      [demo.peers[0] as DemoHost, 9999],
    ] as const) {
      const { code, stderr } = await run(['-W', `127.0.0.1:${port}`, ...sshArgs(host)]);
      expect(code).toBe(255);
      expect(stderr).toContain('open failed: connect failed: Connection refused');
    }
  });

  it('lets a viewer see the status port and nothing else', async () => {
    const peer = demo.peers[0] as DemoHost;
    const seen = await run(
      ['-W', '127.0.0.1:6782', ...sshArgs(peer, demo.viewerIdentity)],
      'GET /status HTTP/1.0\r\n\r\n',
    );
    expect(seen.stdout).toContain('Status: ready');
    const shut = await run(['-W', '127.0.0.1:6784', ...sshArgs(peer, demo.viewerIdentity)]);
    expect(shut.stderr).toContain('administratively prohibited');
    expect((await run([...sshArgs(peer, demo.viewerIdentity), 'id'])).code).not.toBe(0);
  });

  it('leaves a command alone whose client was killed, and ends its input', async () => {
    const survived = join(demo.rootOf('127.77.0.11'), 'survived');
    const child = spawn('ssh', [
      ...sshArgs(demo.peers[0] as DemoHost),
      'echo ready; cat >/dev/null; echo yes >survived',
    ]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(existsSync(survived)).toBe(false);
    child.kill('SIGKILL');
    await until('it goes on to its end', () => existsSync(survived));
  });

  it('drops the connections of a console in the middle of a command', async () => {
    const child = spawn('ssh', [...sshArgs(demo.peers[0] as DemoHost), 'echo ready; exec cat']);
    const closed = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(await demo.mischief.run('drop h1')).toBe('SSH connections to h1 were dropped.');
    expect(await closed).toBe(255);
  });

  it('falls silent without a word, and speaks again', async () => {
    await demo.mischief.run('mute h2');
    let done = false;
    const waiting = on(1, 'hostname').finally(() => {
      done = true;
    });
    expect((await on(0, 'hostname')).stdout).toBe('h1\n');
    expect(done).toBe(false);
    await demo.mischief.run('unmute h2');
    expect((await waiting).stdout).toBe('h2\n');
  });

  it('blocks prime until the others are there, and forgets a host that goes down', async () => {
    expect((await on(0, 'weave prime')).code).toBe(0);
    expect(await demo.mischief.run('off h3')).toBe('h3 lost its power.');
    expect((await on(2, 'true')).stderr).toMatch(/Connection refused/);
    await demo.mischief.run('boot h3');
    const boot = () => readFileSync(join(demo.rootOf('127.77.0.13'), places.bootId), 'utf8');
    expect(boot()).toMatch(/^[0-9a-f-]{36}\n$/);
    let said = await on(2, 'weave status');
    for (let tries = 0; said.code !== 0 && tries < 40; tries++) said = await on(2, 'weave status');
    expect(said.stdout).toContain('Status: ready');
  });

  it('is gone without a trace when it stops', async () => {
    const other = await startDemo({ scenario: 'idle', peers: 1 });
    const folder = dirname(other.configFile);
    const sleeper = run([...sshArgs(other.peers[0] as DemoHost), 'echo $$ >pid; exec sleep 1000']);
    const pidFile = join(other.rootOf('127.77.0.11'), 'pid');
    await until('it sleeps', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'));
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await other.stop();
    await other.stop();
    await sleeper;
    expect(existsSync(folder)).toBe(false);
    await until('the child is gone', () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
  });
});
