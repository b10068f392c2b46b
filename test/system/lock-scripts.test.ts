import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command, Outcome } from '../../source/commands/command.ts';
import { fence, heldBack } from '../../source/commands/lock/fence.ts';
import type { LockFolders } from '../../source/commands/lock/files.ts';
import { leaseCommand } from '../../source/commands/lock/lease.ts';
import { lookAtLock } from '../../source/commands/lock/look.ts';
import { removeRecord, swapRecord } from '../../source/commands/lock/swap.ts';
import { readLook, readSwap } from '../../source/lock/answers.ts';
import { type LockRecord, leaseToken, recordPrefix, recordText } from '../../source/lock/record.ts';
import type { LiveChannel } from '../../source/ports.ts';
import { hasFlock } from '../support/flock.ts';
import { LocalLink } from '../support/local-shell.ts';

const root = mkdtempSync(join(tmpdir(), "weave-console-it's $(a) lock-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const record: LockRecord = {
  id: 'ab12cd-lock',
  epoch: 3,
  session: 'session-1',
  cluster: 'prod',
  who: `anna "o'hara" \\ $(touch /tmp/never) é@laptop`,
  user: 'ops',
  version: '1.0.0',
  procedure: 'add-peer',
  target: '10.0.0.16',
  step: null,
  reason: "100% sure; it's OPS-7\\n",
  startedAt: '2026-11-23T12:00:00Z',
  beat: 0,
  peers: ['10.0.0.11'],
  survivors: null,
};
const token = leaseToken(record);
const prefix = recordPrefix(record);

let folders: LockFolders;
let link: LocalLink;
let made = 0;

beforeEach(() => {
  made += 1;
  link = new LocalLink(join(root, `peer-${made}`));
  folders = link.ports.folders;
});
afterEach(() => link.cut());

const look = async (ours = '') => readLook(await link.ports.read.read(lookAtLock(folders, ours)));
const change = (command: Command<'changes'>, stdin?: string): Promise<Outcome> =>
  link.ports.change.change(command, stdin === undefined ? {} : { stdin });
const swap = async (more: Partial<Parameters<typeof swapRecord>[1]> = {}) =>
  readSwap(
    await change(
      swapRecord(folders, {
        token,
        expected: { kind: 'absent' },
        record: recordText(record),
        evenIfRunning: false,
        note: '',
        ...more,
      }),
    ),
  ).kind;

type Lease = { readonly channel: LiveChannel; readonly lines: string[]; said(line: string): Promise<void> };

const lease = async (mine = token, quiet = 5_000): Promise<Lease> => {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const channel = link.ports.change.open(leaseCommand(folders.runtimeDir, { token: mine, quiet }), (line) => {
    lines.push(line);
    for (const check of waiting) check();
  });
  const said = (line: string) =>
    new Promise<void>((resolve) => {
      const check = () => lines.includes(line) && resolve();
      waiting.add(check);
      check();
    });
  await Promise.race([said('weave-console-lease held'), channel.ended]);
  return { channel, lines, said };
};

const file = (name: string) => join(folders.stateDir, name);

describe.skipIf(!hasFlock)('the scripts of the lock, run by the sh of this machine', () => {
  it('finds nothing on a new host, and leaves nothing there by looking', async () => {
    expect(await look()).toMatchObject({
      kind: 'seen',
      lease: { kind: 'free', beatAge: null },
      record: { kind: 'absent' },
      running: null,
      clock: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(existsSync(folders.stateDir)).toBe(false);
    expect(existsSync(folders.runtimeDir)).toBe(false);
  });

  it('holds the lease while beats come, answers them, and frees it at the end of input', async () => {
    const held = await lease();
    expect(await look()).toMatchObject({ lease: { kind: 'busy', token, beat: null } });
    held.channel.write('17\n');
    await held.said('weave-console-lease beat 17');
    expect(await look()).toMatchObject({
      lease: { kind: 'busy', token, beat: 17, beatAge: expect.any(Number) },
    });
    const other = await lease('other');
    expect(other.lines).toEqual([`weave-console-lease busy ${token}`]);
    expect(await other.channel.ended).toMatchObject({ kind: 'exited', code: 75 });
    held.channel.end();
    expect(await held.channel.ended).toMatchObject({ kind: 'exited', code: 0 });
    expect(await look()).toMatchObject({ lease: { kind: 'free', beatAge: expect.any(Number) } });
    expect((statSync(join(folders.runtimeDir, 'weave-console.lock')).mode & 0o777).toString(8)).toBe('600');
  });

  it('ends a lease that hears nothing, also when its channel stays open', async () => {
    const silent = await lease(token, 1_000);
    expect(await silent.channel.ended).toMatchObject({ kind: 'exited', code: 0 });
    expect(silent.lines.at(-1)).toBe('weave-console-lease over');
    expect(await look()).toMatchObject({ lease: { kind: 'free' } });
  });

  it('frees the lease when its shell is killed, and leaves no child that keeps it', async () => {
    const held = await lease(token, 30_000);
    link.cut();
    await held.channel.ended;
    link.mend();
    expect(await look()).toMatchObject({ lease: { kind: 'free' } });
  });

  it('ends the lease when its file was taken away or says another name', async () => {
    const held = await lease();
    writeFileSync(join(folders.runtimeDir, 'weave-console.lock'), 'somebody else\n');
    held.channel.write('1\n');
    await held.channel.ended;
    expect(held.lines).toEqual(['weave-console-lease held', 'weave-console-lease over']);
  });

  it('takes no lease through a link that somebody planted', async () => {
    mkdirSync(folders.runtimeDir, { recursive: true });
    writeFileSync(join(root, 'precious'), 'keep me');
    symlinkSync(join(root, 'precious'), join(folders.runtimeDir, 'weave-console.lock'));
    const refused = await lease();
    expect(refused.lines).toEqual(['weave-console-lease foreign-file']);
    expect(readFileSync(join(root, 'precious'), 'utf8')).toBe('keep me');
  });

  it('says that it cannot where the runtime folder is no folder', async () => {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'file'), '');
    folders = { ...folders, runtimeDir: join(root, 'file') };
    expect((await lease()).lines).toEqual(['weave-console-lease cannot']);
  });

  it('writes a record only under our own lease, and keeps it byte for byte', async () => {
    expect(await swap()).toBe('no-lease');
    const held = await lease();
    expect(await swap({ token: 'other' })).toBe('no-lease');
    expect(await swap({ note: 'taken' })).toBe('swapped');
    expect(readFileSync(file('lock.json'), 'utf8')).toBe(`${recordText(record)}\n`);
    expect(readFileSync(file('lock.log'), 'utf8')).toBe('taken\n');
    expect((statSync(file('lock.json')).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(folders.stateDir).mode & 0o777).toString(8)).toBe('700');
    expect(existsSync(file('lock.new'))).toBe(false);
    expect(await look(token)).toMatchObject({ record: { kind: 'record', record, age: expect.any(Number) } });
    held.channel.end();
    await held.channel.ended;
    expect(await swap({ expected: { kind: 'own', prefix } })).toBe('no-lease');
  });

  it('swaps what is expected and nothing else', async () => {
    await lease();
    expect(await swap({ expected: { kind: 'own', prefix } })).toBe('differs');
    expect(await swap({ expected: { kind: 'exact', sum: '1 2' } })).toBe('differs');
    expect(await swap()).toBe('swapped');
    expect(await swap({ expected: { kind: 'exact', sum: '' } })).toBe('differs');
    expect(await swap()).toBe('differs');
    expect(await swap({ expected: { kind: 'own', prefix: recordPrefix({ ...record, epoch: 4 }) } })).toBe(
      'differs',
    );
    const next = { ...record, beat: 9 };
    expect(await swap({ expected: { kind: 'own', prefix }, record: recordText(next) })).toBe('swapped');
    const seen = await look(token);
    const sum = seen.kind === 'seen' && seen.record.kind === 'record' ? seen.record.sum : null;
    expect(await swap({ expected: { kind: 'exact', sum: sum ?? '' } })).toBe('swapped');
    expect(readFileSync(file('lock.before'), 'utf8')).toBe(`${recordText(next)}\n`);
  });

  it.each([
    ['empty', ''],
    ['half written', recordText(record).slice(0, 40)],
    ['bytes that are no text', Buffer.from([0x7b, 0, 0xff, 0xfe, 10, 10])],
    ['without a line end', recordText({ ...record, epoch: 9 }).slice(0, -1)],
  ])('replaces a broken record (%s) by its sum only', async (_, bytes) => {
    mkdirSync(folders.stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(file('lock.json'), bytes);
    await lease();
    expect(await swap()).toBe('differs');
    const seen = await look(token);
    expect(seen).toMatchObject({ record: { kind: 'broken' } });
    const sum = seen.kind === 'seen' && seen.record.kind === 'broken' ? seen.record.sum : null;
    expect(sum).toMatch(/^[\da-f]+ .+$/);
    writeFileSync(file('lock.json'), 'changed since');
    expect(await swap({ expected: { kind: 'exact', sum: sum ?? '' } })).toBe('differs');
    writeFileSync(file('lock.json'), bytes);
    expect(await swap({ expected: { kind: 'exact', sum: sum ?? '' } })).toBe('swapped');
  });

  it('takes a record that is no file, and a folder that is a link, for somebody else’s', async () => {
    mkdirSync(join(folders.stateDir, 'lock.json'), { recursive: true, mode: 0o700 });
    expect(await look()).toMatchObject({ record: { kind: 'broken', sum: null } });
    await lease();
    expect(await swap()).toBe('differs');
    const linked = join(root, `linked-${made}`);
    symlinkSync(folders.stateDir, linked);
    const outcome = await change(
      removeRecord({ ...folders, stateDir: linked }, { expected: { kind: 'own', prefix }, note: '' }),
    );
    expect(readSwap(outcome)).toMatchObject({ kind: 'cannot', why: expect.stringContaining('another user') });
  });

  it('removes our record only', async () => {
    const remove = async (own: string) =>
      readSwap(
        await change(removeRecord(folders, { expected: { kind: 'own', prefix: own }, note: 'released' })),
      ).kind;
    expect(await remove(prefix)).toBe('differs');
    expect(existsSync(folders.stateDir)).toBe(false);
    await lease();
    await swap();
    expect(await remove(recordPrefix({ ...record, session: 'session-2' }))).toBe('differs');
    expect(existsSync(file('lock.json'))).toBe(true);
    expect(await remove(prefix)).toBe('swapped');
    expect(existsSync(file('lock.json'))).toBe(false);
  });

  const command: Command<'changes'> = {
    name: `it's "a" $(command)`,
    script: 'cat; printf "|%s" "$0" "$@"; exit 5',
    args: ['a b', "it's", '$(touch never)', '', '\n', '-n'],
    effect: 'changes',
    timeout: 5_000,
    privileged: true,
  };
  const claim = { token, prefix };

  it('runs a fenced command as it is: input, arguments and exit code', async () => {
    await lease();
    await swap();
    const input = 'one\ntwo $(three)\nno end';
    const outcome = await change(fence(command, folders, claim), input);
    const args = [command.name, ...command.args].map((arg) => `|${arg}`).join('');
    expect(outcome).toMatchObject({ kind: 'exited', code: 5, stdout: `${input}${args}`, stderr: '' });
    expect(heldBack(outcome)).toBeNull();
  });

  it('holds a command back when lease or record are another’s, or gone', async () => {
    const run = async (with_ = claim) => {
      const outcome = await change(
        fence({ ...command, script: 'touch "$1"', args: [file('ran')] }, folders, with_),
      );
      return [outcome.kind === 'exited' ? outcome.code : outcome.kind, heldBack(outcome)];
    };
    expect(await run()).toEqual([73, 'record']);
    const held = await lease();
    await swap();
    expect(await run({ ...claim, token: 'other' })).toEqual([73, 'lease']);
    expect(await run({ ...claim, prefix: recordPrefix({ ...record, epoch: 4 }) })).toEqual([73, 'record']);
    held.channel.end();
    await held.channel.ended;
    expect(await run()).toEqual([73, 'lease']);
    expect(existsSync(file('ran'))).toBe(false);
    await lease();
    expect(await run()).toEqual([0, null]);
  });

  it('lets no record change hands while a fenced command runs, unless a person says so', async () => {
    const held = await lease();
    await swap();
    const long = { ...command, name: 'prime', script: 'echo begun; cat >/dev/null' };
    const lines: string[] = [];
    let begun = () => {};
    const began = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const running = link.ports.change.open(fence(long, folders, claim), (line) => {
      lines.push(line);
      begun();
    });
    await began;
    expect(lines).toEqual(['begun']);
    expect(await look()).toMatchObject({ running: 'prime' });
    expect(await swap({ expected: { kind: 'own', prefix } })).toBe('swapped');
    held.channel.end();
    await held.channel.ended;
    const next = { ...record, epoch: 4, session: 'session-2' };
    const seen = await look();
    const sum = (seen.kind === 'seen' && seen.record.kind === 'record' && seen.record.sum) || '';
    const takeover = {
      token: leaseToken(next),
      expected: { kind: 'exact', sum } as const,
      record: recordText(next),
    };
    const taken = await lease(takeover.token);
    expect(await swap(takeover)).toBe('running');
    expect(await swap({ ...takeover, evenIfRunning: true })).toBe('swapped');
    running.end();
    await running.ended;
    expect(await look()).toMatchObject({ running: null });
    taken.channel.end();
  });

  it('lets a command that goes on printing after its link broke run to its end', async () => {
    await lease();
    await swap();
    const child = new Promise<ChildProcess>((resolve) => {
      link.onStart = resolve;
    });
    const chatty = {
      ...command,
      script: 'read -r go; echo more; echo more; touch "$1"',
      args: [file('done')],
    };
    const running = link.ports.change.open(fence(chatty, folders, claim), () => {});
    (await child).stdout?.destroy();
    running.write('go\n');
    await running.ended;
    expect(existsSync(file('done'))).toBe(true);
  });

  it('does not count what a command leaves in the background as the command', async () => {
    await lease();
    await swap();
    const daemon = { ...command, script: 'sleep 60 >/dev/null 2>&1 & echo $!' };
    const outcome = await change(fence(daemon, folders, claim));
    expect(await look()).toMatchObject({ running: null });
    if (outcome.kind === 'exited') process.kill(Number(outcome.stdout));
  });

  it('never says that the lock is free to an account that may not see it', async () => {
    await lease();
    await swap();
    const { script, name, args } = lookAtLock(folders);
    if (process.getuid?.() !== 0) return;
    chmodSync(root, 0o755);
    chmodSync(join(root, `peer-${made}`), 0o755);
    chmodSync(folders.runtimeDir, 0o755);
    const plain = spawn('sh', ['-c', script, name, ...args], { uid: 65_534, gid: 65_534, cwd: '/' });
    let stdout = '';
    plain.stdout.on('data', (text) => {
      stdout += text;
    });
    await once(plain, 'close');
    const seen = readLook({ kind: 'exited', code: 0, stdout, stderr: '', took: 0 });
    expect(seen).toMatchObject({ kind: 'unknown', why: expect.stringContaining('sudo') });
  });

  it('says so where the host has no flock', async () => {
    const bare = join(root, 'bare');
    mkdirSync(bare, { recursive: true });
    for (const tool of ['sh', 'date', 'dirname', 'head', 'mkdir', 'stat', 'timeout', 'chmod']) {
      if (!existsSync(join(bare, tool))) symlinkSync(join('/usr/bin', tool), join(bare, tool));
    }
    const run = async ({ script, name, args }: Command): Promise<string> => {
      const child = spawn('sh', ['-c', script, name, ...args], { env: { PATH: bare } });
      let stdout = '';
      child.stdout.on('data', (text) => {
        stdout += text;
      });
      child.stdin.end();
      await once(child, 'close');
      return stdout;
    };
    expect(await run(leaseCommand(folders.runtimeDir, { token, quiet: 1_000 }))).toBe(
      'weave-console-lease no-flock\n',
    );
    const stdout = await run(lookAtLock(folders));
    expect(readLook({ kind: 'exited', code: 0, stdout, stderr: '', took: 0 })).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('util-linux'),
    });
    expect(await run(fence(command, folders, claim))).toBe('weave-console-fence no-flock\n');
  });
});
