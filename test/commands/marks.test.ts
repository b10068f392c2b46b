import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHostFacts } from '../../source/cluster/host-facts.ts';
import { readMark } from '../../source/cluster/removed.ts';
import { type Command, commandLine, inputOf } from '../../source/commands/command.ts';
import { setPeersLine } from '../../source/commands/edit-file.ts';
import { addMark, marksUnchanged, removeMarks, thenRemoveMarks } from '../../source/commands/marks.ts';
import {
  ADD_MARK_SCRIPT,
  marksOtherwise,
  marksUnwritten,
  REMOVE_MARKS_SCRIPT,
} from '../../source/commands/marks-script.ts';
import { probeCommand } from '../../source/commands/probe.ts';
import { quote } from '../../source/commands/quote.ts';
import { weaveRmpeer } from '../../source/commands/weave.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import { temporaryFolder } from '../support/keys.ts';

/** The awk of this machine, and that of busybox, which ends with 0 where it could not write. */
const awks = ['/usr/bin/awk', 'busybox awk'].filter(
  (awk) => spawnSync('sh', ['-c', `command -v ${awk.split(' ')[0]}`]).status === 0,
);

const NAME = '82:93:65:46:db:ca';
const given = { name: NAME, address: '10.0.0.15', nickname: 'h5', run: 'run1', executor: '10.0.0.11' };

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const state = () => join(folder.path, 'var/state');
const peer = () => inventoryPeer({ stateDir: state(), environmentFile: join(folder.path, 'weave') });
const run = (command: Command) =>
  spawnSync('dash', ['-c', commandLine(command, { sudo: false })], {
    encoding: 'utf8',
    input: inputOf(command, 'must not be read'),
  });
const file = () => readFileSync(join(state(), 'reclaimed'), 'utf8');

describe('the commands', () => {
  it('are exactly these strings', () => {
    const line = (command: Command) => commandLine(command, { sudo: true });
    expect(line(addMark(inventoryPeer(), given))).toBe(
      `sudo -n sh -c ${quote(ADD_MARK_SCRIPT)} mark-reclaimed /var/lib/weave-console ${NAME} 10.0.0.15 h5 run1 10.0.0.11`,
    );
    expect(line(removeMarks(inventoryPeer(), [NAME, '02:00:00:00:00:01']))).toBe(
      `sudo -n sh -c ${quote(REMOVE_MARKS_SCRIPT)} unmark-reclaimed /var/lib/weave-console ${NAME} 02:00:00:00:00:01`,
    );
  });

  it('clean the nickname, and take no name, address or run that is none', () => {
    expect(addMark(peer(), { ...given, nickname: 'h 5;$(x)é' }).args[3]).toBe('h5x');
    expect(addMark(peer(), { ...given, nickname: '' }).args[3]).toBe('-');
    expect(() => addMark(peer(), { ...given, name: 'h5' })).toThrow('not a peer name');
    expect(() => addMark(peer(), { ...given, address: 'a b' })).toThrow('not an address');
    expect(() => addMark(peer(), { ...given, executor: 'a b' })).toThrow('not an address');
    expect(() => addMark(peer(), { ...given, run: '../x' })).toThrow('not the id of a run');
    expect(() => removeMarks(peer(), [])).toThrow('of a peer name');
    expect(() => removeMarks(peer(), ['* '])).toThrow('not a peer name');
  });
});

