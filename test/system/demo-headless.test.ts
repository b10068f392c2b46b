import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/keys.ts';

type Host = {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identity: string;
};
type Announcement = {
  readonly config: string;
  readonly cluster: string;
  readonly peers: readonly Host[];
  readonly spares: readonly Host[];
  readonly pid: number;
};

const hasSsh = (() => {
  try {
    execFileSync('ssh', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** `weave status` by the ssh of this machine, as the announcement tells to log in. */
const weaveStatus = ({ address, port, user, identity }: Host): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${dirname(identity)}/known_hosts`,
    ];
    execFile(
      'ssh',
      [
        '-F',
        'none',
        '-i',
        identity,
        '-p',
        String(port),
        ...options.flatMap((option) => ['-o', option]),
        `${user}@${address}`,
        'weave status',
      ],
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
  });

const demoFolders = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('weave-demo-'));

describe('demo --headless', () => {
  it.each([
    ['SIGTERM', 1],
    ['SIGINT', 1],
    // As from the terminal and from npm at once.
    ['SIGINT', 3],
  ] as const)(
    'announces itself in one line, and leaves nothing after %s (%d times)',
    async (signal, times) => {
      const temporary = temporaryFolder();
      try {
        const demo = startCli(['demo', '--headless', '--scenario', 'healthy'], { TMPDIR: temporary.path });
        const said = JSON.parse(await demo.said(/\n/)) as Announcement;
        expect(said).toEqual({
          config: join(temporary.path, demoFolders(temporary.path)[0] ?? '', 'config.json'),
          cluster: 'demo-healthy',
          peers: Array(5).fill({
            address: expect.any(String),
            port: expect.any(Number),
            user: expect.any(String),
            identity: expect.any(String),
          }),
          spares: Array(2).fill(expect.objectContaining({ port: expect.any(Number) })),
          pid: demo.child.pid,
        });
        const { clusters } = JSON.parse(readFileSync(said.config, 'utf8')) as { clusters: object };
        expect(Object.keys(clusters)).toEqual(['demo-healthy']);
        if (hasSsh) {
          const [first, ...others] = said.peers;
          expect(await weaveStatus(first as Host)).toMatch(
            /Connections: 5 \(4 established, 1 failed\)[\s\S]*Status: ready/,
          );
          expect(others).toHaveLength(4);
          await expect(weaveStatus(said.spares[0] as Host)).rejects.toThrow(/weave container is not present/);
        }
        for (let time = 0; time < times; time++) demo.child.kill(signal);
        const { code, stdout, stderr } = await demo.ended;
        expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 2 });
        expect(existsSync(said.config)).toBe(false);
        expect(demoFolders(temporary.path)).toEqual([]);
      } finally {
        temporary.remove();
      }
    },
  );
});
