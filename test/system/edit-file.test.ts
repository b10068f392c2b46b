import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../source/cluster/environment-file.ts';
import { type Command, commandLine, inputOf } from '../../source/commands/command.ts';
import {
  editExit,
  framed,
  installUnit,
  type LineEdit,
  printedFile,
  readEnvironmentFile,
  readUnitFile,
  replaceUnit,
  retireEnvironmentFile,
  setPeersLine,
  writeEnvironmentFile,
} from '../../source/commands/edit-file.ts';
import { unitText } from '../../source/commands/unit.ts';
import { Secret } from '../../source/text/secret.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';

const root = process.getuid?.() === 0;
const NOBODY = 65_534;
const folders: string[] = [];
let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'weave-edit-')));
  chmodSync(folder, 0o755);
  folders.push(folder);
});
afterEach(() => spawnSync('chmod', ['-R', 'u+rwX', folder]));
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

const digest = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const at = (name = 'weave') => join(folder, name);
const peer = (name = 'weave') => inventoryPeer({ environmentFile: at(name) });

const run = (
  command: Command,
  options: { input?: string; instead?: string; before?: string; uid?: number } = {},
) => {
  const line = commandLine(command, { sudo: false });
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', `${options.before ?? ''}${line}`], {
    encoding: 'utf8',
    input: options.instead ?? inputOf(command, options.input ?? 'not to be read'),
    cwd: '/',
    ...(options.uid === undefined || !root ? {} : { uid: options.uid, gid: options.uid }),
  });
  return { status, stdout, stderr };
};

const set = (text: string, edit: LineEdit, options: Parameters<typeof run>[1] = {}) => {
  writeFileSync(at(), text);
  return run(setPeersLine(peer(), digest(text), edit, 'r1'), options);
};

const NEW = 'PEERS="10.0.0.1 10.0.0.2"';

