import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { commandLine } from '../../source/commands/command.ts';
import { primeUnasked, weavePrime } from '../../source/commands/weave.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';

const shells = ['sh', 'dash', 'busybox sh', 'bash --norc'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell.split(' ')[0]}`]).status === 0,
);
const folders: string[] = [];
const fresh = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'weave-prime-')));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

/** Runs the command as sshd would, with a weave that is `script`; `rests` is what it left in the folder for temporary files. */
const run = (shell: string, script: string, folder = fresh()) => {
  const weave = join(folder, 'weave');
  writeFileSync(weave, `#!/bin/sh\n${script}\n`);
  chmodSync(weave, 0o755);
  mkdirSync(join(folder, 'tmp'));
  const line = commandLine(weavePrime(inventoryPeer({ weave })), { sudo: false });
  const child = spawn('/bin/sh', ['-c', line.replace(/^sh/, `exec ${shell}`)], {
    env: { PATH: process.env.PATH, TMPDIR: join(folder, 'tmp') },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  // Not before the streams are closed: who holds them keeps the channel of SSH open.
  return new Promise<{ code: number | null; stdout: string; stderr: string; pid: number; rests: string[] }>(
    (resolve) =>
      child.on('close', (code) =>
        resolve({ code, stdout, stderr, pid: child.pid ?? 0, rests: readdirSync(join(folder, 'tmp')) }),
      ),
  );
};

// Side by side: what takes time is that weave blocks for longer than the command waits.
describe.concurrent.each(shells)('weave prime, by %s', (shell) => {
  it('tells at once that there is a ring', async () => {
    const { pid: _, ...ended } = await run(shell, 'echo "$WEAVE_HTTP_ADDR $*"');
    expect(ended).toEqual({ code: 0, stdout: '127.0.0.1:6784 prime\n', stderr: '', rests: [] });
  });

  it('hands on why it could not begin', async () => {
    const { pid: _, ...ended } = await run(shell, 'echo "weave container is not running." >&2; exit 7');
    expect(ended).toEqual({ code: 7, stdout: '', stderr: 'weave container is not running.\n', rests: [] });
    expect(primeUnasked).toContain(7);
  });

  it('does not wait for one that blocks, which goes on without us', async () => {
    const folder = fresh();
    const [go, done] = [join(folder, 'go'), join(folder, 'done')];
    const blocked = await run(
      shell,
      `while [ ! -e ${go} ]; do sleep 1; done; echo here && echo there >&2 && : >${done}`,
      folder,
    );
    expect(blocked).toMatchObject({ code: 0, stderr: '', rests: [] });
    expect(blocked.stdout).toBe('weave prime waits for more peers; it goes on by itself on this host.\n');
    expect(existsSync(done)).toBe(false);
    process.kill(-blocked.pid, 'SIGHUP');
    writeFileSync(go, '');
    await vi.waitFor(() => expect(existsSync(done)).toBe(true), { timeout: 50_000, interval: 50 });
  });
});

describe.concurrent.each(shells)('weave prime on a host whose disk is full, by %s', (shell) => {
  it('says how it ended all the same', async () => {
    const folder = fresh();
    const weave = join(folder, 'weave');
    writeFileSync(weave, '#!/bin/sh\necho "weave container is not running." >&2; exit 7\n', { mode: 0o755 });
    const line = commandLine(weavePrime(inventoryPeer({ weave })), { sudo: false });
    // No byte can be written to a file, as where there is no room.
    const full = `trap '' XFSZ; ulimit -f 0; ${line.replace(/^sh/, `exec ${shell}`)}`;
    const ended = await new Promise((resolve) => {
      spawn('/bin/sh', ['-c', full], { env: { PATH: process.env.PATH, TMPDIR: folder } }).on(
        'close',
        resolve,
      );
    });
    expect(ended).toBe(7);
  });
});

describe('weave prime on a host that is not as it should be', () => {
  it.each([
    ['has no weave', '/nowhere/weave', {}, 127],
    ['has no room for temporary files', '/bin/true', { TMPDIR: '/nowhere' }, 70],
  ])('that %s says by its exit code that it asked nobody', (_, weave, env, code) => {
    const line = commandLine(weavePrime(inventoryPeer({ weave })), { sudo: false });
    const { status, stdout } = spawnSync('/bin/sh', ['-c', line], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    });
    expect([status, stdout]).toEqual([code, '']);
    expect(primeUnasked).toContain(code);
  });
});
