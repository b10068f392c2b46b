import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Command, commandLine, inputOf, sameCommand } from '../../source/commands/command.ts';
import {
  editExit,
  editUnchanged,
  framed,
  installUnit,
  printedFile,
  readEnvironmentFile,
  readUnitFile,
  replaceUnit,
  retireEnvironmentFile,
  setPeersLine,
  writeEnvironmentFile,
} from '../../source/commands/edit-file.ts';
import {
  EDIT_COMMON,
  INSTALL_UNIT_SCRIPT,
  READ_SCRIPT,
  READ_UNIT_SCRIPT,
  REPLACE_UNIT_SCRIPT,
  RETIRE_SCRIPT,
  SET_PEERS_SCRIPT,
  WRITE_SCRIPT,
} from '../../source/commands/edit-file-script.ts';
import { fence } from '../../source/commands/lock/fence.ts';
import { FENCED } from '../../source/commands/lock/files.ts';
import { quote } from '../../source/commands/quote.ts';
import { unitText } from '../../source/commands/unit.ts';
import { Secret } from '../../source/text/secret.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';

const peer = inventoryPeer();
const base = 'a'.repeat(64);
const line = (command: Parameters<typeof commandLine>[0]) => commandLine(command, { sudo: false });

describe('edit commands', () => {
  it('are exactly these strings, whatever the names hold', () => {
    const evil = inventoryPeer({ environmentFile: `/etc/it's $(reboot)` });
    expect(line(setPeersLine(peer, base, { from: 2, to: 3, line: 'PEERS="a b"' }, 'r1'))).toBe(
      `sh -c ${quote(SET_PEERS_SCRIPT)} set-peers /etc/sysconfig/weave r1 2 3 'PEERS="a b"' 644`,
    );
    expect(line(setPeersLine(evil, 'missing', { from: 0, to: 0, line: `PEERS='$(x)'` }, 'r1'))).toBe(
      `sh -c ${quote(SET_PEERS_SCRIPT)} set-peers '/etc/it'\\''s $(reboot)' r1 0 0 'PEERS='\\''$(x)'\\''' 644`,
    );
    expect(line(writeEnvironmentFile(peer, 'missing', 'r1'))).toBe(
      `sh -c ${quote(WRITE_SCRIPT)} write-environment /etc/sysconfig/weave r1 600`,
    );
    expect(line(retireEnvironmentFile(peer, base, 'r1'))).toBe(
      `sh -c ${quote(RETIRE_SCRIPT)} retire-environment /etc/sysconfig/weave r1`,
    );
    expect(line(installUnit(peer))).toBe(`sh -c ${quote(INSTALL_UNIT_SCRIPT)} install-unit weave.service`);
    expect(line(replaceUnit(inventoryPeer({ unit: 'weave' }), base, 'r1'))).toBe(
      `sh -c ${quote(REPLACE_UNIT_SCRIPT)} replace-unit weave.service r1`,
    );
    expect(line(readUnitFile(peer, base))).toBe(`sh -c ${quote(READ_UNIT_SCRIPT)} read-unit weave.service`);
    expect(line(readEnvironmentFile(evil, 'missing'))).toBe(
      `sh -c ${quote(READ_SCRIPT)} read-environment '/etc/it'\\''s $(reboot)'`,
    );
    expect(() => readEnvironmentFile(peer, 'x')).toThrow(RangeError);
  });

  it('change under root, and with a time that a slow disk needs', () => {
    for (const command of [
      installUnit(peer),
      replaceUnit(peer, base, 'r'),
      retireEnvironmentFile(peer, base, 'r'),
    ])
      expect(command).toMatchObject({ privileged: true, effect: 'changes', timeout: 60_000 });
  });

  it.each([
    () => setPeersLine(peer, 'abc', { from: 1, to: 1, line: '' }, 'r'),
    () => setPeersLine(peer, base, { from: 1, to: 1, line: 'A=1\nB=2' }, 'r'),
    () => setPeersLine(peer, base, { from: 3, to: 2, line: '' }, 'r'),
    () => setPeersLine(peer, base, { from: 0, to: 2, line: '' }, 'r'),
    () => setPeersLine(peer, base, { from: 1, to: 1, line: '' }, '../r'),
    () => writeEnvironmentFile(peer, base, ''),
    () => retireEnvironmentFile(peer, 'missing ', 'r'),
    () => replaceUnit(peer, 'd', 'r'),
    () => replaceUnit(peer, base, 'r 1'),
  ])('are not made of what can not be meant', (make) => {
    expect(make).toThrow(RangeError);
  });

  it('end with no code that the fence uses, and all but one say that nothing changed', () => {
    const codes = Object.values(editExit);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes).not.toContain(FENCED);
    expect(codes.filter((code) => !editUnchanged.includes(code))).toEqual([editExit.unsure]);
    expect(EDIT_COMMON).not.toMatch(/\[\[|<<<|<\(|^\s*local |\bfunction\b|\$'/);
  });

  it('tell by standard input what the file must still be, and in nothing that is shown or written down', () => {
    const edit = { from: 1, to: 1, line: 'PEERS=a' };
    const told: readonly (readonly [Command, string])[] = [
      [setPeersLine(peer, base, edit, 'r1'), `${base}\n`],
      [writeEnvironmentFile(peer, base, 'r1'), `${base}\n`],
      [retireEnvironmentFile(peer, base, 'r1'), `${base}\n`],
      [replaceUnit(peer, base, 'r1'), `${base}\n`],
      [readEnvironmentFile(peer, base), `${base}\n`],
      [readUnitFile(peer, base), `${base}\n`],
      [readEnvironmentFile(peer, null), 'unseen\n'],
      [writeEnvironmentFile(peer, 'missing', 'r1'), 'missing\n'],
      [installUnit(peer), framed(new Secret(unitText(peer))).reveal()],
    ];
    for (const [command, input] of told) {
      expect(inputOf(command)).toBe(input);
      for (const text of [line(command), JSON.stringify(command), inspect(command, { depth: 9 })])
        expect(text).not.toContain(base);
    }
    const write = writeEnvironmentFile(peer, base, 'r1');
    expect(inputOf(write, '1\nx')).toBe(`${base}\n1\nx`);
    expect(
      inputOf(fence(write, { runtimeDir: '/r', stateDir: '/s' }, { token: 't', prefix: 'p' }), '1\nx'),
    ).toBe(`${base}\n1\nx`);
  });

  it('are not the same when the file must be another', () => {
    const [one, other] = [base, 'b'.repeat(64)].map((each) => retireEnvironmentFile(peer, each, 'r1'));
    if (one === undefined || other === undefined) throw new Error('no commands');
    expect([sameCommand(one, one), sameCommand(one, other)]).toEqual([true, false]);
    expect(sameCommand(one, { ...one, args: [...one.args, 'x'] })).toBe(false);
    const { input: _, ...without } = one;
    expect([sameCommand(one, without), sameCommand(without, without)]).toEqual([false, true]);
  });
});

describe('a secret', () => {
  const secret = new Secret('hunter2');

  it('is hidden in whatever way it is printed', () => {
    const error = new Error('x', { cause: secret });
    expect(
      [
        `${secret}`,
        JSON.stringify({ secret }),
        inspect(secret),
        inspect({ a: [secret] }),
        inspect(error),
      ].join(),
    ).not.toContain('hunter2');
    expect(Object.keys(secret)).toEqual([]);
    expect(secret.reveal()).toBe('hunter2');
  });

  it('is framed by its length in bytes', () => {
    expect(framed(new Secret('PEERS="ä"\n')).reveal()).toBe('11\nPEERS="ä"\n');
    expect(framed(new Secret('')).reveal()).toBe('0\n');
  });

  it.each([
    ['motd\nweave-console-edit file\nA=1\nweave-console-edit end\n', 'A=1\n'],
    ['weave-console-edit file\nA=1weave-console-edit end\n', 'A=1'],
    ['weave-console-edit file\nweave-console-edit end\n', ''],
    ['weave-console-edit file\nA=1\n', null],
    ['weave-console-edit file\nA=\ufffd\nweave-console-edit end\n', null],
    ['A=1\nweave-console-edit end\n', null],
    ['', null],
  ])('is taken from what was printed only when that is whole: %j', (printed, file) => {
    expect(printedFile(new Secret(printed))?.reveal() ?? null).toBe(file);
  });
});