describe('the PEERS line', () => {
  it.each([
    ['in the middle', '# a\nPEERS="x"\nMTU=1\n', [2, 2], `# a\n${NEW}\nMTU=1\n`],
    ['first', 'PEERS=x\nMTU=1\n', [1, 1], `${NEW}\nMTU=1\n`],
    ['last, without a line end', 'MTU=1\nPEERS=x', [2, 2], `MTU=1\n${NEW}`],
    ['alone, without a line end', 'PEERS=x', [1, 1], NEW],
    ['before a last line without an end', 'PEERS=x\nMTU=1', [1, 1], `${NEW}\nMTU=1`],
    ['with CR LF', '# a\r\nPEERS=x\r\nMTU=1\r\n', [2, 2], `# a\r\n${NEW}\r\nMTU=1\r\n`],
    ['with CR LF, last', '# a\r\nPEERS=x\r\n', [2, 2], `# a\r\n${NEW}\r\n`],
    ['spread over lines', 'A=1\nPEERS="x \\\n  y \\\n  z"\nB=2\n', [2, 4], `A=1\n${NEW}\nB=2\n`],
    [
      'among unknown lines',
      '\n\n;c\njunk\nPEERS=x\n\t B = 2 \n\n',
      [5, 5],
      `\n\n;c\njunk\n${NEW}\n\t B = 2 \n\n`,
    ],
    [
      'beside a password',
      'WEAVE_PASSWORD="a\'$(b)\\"c"\nPEERS=x\n',
      [2, 2],
      `WEAVE_PASSWORD="a'$(b)\\"c"\n${NEW}\n`,
    ],
    ['not there', 'MTU=1\n', [0, 0], `MTU=1\n${NEW}\n`],
    ['not there, no line end', 'MTU=1', [0, 0], `MTU=1\n${NEW}\n`],
    ['not there, CR LF', 'MTU=1\r\n', [0, 0], `MTU=1\r\n${NEW}\r\n`],
    ['in an empty file', '', [0, 0], `${NEW}\n`],
  ] as const)('%s: every other byte stays', (_, text, [from, to], wanted) => {
    const { status, stdout } = set(text, { from, to, line: NEW });
    expect(readFileSync(at(), 'utf8')).toBe(wanted);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'weave-console-edit done\n' });
    expect(readFileSync(at('weave.weave-console-r1'), 'utf8')).toBe(text);
    expect(readdirSync(folder).sort()).toEqual(['weave', 'weave.weave-console-r1']);
  });

  it('keeps bytes that are no text', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x41, 0x0a, ...Buffer.from('PEERS=x\n'), 0xc3, 0x28]);
    writeFileSync(at(), bytes);
    expect(run(setPeersLine(peer(), digest(bytes), { from: 2, to: 2, line: NEW }, 'r1')).status).toBe(0);
    expect(readFileSync(at())).toEqual(
      Buffer.concat([bytes.subarray(0, 5), Buffer.from(`${NEW}\n`), bytes.subarray(-2)]),
    );
  });

  it('makes the file where there is none', () => {
    const { status } = run(setPeersLine(peer(), 'missing', { from: 0, to: 0, line: NEW }, 'r1'));
    expect([status, readFileSync(at(), 'utf8'), statSync(at()).mode & 0o777]).toEqual([0, `${NEW}\n`, 0o644]);
    expect(readdirSync(folder)).toEqual(['weave']);
  });

  it('takes a line literally', () => {
    const line = `PEERS='%s $(touch ${folder}/x) \`y\` \\n & "'`;
    set('PEERS=x\n', { from: 1, to: 1, line });
    expect([readFileSync(at(), 'utf8'), existsSync(at('x'))]).toEqual([`${line}\n`, false]);
  });

  it('keeps the oldest of what it replaces under one id', () => {
    set('PEERS=x\n', { from: 1, to: 1, line: 'PEERS=y' });
    run(setPeersLine(peer(), digest('PEERS=y\n'), { from: 1, to: 1, line: NEW }, 'r1'));
    expect(readFileSync(at('weave.weave-console-r1'), 'utf8')).toBe('PEERS=x\n');
  });

  it('clears away what an attempt that was killed left', () => {
    writeFileSync(at('.weave.weave-console-r1'), 'half');
    expect(set('PEERS=x\n', { from: 1, to: 1, line: NEW }).status).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['weave', 'weave.weave-console-r1']);
  });

  it('reads back as the list that was meant, whatever else is in the file', () => {
    const other = fc.stringMatching(/^[ -~]{0,20}$/).filter((text) => !/PEERS|["'\\]/.test(text));
    const lines = fc.array(other, { maxLength: 5 });
    fc.assert(
      fc.property(lines, lines, fc.boolean(), (above, below, end) => {
        const text = [...above, 'PEERS="old \\', ' older"', ...below].join('\n') + (end ? '\n' : '');
        const [from, to] = [above.length + 1, above.length + 2];
        const { status } = set(text, { from, to, line: NEW });
        rmSync(at('weave.weave-console-r1'), { force: true });
        const file = parseEnvironmentFile(readFileSync(at(), 'utf8'));
        expect([status, file.peers]).toEqual([0, ['10.0.0.1', '10.0.0.2']]);
        const rest = parseEnvironmentFile(text).lines.filter((_, index) => index < from - 1 || index >= to);
        expect(file.lines.filter((one) => !one.startsWith(NEW)).join('')).toBe(rest.join(''));
      }),
      { numRuns: 25 },
    );
  });
});

describe('what the file is besides its bytes', () => {
  it('keeps mode and owner', () => {
    writeFileSync(at(), 'PEERS=x\n');
    chmodSync(at(), 0o640);
    if (root) chownSync(at(), 7, 8);
    run(setPeersLine(peer(), digest('PEERS=x\n'), { from: 1, to: 1, line: NEW }, 'r1'));
    const { mode, uid, gid } = statSync(at());
    expect(mode & 0o777).toBe(0o640);
    if (root) expect([uid, gid]).toEqual([7, 8]);
    expect(statSync(at('weave.weave-console-r1')).mode & 0o777).toBe(0o640);
  });

  it('keeps a symlink, and replaces what it points to', () => {
    mkdirSync(at('real'));
    writeFileSync(at('real/env'), 'PEERS=x\n');
    symlinkSync('real/env', at());
    const { status } = run(setPeersLine(peer(), digest('PEERS=x\n'), { from: 1, to: 1, line: NEW }, 'r1'));
    expect(status).toBe(0);
    expect([lstatSync(at()).isSymbolicLink(), readFileSync(at('real/env'), 'utf8')]).toEqual([
      true,
      `${NEW}\n`,
    ]);
    expect(readdirSync(at('real')).sort()).toEqual(['env', 'env.weave-console-r1']);
  });

  it('takes blanks, quotes and a leading dash in its name', () => {
    const odd = inventoryPeer({ environmentFile: at("-a b'c $d") });
    writeFileSync(odd.environmentFile, 'PEERS=x\n');
    const command = setPeersLine(odd, digest('PEERS=x\n'), { from: 1, to: 1, line: NEW }, 'r1');
    expect(run(command).status).toBe(0);
    expect(readFileSync(odd.environmentFile, 'utf8')).toBe(`${NEW}\n`);
  });
});