describe('on a host', () => {
  it('a mark is added once for each name and run, and read back by the probe', () => {
    const before = Date.now();
    for (const one of [given, given, { ...given, run: 'run2' }, { ...given, name: '02:00:00:00:00:01' }])
      expect(run(addMark(peer(), one))).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(file().split('\n')).toHaveLength(4);
    expect(statSync(join(state(), 'reclaimed')).mode & 0o777).toBe(0o600);
    expect(statSync(state()).mode & 0o777).toBe(0o700);
    expect(readdirSync(state())).toEqual(['reclaimed']);
    const read = readHostFacts(run(probeCommand(peer())).stdout);
    if (read.kind !== 'facts' || !read.facts.reclaimed.known) throw new Error('no marks were read');
    const [mark, ...others] = read.facts.reclaimed.value;
    expect(mark).toEqual({ ...given, at: expect.any(Number), begun: false });
    expect(Math.abs((mark?.at ?? 0) - before)).toBeLessThan(600_000);
    expect(others.map(({ name, run: by }) => `${name} ${by}`)).toEqual([
      `${NAME} run2`,
      '02:00:00:00:00:01 run1',
    ]);
  });

  it('all marks of a name go, others stay, also behind a last line that was cut', () => {
    mkdirSync(state(), { recursive: true });
    writeFileSync(
      join(state(), 'reclaimed'),
      `${NAME} 10.0.0.15 h5 1 a 10.0.0.12 marked\n02:00:00:00:00:01 10.0.0.9 - 0 b`,
    );
    expect(run(addMark(peer(), given)).status).toBe(0);
    expect(run(removeMarks(peer(), [NAME])).status).toBe(0);
    expect(file()).toBe('02:00:00:00:00:01 10.0.0.9 - 0 b\n');
    expect(run(removeMarks(peer(), ['02:00:00:00:00:01'])).status).toBe(0);
    expect(file()).toBe('');
  });

  it('where nothing is marked there is nothing to take away', () => {
    expect(run(removeMarks(peer(), [NAME]))).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(state())).toBe(false);
  });

  it('says that nothing changed where it can not write', () => {
    mkdirSync(join(state(), '.reclaimed.new'), { recursive: true });
    writeFileSync(join(state(), 'reclaimed'), `${NAME} 10.0.0.15 h5 1 a 10.0.0.12 marked\n`);
    for (const command of [addMark(peer(), given), removeMarks(peer(), [NAME])]) {
      const { status, stderr } = run(command);
      expect(marksUnchanged).toContain(status);
      expect(stderr).toContain('t is what it was.');
    }
    expect(file()).toBe(`${NAME} 10.0.0.15 h5 1 a 10.0.0.12 marked\n`);
  });

  it.each(awks)('on a full disk nothing of it is lost and nothing is begun, by %s', (awk) => {
    mkdirSync(state(), { recursive: true });
    const line = `${NAME} 10.0.0.15 h5 1 run0 10.0.0.11 marked\n`;
    writeFileSync(join(state(), 'reclaimed'), line);
    const tool = (name: string, script: string) =>
      writeFileSync(join(folder.path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    tool('awk', `exec ${awk} "$@"`);
    tool(
      'weave-tool',
      `case $1 in status) echo '12:e0:96:5c:ff:26(h1)' ;; *) mkdir '${folder.path}/ran' ;; esac`,
    );
    const executor = { ...peer(), address: '10.0.0.11', weave: join(folder.path, 'weave-tool') };
    for (const command of [
      addMark(executor, given),
      removeMarks(executor, ['02:00:00:00:00:01']),
      weaveRmpeer(executor, { name: NAME, run: 'run0' }),
    ]) {
      // No byte can be written to a file, as where there is no room.
      const full = `trap '' XFSZ; ulimit -f 0; ${commandLine(command, { sudo: false })}`;
      const env = { PATH: `${folder.path}:${process.env.PATH}` };
      const { status, stderr } = spawnSync('sh', ['-c', full], { encoding: 'utf8', env });
      expect(stderr).toContain('is the disk full, or read-only? It is what it was.');
      expect(status).toBe(marksUnwritten);
      expect(file()).toBe(line);
    }
    expect(readdirSync(state())).toEqual(['reclaimed']);
    expect(existsSync(join(folder.path, 'ran'))).toBe(false);
  });

  it.each([
    ['rmpeer was begun', `${NAME} 10.0.0.15 h5 1 run0 10.0.0.12 begun\n`],
    ['nobody said whether it was', `${NAME} 10.0.0.15 h5 1 run0\n`],
    [
      'another survivor was to run it in the same maintenance',
      `${NAME} 10.0.0.15 h5 1 run1 10.0.0.12 marked\n`,
    ],
  ])('no mark is added beside one where %s', (_, line) => {
    mkdirSync(state(), { recursive: true });
    writeFileSync(join(state(), 'reclaimed'), line);
    const { status, stderr } = run(addMark(peer(), given));
    expect(status).toBe(marksOtherwise);
    expect(marksUnchanged).toContain(status);
    expect(stderr).toContain(`has another mark of ${NAME}, under which rmpeer was run or may have been`);
    expect(file()).toBe(line);
    expect(readdirSync(state())).toEqual(['reclaimed']);
  });

  it('a mark is added beside one whose rmpeer was not begun, and what was there stays', () => {
    mkdirSync(state(), { recursive: true });
    const line = `${NAME} 10.0.0.15 h5 1 run0 10.0.0.12 marked\n`;
    writeFileSync(join(state(), 'reclaimed'), line);
    expect(run(addMark(peer(), given)).status).toBe(0);
    expect(file()).toMatch(
      new RegExp(`^${line}${NAME} 10\\.0\\.0\\.15 h5 \\d+ run1 10\\.0\\.0\\.11 marked\\n$`),
    );
  });

  it('marks can be taken away by the command that edits the list, and only if that one succeeded', () => {
    run(addMark(peer(), given));
    writeFileSync(peer().environmentFile, 'PEERS="10.0.0.11"\n');
    const base = run({ ...removeMarks(peer(), [NAME]), script: `sha256sum "${peer().environmentFile}"` });
    const edit = { from: 1, to: 1, line: 'PEERS="10.0.0.11 10.0.0.15"' };
    const stale = setPeersLine(peer(), 'a'.repeat(64), edit, 'r');
    expect(run(thenRemoveMarks(stale, peer(), [NAME])).status).toBe(65);
    expect(file()).toContain(NAME);
    const set = setPeersLine(peer(), base.stdout.slice(0, 64), edit, 'r');
    expect(run(thenRemoveMarks(set, peer(), [NAME]))).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(peer().environmentFile, 'utf8')).toBe('PEERS="10.0.0.11 10.0.0.15"\n');
    expect(file()).toBe('');
    expect(readdirSync(state())).toEqual(['reclaimed']);
  });
});

