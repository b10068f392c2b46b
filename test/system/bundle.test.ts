import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Program, runCli, startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/keys.ts';
import { openScreen } from '../support/pty.ts';
import type { Login } from '../support/ssh-client.ts';
import { found, readStatus } from '../support/status.ts';

/** A node of this machine that is too old for the program, or null. */
const oldNode = (() => {
  for (const path of ['/usr/bin/node', '/usr/local/bin/node']) {
    if (!existsSync(path)) continue;
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
    if (Number(/^v(\d+)/.exec(version)?.[1]) < 22) return { path, version };
  }
  return null;
})();

/** A client that leaves between the opening of its session and its command. */
const leaveHalfway = ({ address, port, user, identity }: Login): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const inner = client as unknown as { _protocol: { exec: unknown }; _sock: { destroy(): void } };
    client.on('ready', () => {
      inner._protocol.exec = () => inner._sock.destroy();
      client.exec('true', () => {});
    });
    client.once('close', resolve);
    client.once('error', reject);
    client.connect({ host: address, port, username: user, privateKey: readFileSync(identity) });
  });

describe('the bundle, from another folder', () => {
  const folder = temporaryFolder();
  const bundle = join(folder.path, 'dist');
  const program: Program = { node: [join(bundle, 'cli.js')], cwd: folder.path };
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['scripts/build.ts', bundle]);
  });
  afterAll(folder.remove);

  it('tells its version and its help', async () => {
    expect(await runCli(['--version'], {}, program)).toMatchObject({
      code: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
    expect((await runCli(['--help'], {}, program)).stdout).toMatch(/Exit codes: 0 healthy or done; /);
  });

  it.skipIf(oldNode === null)('says in one line that a node is too old', () => {
    const { path = '', version = '' } = oldNode ?? {};
    const run = promisify(execFile)(path, [join(bundle, 'cli.js'), 'status']);
    return expect(run).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: `weave-console needs Node.js 22 or later; this is ${version} (${path}).\n`,
    });
  });

  it('is a cluster and looks at it, and outlives a client that leaves halfway', async () => {
    const demo = startCli(['demo', '--headless', '--peers', '3'], {}, program);
    try {
      const { config, peers } = JSON.parse(await demo.said(/\n/)) as { config: string; peers: Login[] };
      await leaveHalfway(peers[0] as Login);
      const { code, stdout, stderr } = await runCli(['status', '--json', '--config', config], {}, program);
      expect({ code, stderr, findings: found(readStatus(stdout)) }).toEqual({
        code: 0,
        stderr: '',
        findings: [],
      });
      demo.child.kill('SIGTERM');
      expect(await demo.ended).toMatchObject({ code: 0, stderr: '' });
      expect(existsSync(config)).toBe(false);
    } finally {
      demo.child.kill('SIGKILL');
    }
  });

  it('opens the demo in a terminal', async () => {
    const screen = openScreen(['demo', '--peers', '2'], { columns: 80, rows: 24 }, {}, program.node);
    try {
      await screen.until(/mesh 2\/2 connected/);
      screen.type('q');
      expect(await screen.ended).toBe(0);
    } finally {
      screen.kill();
    }
  });
});