/** Refused: by this code and word, in a sentence that says that nothing was changed. */
const refused = (result: ReturnType<typeof run>, code: number, word: string, said: RegExp) => {
  expect([result.status, result.stdout]).toEqual([code, `weave-console-edit refused ${word}\n`]);
  expect(result.stderr.trim()).toMatch(said);
  expect(result.stderr.trim()).toMatch(/ Nothing was changed\.$/);
};

const content = () => readdirSync(folder).map((name) => [name, readFileSync(at(name), 'utf8')]);

describe('a file that must not be replaced now', () => {
  const edit = { from: 1, to: 1, line: NEW };
  const none = { from: 0, to: 0, line: NEW };

  it('has changed since it was looked at', () => {
    writeFileSync(at(), 'PEERS=y\n');
    const result = run(setPeersLine(peer(), digest('PEERS=x\n'), edit, 'r1'));
    refused(result, editExit.changed, 'changed', /is not what it was/);
    expect(content()).toEqual([['weave', 'PEERS=y\n']]);
  });

  it('was taken for missing, and is there; or the other way about', () => {
    writeFileSync(at(), '');
    refused(run(setPeersLine(peer(), 'missing', none, 'r1')), 65, 'changed', /look again/);
    rmSync(at());
    refused(run(setPeersLine(peer(), digest(''), edit, 'r1')), 65, 'changed', /look again/);
    expect(content()).toEqual([]);
  });

  it('is a folder', () => {
    mkdirSync(at());
    refused(run(setPeersLine(peer(), digest(''), edit, 'r1')), 65, 'changed', /look again/);
  });

  it('has no folder', () => {
    const gone = inventoryPeer({ environmentFile: at('none/weave') });
    const result = run(setPeersLine(gone, 'missing', none, 'r1'));
    refused(result, editExit.noFolder, 'no-folder', /The folder .*none is not there/);
  });

  it.runIf(root)('is read only for this user', () => {
    chownSync(folder, NOBODY, NOBODY);
    writeFileSync(at(), 'PEERS=x\n');
    chmodSync(at(), 0o444);
    const result = run(setPeersLine(peer(), digest('PEERS=x\n'), edit, 'r1'), { uid: NOBODY });
    refused(result, editExit.readOnly, 'read-only', /may not be written/);
    expect(content()).toEqual([['weave', 'PEERS=x\n']]);
  });

  it.runIf(root)('is in a folder that is read only for this user', () => {
    writeFileSync(at(), 'PEERS=x\n');
    chownSync(at(), NOBODY, NOBODY);
    const result = run(setPeersLine(peer(), digest('PEERS=x\n'), edit, 'r1'), { uid: NOBODY });
    refused(result, editExit.readOnly, 'read-only', /No file can be made/);
    expect(content()).toEqual([['weave', 'PEERS=x\n']]);
  });

  const full = { before: 'ulimit -f 1; trap "" XFSZ; ' };

  it('does not fit on the disk', () => {
    const text = `PEERS=x\n# ${'long '.repeat(1_000)}\n`;
    refused(set(text, edit, full), editExit.noSpace, 'no-space', /is the disk full\?/);
    expect(content()).toEqual([['weave', text]]);
  });

  it('does not fit on the disk by the new line only', () => {
    const long = `PEERS="${'10.0.0.1 '.repeat(500)}"`;
    refused(
      set('PEERS=x\n', { ...edit, line: long }, full),
      editExit.noSpace,
      'no-space',
      /is the disk full\?/,
    );
    expect(content()).toEqual([['weave', 'PEERS=x\n']]);
  });

  it('does not fit on the disk as a whole', () => {
    writeFileSync(at(), 'old');
    const input = framed(new Secret('x'.repeat(5_000))).reveal();
    const result = run(writeEnvironmentFile(peer(), digest('old'), 'r1'), { input, ...full });
    refused(result, editExit.noSpace, 'no-space', /is the disk full\?/);
    expect(content()).toEqual([['weave', 'old']]);
  });
});