describe('reading marks', () => {
  it.each([
    ['too short', `${NAME} 10.0.0.15 h5 1`],
    ['too long', `${NAME} 10.0.0.15 h5 1 run 10.0.0.11 begun more`],
    ['cut', `${NAME} 10.0.0.15 h5 1 run 10.0.0.11`],
    ['neither begun nor not', `${NAME} 10.0.0.15 h5 1 run 10.0.0.11 perhaps`],
    ['no name', 'h5 10.0.0.15 h5 1 run'],
    ['no time', `${NAME} 10.0.0.15 h5 soon run`],
    ['an odd nickname', `${NAME} 10.0.0.15 h\u001b[2J 1 run`],
    ['nothing', ''],
  ])('%s is none', (_, line) => {
    expect(readMark(line)).toBeNull();
  });

  it('a nickname and a time may be missing', () => {
    expect(readMark(`${NAME} 10.0.0.15 - 0 run 10.0.0.11 marked`)).toEqual({
      ...given,
      nickname: '',
      at: null,
      run: 'run',
      begun: false,
    });
  });

  it('one that does not say whether rmpeer was begun counts as if it was', () => {
    expect(readMark(`${NAME} 10.0.0.15 h5 1 run`)).toMatchObject({ executor: null, begun: true });
  });

  it('one line that can not be read, or a folder that may not be looked into, leaves all of it unknown', () => {
    mkdirSync(state(), { recursive: true });
    writeFileSync(join(state(), 'reclaimed'), `${NAME} 10.0.0.15 h5 1 a\n???\n`);
    const facts = () => {
      const read = readHostFacts(run(probeCommand(peer())).stdout);
      return read.kind === 'facts' ? read.facts.reclaimed : null;
    };
    expect(facts()).toEqual({
      known: false,
      because: 'the file of reclaimed peers there has a line that can not be read',
    });
    if (process.getuid?.() === 0) return;
    chmodSync(state(), 0o000);
    expect(facts()).toEqual({ known: false, because: `this user may not look into ${state()}` });
    chmodSync(state(), 0o700);
  });
});
