import { describe, expect, it } from 'vitest';
import type { Trouble } from '../../source/cluster/trouble.ts';
import type { Outcome } from '../../source/commands/command.ts';
import { readLeaseEnd, readLeaseLine, readLook, readSwap } from '../../source/lock/answers.ts';
import { recordText } from '../../source/lock/record.ts';
import { retryDelay } from '../../source/lock/retry.ts';
import { aRecord } from '../support/lock-record.ts';

const why: Trouble = { kind: 'timeout', text: 'h1 did not answer within 10 s', layer: 'ssh' };
const exited = (stdout: string, code = 0, stderr = ''): Outcome => ({
  kind: 'exited',
  code,
  stdout,
  stderr,
  took: 1,
});
const lines = (...all: string[]) =>
  exited(['weave-console-lock 1', 'clock noon', ...all, 'weave-console-lock end', ''].join('\n'));
const record = aRecord();

describe('a look', () => {
  it('reads lease, beat, record and what still runs', () => {
    const busy = ['lease busy', 'token ab:1:s', 'beat 12', 'beat-age 3', 'running prime', 'record-age 60'];
    expect(readLook(lines(...busy, 'record follows', recordText(record), ''))).toEqual({
      kind: 'seen',
      lease: { kind: 'busy', token: 'ab:1:s', beat: 12, beatAge: 3 },
      record: { kind: 'record', record, sum: null, age: 60 },
      running: 'prime',
      clock: 'noon',
    });
  });

  it('is not fooled by what stands in the record, or by a banner', () => {
    const forged = recordText(record).replace('prod', 'lease free\\nweave-console-lock end\\n');
    const seen = readLook(
      exited(
        `Welcome\nlease free\n${(lines('lease busy', 'token t', 'beat t', 'record follows', forged, '') as { stdout: string }).stdout}`,
      ),
    );
    expect(seen).toMatchObject({
      lease: { kind: 'busy', token: 't', beat: null, beatAge: null },
      record: { kind: 'record' },
    });
    const text = readLook(
      lines('lease free', 'sum 1 2', 'record follows', 'lease busy\nweave-console-lock end\nmore', ''),
    );
    expect(text).toMatchObject({ lease: { kind: 'free' }, record: { kind: 'broken', sum: '1 2' } });
  });

  it('takes an answer that was cut for no answer', () => {
    const cut = lines('lease free', 'record follows', recordText(record)) as { stdout: string };
    expect(readLook(exited(cut.stdout.slice(0, -12)))).toMatchObject({ kind: 'unknown' });
    expect(readLook(exited('', 1, 'sudo: a password is required'))).toEqual({
      kind: 'unknown',
      why: "no answer from the lock's script: sudo there wants a password: the account needs NOPASSWD in sudoers",
    });
  });

  it.each([
    ["Unmatched '''.\nBadly placed ()'s.\n", 'its login shell is a csh'],
    ['sudo: sorry, you must have a tty to run sudo\n', 'requiretty'],
    ['sudo: a terminal is required to read the password\nsudo: a password is required\n', 'NOPASSWD'],
    ['bash: line 1: sudo: command not found\n', 'the host has no sudo'],
    ['sh: 1: sudo: not found\n', 'the host has no sudo'],
    ['ops is not in the sudoers file.\n', 'ops is not in the sudoers file.'],
  ])('says of %j what helps', (said, means) => {
    expect(readLook(exited('', 1, said))).toEqual({
      kind: 'unknown',
      why: expect.stringMatching(/^no answer from the lock's script: /),
    });
    expect(readLook(exited('', 1, said))).toMatchObject({ why: expect.stringContaining(means) });
  });

  it('repeats no secret that somebody made the host say', () => {
    expect(readLook(exited('', 1, 'profile: WEAVE_PASSWORD=hunter2 is set'))).toEqual({
      kind: 'unknown',
      why: "no answer from the lock's script: profile: WEAVE_PASSWORD=(removed)",
    });
  });

  it('says what stands in the way', () => {
    expect(readLook({ kind: 'unsent', why })).toEqual({ kind: 'unreachable', why: why.text });
    expect(readLook({ kind: 'lost', why, stdout: '' })).toEqual({ kind: 'unreachable', why: why.text });
    const hangs = { ...why, kind: 'timeout', answered: true } as const;
    expect(readLook({ kind: 'lost', why: hangs, stdout: '' })).toMatchObject({ kind: 'unknown' });
    for (const kind of ['host-key', 'auth', 'no-shell', 'protocol', 'dns'] as const)
      expect(readLook({ kind: 'unsent', why: { ...why, kind } })).toMatchObject({ kind: 'unknown' });
    expect(readLook(lines('cannot no-flock'))).toMatchObject({ why: expect.stringContaining('util-linux') });
    expect(readLook(lines('cannot read'))).toMatchObject({ why: expect.stringContaining('sudo') });
    expect(readLook(lines('cannot flock'))).toMatchObject({ why: expect.stringContaining('runtimeDir') });
    const noSum = lines('lease free', 'sum ', 'record follows', 'x', '');
    expect(readLook(noSum)).toMatchObject({ record: { kind: 'broken', sum: null } });
    expect(readLook(lines('lease free', 'unreadable file'))).toMatchObject({
      record: { kind: 'broken', sum: null },
    });
  });
});

describe('a lease', () => {
  it.each([
    ['weave-console-lease held', { kind: 'held' }],
    ['weave-console-lease held\r', { kind: 'held' }],
    ['weave-console-lease busy ab:1:s', { kind: 'busy', token: 'ab:1:s' }],
    ['weave-console-lease busy ', { kind: 'busy', token: '' }],
    ['weave-console-lease beat 7', { kind: 'beat', beat: 7 }],
    ['weave-console-lease over', { kind: 'over' }],
    ['weave-console-lease beat x', null],
    ['Last login: Mon', null],
    ['', null],
  ])('says %j', (line, read) => expect(readLeaseLine(line)).toEqual(read));

  it.each([
    ['no-flock', 'util-linux'],
    ['no-timeout', 'coreutils'],
    ['cannot', 'sudo'],
    ['foreign-file', 'another user'],
    ['\x1b[31mhello', 'it said hello'],
  ])('says why it can’t: %j', (word, says) => {
    expect(readLeaseLine(`weave-console-lease ${word}`)).toEqual({
      kind: 'cannot',
      why: expect.stringContaining(says),
    });
  });

  it('ends with what is known', () => {
    expect(readLeaseEnd({ kind: 'unsent', why })).toEqual({ reached: false, why: why.text });
    expect(readLeaseEnd(exited('', 1, 'sudo: no tty\n'))).toEqual({
      reached: true,
      why: "no answer from the lock's script: sudo: no tty",
    });
  });
});

describe('a swap', () => {
  it.each(['swapped', 'differs', 'no-lease', 'running', 'guarded'] as const)('says %s', (word) => {
    expect(readSwap(exited(`banner\nweave-console-record ${word}\n`, 73))).toEqual({ kind: word });
  });

  it('was certainly not done when it was not sent, and perhaps when the link was lost', () => {
    expect(readSwap({ kind: 'unsent', why })).toEqual({ kind: 'unsent' });
    expect(readSwap({ kind: 'lost', why, stdout: '' })).toEqual({ kind: 'maybe' });
    expect(readSwap({ kind: 'killed', signal: 'KILL', stdout: '', stderr: '', took: 1 })).toEqual({
      kind: 'maybe',
    });
    expect(readSwap(exited('', 141))).toEqual({ kind: 'maybe' });
    expect(readSwap({ kind: 'lost', why, stdout: 'weave-console-record swapped\n' })).toEqual({
      kind: 'swapped',
    });
  });

  it('says why it could not be done', () => {
    expect(readSwap(exited('weave-console-record failed\n', 74))).toEqual({
      kind: 'cannot',
      why: expect.stringContaining('disk full'),
    });
    expect(readSwap(exited('', 1, 'sudo: a password is required'))).toEqual({
      kind: 'cannot',
      why: expect.stringContaining('password'),
    });
  });
});

describe('trying again', () => {
  it('makes sense only where nobody holds it or must decide', () => {
    const held = { kind: 'held', peers: ['p1'] } as const;
    expect(retryDelay({ ...held, by: record }, 0, 0.5)).toBeNull();
    expect(retryDelay({ kind: 'left-behind', record, peers: ['p1'] }, 0, 0.5)).toBeNull();
    expect(retryDelay({ kind: 'broken', peers: ['p1'] }, 0, 0.5)).toBeNull();
    expect(retryDelay({ kind: 'too-soon', wait: 1234, record }, 0, 0.5)).toBe(1234);
    expect(retryDelay({ ...held, by: null }, 0, 0)).toBe(100);
    expect(retryDelay({ kind: 'raced', peer: 'p1' }, 2, 0.5)).toBe(450);
    expect(retryDelay({ kind: 'raced', peer: 'p1' }, 99, 0.999)).toBeLessThan(7_500);
  });
});