describe('a whole file by standard input', () => {
  const secret = 'PEERS="a b"\nWEAVE_PASSWORD="hunter2 ä"\n';
  const input = framed(new Secret(secret)).reveal();

  it('writes exactly the bytes, for root alone', () => {
    const result = run(writeEnvironmentFile(peer(), 'missing', 'r1'), { input });
    expect(result).toEqual({ status: 0, stdout: 'weave-console-edit done\n', stderr: '' });
    expect([readFileSync(at(), 'utf8'), statSync(at()).mode & 0o777]).toEqual([secret, 0o600]);
  });

  it('replaces a file and keeps its mode', () => {
    writeFileSync(at(), 'old');
    chmodSync(at(), 0o604);
    run(writeEnvironmentFile(peer(), digest('old'), 'r1'), { input });
    expect([readFileSync(at(), 'utf8'), statSync(at()).mode & 0o777]).toEqual([secret, 0o604]);
  });

  it.each([
    ['cut', input.slice(0, -5), /did not arrive whole/],
    ['longer than it says', `${input}more`, /did not arrive whole/],
    ['without its length', 'PEERS="a"\n', /The content did not arrive\./],
    ['empty', '', /The content did not arrive\./],
  ])('leaves all as it is when what arrives is %s', (_, arriving, said) => {
    writeFileSync(at(), 'old');
    const result = run(writeEnvironmentFile(peer(), digest('old'), 'r1'), { input: arriving });
    refused(result, editExit.cutInput, 'cut-input', said);
    expect(content()).toEqual([['weave', 'old']]);
  });

  it.each([
    ['nothing', ''],
    ['only the content', 'PEERS="a"\n'],
    ['something else', `${'z'.repeat(64)}\n${input}`],
  ])('changes nothing when %s says what the file must still be', (_, instead) => {
    writeFileSync(at(), 'old');
    for (const command of [
      writeEnvironmentFile(peer(), digest('old'), 'r1'),
      retireEnvironmentFile(peer(), digest('old'), 'r1'),
      setPeersLine(peer(), digest('old'), { from: 1, to: 1, line: NEW }, 'r1'),
    ])
      refused(run(command, { instead }), editExit.cutInput, 'cut-input', /must still be did not arrive/);
    expect(content()).toEqual([['weave', 'old']]);
  });

  it('does not touch a file that has these bytes already', () => {
    writeFileSync(at(), secret);
    const { ino, ctimeMs } = statSync(at());
    const result = run(writeEnvironmentFile(peer(), digest(secret), 'r1'), { input });
    expect(result).toEqual({ status: 0, stdout: 'weave-console-edit done\n', stderr: '' });
    expect(statSync(at())).toMatchObject({ ino, ctimeMs });
    expect(readdirSync(folder)).toEqual(['weave']);
  });

  it('reads a file exactly, and none as an empty one', () => {
    const read = (base: string) =>
      printedFile(new Secret(run(readEnvironmentFile(peer(), base)).stdout))?.reveal();
    expect(read('missing')).toBe('');
    for (const text of [secret, 'no end', 'weave-console-edit end\n', '\r\n\n']) {
      writeFileSync(at(), text);
      expect(read(digest(text))).toBe(text);
    }
  });

  it('reads nothing that is not what was looked at', () => {
    const refusal = (base: string | null) => {
      const { status, stdout, stderr } = run(readEnvironmentFile(peer(), base));
      expect([status, printedFile(new Secret(stdout)), stdout]).toEqual([editExit.changed, null, '']);
      expect(stderr).toMatch(/look again/);
    };
    refusal(digest(secret));
    writeFileSync(at(), 'PEERS="other"\n');
    for (const base of ['missing', digest(secret), null]) refusal(base);
  });
});

/** The shells that are here. */
const shells = ['sh', 'busybox sh'].filter(
  (shell) => spawnSync('sh', ['-c', `${shell} -c true`]).status === 0,
);

describe('a file with a password', () => {
  const [etc, watch] = ['etc', 'watch'];
  const TOOLS = ['cp', 'ln', 'mv', 'rm', 'chmod', 'cat', 'sync', 'sha256sum', 'wc', 'head', 'stat'];
  /** Tools that write down, whenever one is called, who may do what with each file; by a shell that would let everybody. */
  const watched = (broken: readonly string[]): string => {
    mkdirSync(at(watch));
    for (const tool of TOOLS) {
      const real = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
      const then = broken.includes(tool) ? 'exit 1' : `exec ${real} "$@"`;
      const look = `for f in ${at(etc)}/* ${at(etc)}/.w*; do [ ! -e "$f" ] || /usr/bin/stat -c '%a %u:%g %n' -- "$f" >>${at('seen')}; done`;
      writeFileSync(at(`${watch}/${tool}`), `#!/bin/sh\n${look}\n${then}\n`, { mode: 0o755 });
    }
    return `umask 000; PATH=${at(watch)}:$PATH; export PATH; `;
  };
  const seen = () =>
    readFileSync(at('seen'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const [mode = '', owner = '', name = ''] = line.split(' ');
        return { mode: Number.parseInt(mode, 8), owner, name: name.slice(at(etc).length + 1) };
      });

  it.each(
    [0o600, 0o640, 0o604].flatMap((mode) =>
      [[], ['ln']].flatMap((broken) =>
        shells.map((shell) => [mode.toString(8), shell, mode, broken] as const),
      ),
    ),
  )('of mode %s is opened to nobody, not even for a moment, by %s: %s %j', (_, shell, mode, broken) => {
    const before = watched(broken);
    mkdirSync(at(etc));
    const file = at('etc/weave');
    const text = 'PEERS="a"\nWEAVE_PASSWORD="hunter2"\n';
    writeFileSync(file, text);
    chmodSync(file, mode);
    if (root) chownSync(file, 0, 8);
    const owner = `${statSync(file).uid}:${statSync(file).gid}`;
    const one = inventoryPeer({ environmentFile: file });
    const input = framed(new Secret(`${text}A=1\n`)).reveal();
    const by = (command: Command) => ({
      ...command,
      script: `exec ${shell} -c "$0" edit "$@"`,
      name: command.script,
    });
    const write = by(writeEnvironmentFile(one, digest(text), 'r1'));
    expect(run(write, { input, before })).toMatchObject({ status: 0 });
    const retire = by(retireEnvironmentFile(one, digest(`${text}A=1\n`), 'r2'));
    expect(run(retire, { before })).toMatchObject({ status: 0 });
    expect(readdirSync(at(etc)).sort()).toEqual(['weave.weave-console-r1', 'weave.weave-console-r2']);
    expect(new Set(seen().map(({ name }) => name))).toEqual(
      new Set(['weave', '.weave.weave-console-r1', 'weave.weave-console-r1', 'weave.weave-console-r2']),
    );
    for (const one of seen()) {
      expect(one.mode & ~mode).toBe(0);
      if (!one.name.startsWith('.')) expect(one).toMatchObject({ mode, owner });
    }
    for (const name of readdirSync(at(etc))) {
      const kept = statSync(at(`etc/${name}`));
      expect([kept.mode & 0o777, `${kept.uid}:${kept.gid}`]).toEqual([mode, owner]);
    }
  });

  it.each(shells)('that is new is for root alone from its first moment on, by %s', (shell) => {
    const before = watched([]);
    mkdirSync(at(etc));
    const input = framed(new Secret('WEAVE_PASSWORD="hunter2"\n')).reveal();
    const command = writeEnvironmentFile(
      inventoryPeer({ environmentFile: at('etc/weave') }),
      'missing',
      'r1',
    );
    const made = { ...command, script: `exec ${shell} -c "$0" edit "$@"`, name: command.script };
    expect(run(made, { input, before })).toMatchObject({ status: 0 });
    expect(seen().length).toBeGreaterThan(3);
    expect(new Set(seen().map(({ mode }) => mode))).toEqual(new Set([0o600]));
  });

  it('is not replaced where what it was can not be kept as closed as it is', () => {
    const before = watched(['ln']);
    mkdirSync(at(etc));
    const file = at('etc/weave');
    writeFileSync(file, 'old');
    chmodSync(file, 0o600);
    // A copy that lets others read, as on a file system that knows no modes.
    writeFileSync(
      at(`${watch}/cp`),
      '#!/bin/sh\n/bin/cp "$@"\ncase $* in *"/weave.weave"*) /bin/chmod 644 "$4" ;; esac\n',
      { mode: 0o755 },
    );
    const one = inventoryPeer({ environmentFile: file });
    const result = run(writeEnvironmentFile(one, digest('old'), 'r1'), {
      input: framed(new Secret('new')).reveal(),
      before,
    });
    refused(result, editExit.noSpace, 'no-space', /could not be kept beside it/);
    expect(readdirSync(at(etc))).toEqual(['weave']);
  });
});

describe('taking a file away', () => {
  const retire = (base: string) => run(retireEnvironmentFile(peer(), base, 'r1'));

  it('keeps it beside its place, and is done when it is done', () => {
    writeFileSync(at(), 'PEERS=x\n');
    expect(retire(digest('PEERS=x\n'))).toMatchObject({
      status: 0,
      stdout: 'weave-console-edit done\n',
    });
    expect(content()).toEqual([['weave.weave-console-r1', 'PEERS=x\n']]);
    expect(retire('missing').status).toBe(0);
    refused(retire(digest('PEERS=x\n')), editExit.changed, 'changed', /look again/);
  });

  it('overwrites nothing that was kept before', () => {
    writeFileSync(at(), 'two');
    writeFileSync(at('weave.weave-console-r1'), 'one');
    retire(digest('two'));
    expect(content().sort()).toEqual([
      ['weave.weave-console-r1', 'one'],
      ['weave.weave-console-r1.retired', 'two'],
    ]);
  });
});

describe('installing the unit', () => {
  const unit = 'etc/systemd/system/weave.service';
  const install = (
    paths = `/run/systemd/system ${at('etc/systemd/system')} /usr/lib/systemd/system`,
    input = '',
  ) => {
    mkdirSync(at('bin'), { recursive: true });
    mkdirSync(at('etc/systemd/system'), { recursive: true });
    const systemctl = `[ "$1" = show ] && { echo "UnitPath=${paths}"; exit; }\necho "$@" >>${at('asked')}`;
    writeFileSync(at('bin/systemctl'), `#!/bin/sh\n${systemctl}\n`, { mode: 0o755 });
    return run(installUnit(peer()), { input, before: `PATH=${at('bin')}:$PATH; export PATH; ` });
  };

  it('puts it there and has systemd read it; again, it only has it read', () => {
    for (const times of [1, 2]) {
      expect(install().status).toBe(0);
      expect(readFileSync(at(unit), 'utf8')).toBe(unitText(peer()));
      expect(readFileSync(at('asked'), 'utf8')).toBe('daemon-reload\n'.repeat(times));
    }
    expect(statSync(at(unit)).mode & 0o777).toBe(0o644);
  });

  it('puts it nowhere when systemd does not say where it reads units', () => {
    refused(install('/run/systemd/system'), editExit.noTool, 'no-folder', /does not say where/);
    refused(install(''), editExit.noTool, 'no-folder', /does not say where/);
  });

  it('puts nothing there when it does not arrive whole', () => {
    refused(install(undefined, 'more'), editExit.cutInput, 'cut-input', /did not arrive whole/);
    expect([existsSync(at(unit)), existsSync(at('asked'))]).toEqual([false, false]);
  });

  it('leaves another unit alone', () => {
    mkdirSync(at('etc/systemd/system'), { recursive: true });
    writeFileSync(at(unit), '[Service]\n');
    expect(install().status).toBe(editExit.changed);
    expect([readFileSync(at(unit), 'utf8'), existsSync(at('asked'))]).toEqual(['[Service]\n', false]);
  });
});

describe('replacing the unit', () => {
  const unit = 'etc/systemd/system/weave.service';
  const own = () => at(unit);
  const theirs = '[Service]\nEnvironment="WEAVE_PASSWORD=hun ter2"\nExecStart=/bin/true\n';
  const systemctl = (fragment: string) => {
    mkdirSync(at('bin'), { recursive: true });
    mkdirSync(at('etc/systemd/system'), { recursive: true });
    const says = `case "$*" in *FragmentPath*) echo 'FragmentPath=${fragment}' ;; *) echo 'UnitPath=/run ${at('etc/systemd/system')}' ;; esac`;
    // It would eat the content if it were left to read standard input.
    const stub = `[ "$1" = show ] && { cat >/dev/null; ${says}; exit; }\necho "$@" >>${at('asked')}`;
    writeFileSync(at('bin/systemctl'), `#!/bin/sh\n${stub}\n`, { mode: 0o755 });
  };
  const inPath = () => `PATH=${at('bin')}:$PATH; export PATH; `;
  const replace = (base: string, input = framed(new Secret(theirs)).reveal()) =>
    run(replaceUnit(peer(), base, 'r1'), { before: inPath(), input });

  it('writes what arrives, keeps what was there, and has systemd read it', () => {
    systemctl(own());
    writeFileSync(own(), 'old\n');
    chmodSync(own(), 0o640);
    expect(replace(digest('old\n'))).toEqual({
      status: 0,
      stdout: 'weave-console-edit done\n',
      stderr: '',
    });
    expect([readFileSync(own(), 'utf8'), statSync(own()).mode & 0o777]).toEqual([theirs, 0o640]);
    expect(readdirSync(at('etc/systemd/system')).sort()).toEqual([
      'weave.service',
      'weave.service.weave-console-r1',
    ]);
    expect(readFileSync(`${own()}.weave-console-r1`, 'utf8')).toBe('old\n');
    expect(readFileSync(at('asked'), 'utf8')).toBe('daemon-reload\n');
  });

  it('once more is the same again, and overwrites nothing that was kept', () => {
    systemctl(own());
    writeFileSync(own(), 'old\n');
    replace(digest('old\n'));
    expect(replace(digest(theirs)).status).toBe(0);
    expect(readFileSync(`${own()}.weave-console-r1`, 'utf8')).toBe('old\n');
    expect(readdirSync(at('etc/systemd/system')).sort()).toEqual([
      'weave.service',
      'weave.service.weave-console-r1',
    ]);
    expect(readFileSync(at('asked'), 'utf8')).toBe('daemon-reload\n'.repeat(2));
  });

  it('makes it where there is none', () => {
    systemctl('');
    expect(replace('missing').status).toBe(0);
    expect([readFileSync(own(), 'utf8'), statSync(own()).mode & 0o777]).toEqual([theirs, 0o644]);
    expect(readFileSync(at('asked'), 'utf8')).toBe('daemon-reload\n');
  });

  it.each([
    ['that somebody changed', 'newer\n', () => digest('old\n'), undefined, 'changed', /look again/],
    ['where there should be none', 'old\n', () => 'missing', undefined, 'changed', /look again/],
    ['by half a content', 'old\n', () => digest('old\n'), '99\n[Service]\n', 'cut-input', /whole/],
    ['by nothing', 'old\n', () => digest('old\n'), '', 'cut-input', /did not arrive/],
  ])('leaves one alone %s', (_, text, base, input, word, said) => {
    systemctl(own());
    writeFileSync(own(), text);
    const result = replace(base(), input);
    refused(result, word === 'changed' ? editExit.changed : editExit.cutInput, word, said);
    expect([readFileSync(own(), 'utf8'), existsSync(at('asked'))]).toEqual([text, false]);
    expect(readdirSync(at('etc/systemd/system'))).toEqual(['weave.service']);
  });

  it('touches no unit of a package', () => {
    const packaged = at('usr-lib-weave.service');
    writeFileSync(packaged, 'old\n');
    systemctl(packaged);
    refused(replace(digest('old\n')), editExit.noTool, 'no-folder', /not the administrator's place/);
    expect([readFileSync(packaged, 'utf8'), existsSync(at('asked'))]).toEqual(['old\n', false]);
  });

  it('reads one exactly, and none not at all', () => {
    systemctl(own());
    writeFileSync(own(), theirs);
    const read = () => run(readUnitFile(peer(), digest(theirs)), { before: inPath() });
    expect(printedFile(new Secret(read().stdout))?.reveal()).toBe(theirs);
    writeFileSync(own(), `${theirs}# more\n`);
    expect(read().status).toBe(editExit.changed);
    systemctl('');
    expect(read().status).toBe(1);
    expect(printedFile(new Secret(read().stdout))).toBeNull();
  });
});
