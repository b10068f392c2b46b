import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryPeer } from '../../source/cluster/inventory.ts';
import { commandLine } from '../../source/commands/command.ts';
import { inspectCommand } from '../../source/commands/inspect.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { readInspection } from '../../source/maintenance/read-inspection.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'weave-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const stub = (name: string, body: string) => {
  mkdirSync(at('bin'), { recursive: true });
  writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
};

/** A host whose docker, ip, getent and weave say this; everything else is this machine's own. */
const stubs = (given: Record<string, string> = {}) => {
  const usual = {
    docker: `case "$1" in
      ps) case "$*" in *ID*) printf 'c1id web\\nc2id $(reboot)\\n' ;; *) printf 'web\\nweave\\nweavedb\\n' ;; esac ;;
      version) echo 20.10.24 ;;
      inspect) echo '{"Status":"running","ExitCode":0} {"Name":"no"}' ;;
    esac`,
    ip: `case "$*" in *route*) printf '10.77.0.0/24 dev eth0\\ndefault via 10.77.0.1\\nunreachable 10.40.0.0/16\\n' ;; *weave*) exit 0 ;; esac`,
    getent: 'case "$2" in good|127.*) echo 127.0.0.1 ;; slow) exit 124 ;; *) exit 2 ;; esac',
    systemctl: 'printf "LoadState=loaded\\nActiveState=active\\nUnitFileState=enabled\\nRestart=no\\n"',
    sudo: 'exit 1',
  };
  for (const [name, body] of Object.entries({ ...usual, ...given })) stub(name, body);
  writeFileSync(
    at('weave'),
    '#!/bin/sh\nSCRIPT_VERSION="2.8.1"\n[ "$1" = ps ] && printf "weave:expose 12:e0\\nc1id 12:e1 10.32.0.1/12\\nc9id 12:e2\\n"\n',
    { mode: 0o755 },
  );
};

const inspect = (
  environment: string | null,
  options: { peer?: Partial<InventoryPeer>; ask?: string[]; attached?: boolean; salt?: string } = {},
) => {
  const peer = inventoryPeer({ environmentFile: at('env'), weave: at('weave'), ...options.peer });
  if (environment !== null) writeFileSync(at('env'), environment);
  const command = inspectCommand(peer, {
    ask: options.ask ?? [],
    attached: options.attached ?? false,
    salt: options.salt ?? 's',
  });
  const { stdout, status } = spawnSync('/bin/sh', ['-c', commandLine(command, { sudo: false })], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` },
  });
  const read = readInspection(stdout, peer, { at: 5, wall: Date.now() });
  return { stdout, status, read };
};

const inspected = (...args: Parameters<typeof inspect>): Extract<Inspection, { kind: 'inspected' }> => {
  const { read, stdout } = inspect(...args);
  if (read.kind !== 'inspected') throw new Error(`${read.why.text}\n${stdout}`);
  return read;
};

describe('the inspection of a host', () => {
  it('tells all that a procedure asks', () => {
    stubs();
    const text = '# note\nWEAVE_PASSWORD="hunter2"\nPEERS="10.0.0.1 10.0.0.2"\nWEAVE_MTU=1400';
    const it = inspected(text, { attached: true });
    expect(it).toMatchObject({
      at: 5,
      host: '10.0.0.11',
      facts: { scriptVersion: { known: true, value: '2.8.1' } },
      leftovers: { container: true, volume: true, bridge: true },
      routes: { known: true, value: ['10.77.0.0/24', '10.40.0.0/16'] },
      attached: { known: true, value: ['web', 'c9id'] },
      docker: { known: true, value: '20.10.24' },
      file: {
        path: at('env'),
        state: 'there',
        digest: createHash('sha256').update(text).digest('hex'),
        lines: ['#', 'WEAVE_PASSWORD="(removed)"', 'PEERS="10.0.0.1 10.0.0.2"', 'WEAVE_MTU=1400'],
        peers: ['10.0.0.1', '10.0.0.2'],
        assignment: { from: 3, to: 3, words: ['10.0.0.1', '10.0.0.2'], quote: '"' },
        names: ['WEAVE_PASSWORD', 'PEERS', 'WEAVE_MTU'],
        secrets: ['WEAVE_PASSWORD'],
        mode: '644',
        symlink: false,
        writable: true,
        obstacle: null,
      },
    });
    expect(Math.abs(it.skew ?? 1e9)).toBeLessThan(60_000);
  });

  it('tells whether a command of a console still runs there, and disturbs none', async () => {
    stubs();
    const running = () => inspected('PEERS=a\n', { peer: { stateDir: at('state') } }).running;
    rmSync(at('state'), { recursive: true, force: true });
    expect(running()).toBe(false);
    mkdirSync(at('state'));
    writeFileSync(at('state/lock.running'), 'weave-rmpeer\n');
    expect(running()).toBe(false);
    const holder = spawn('flock', ['-x', at('state/lock.running'), 'sh', '-c', 'echo held; exec cat']);
    await once(holder.stdout, 'data');
    expect(running()).toBe(true);
    const gone = once(holder, 'exit');
    holder.stdin.end();
    await gone;
    expect(running()).toBe(false);
    expect(readFileSync(at('state/lock.running'), 'utf8')).toBe('weave-rmpeer\n');
  });

  it('tells of the unit what it takes to compare and replace it, and no secret', () => {
    const unit = '[Service]\nEnvironment="WEAVE_PASSWORD=hunter2"\nExecStart=/bin/true\n';
    writeFileSync(at('weave.service'), unit);
    writeFileSync(at('10-limits.conf'), '[Service]\nEnvironment=TOKEN=hunter2\n');
    const systemctl = (dropIns: string) =>
      `printf 'LoadState=loaded\\nFragmentPath=${at('weave.service')}\\nDropInPaths=${dropIns}\\nNeedDaemonReload=yes\\n'`;
    stubs({ systemctl: systemctl(`${at('10-limits.conf')} ${at('gone.conf')}`) });
    const { read, stdout } = inspect('PEERS=a\n');
    expect(read).toMatchObject({
      unitFile: {
        path: at('weave.service'),
        digest: createHash('sha256').update(unit).digest('hex'),
        lines: ['[Service]', 'Environment=WEAVE_PASSWORD=(removed)', 'ExecStart=/bin/true'],
        hidden: new Map([[1, expect.stringMatching(/^[0-9a-f]{64}$/)]]),
        dropIns: [
          { name: '10-limits.conf', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
          { name: 'gone.conf', digest: null },
        ],
        unread: true,
      },
    });
    expect(stdout).not.toContain('hunter2');
    for (const odd of [
      '[Service]\r\nEnvironment="WEAVE_PASSWORD=x \\\r\nhunter2"\r\n',
      '[Service]\nEnvironment="WEAVE_PASSWORD=x \\\n# a word\n  ; more\nhunter2"\n',
      '[Service]\nEnvironment=http_proxy=http://ann:hunter2@proxy:3128\n',
    ]) {
      writeFileSync(at('weave.service'), odd);
      const odder = inspect('PEERS=a\n');
      expect(odder.stdout).toContain('= unit-line [Service]');
      expect(odder.stdout).not.toContain('hunter2');
    }
    const salted = (salt: string) => inspected('PEERS=a\n', { salt }).unitFile.dropIns[0]?.digest;
    expect(salted('s')).toBe(salted('s'));
    expect(salted('t')).not.toBe(salted('s'));
    stubs({ systemctl: 'exit 1' });
    expect(inspected('PEERS=a\n').unitFile).toEqual({
      path: '',
      digest: null,
      stamp: null,
      lines: [],
      hidden: new Map(),
      dropIns: [],
      unread: null,
    });
  });

  it('says what is not there', () => {
    stubs({ docker: 'exit 1', ip: 'exit 1' });
    rmSync(at('env'), { force: true });
    expect(inspected(null)).toMatchObject({
      file: { state: 'missing', digest: null, peers: null, writable: true, obstacle: null },
      leftovers: { container: null, volume: null, bridge: null },
      routes: { known: false, because: 'ip route list failed' },
      attached: { known: false, because: 'it was not asked' },
      docker: { known: false, because: 'docker does not answer on this host' },
    });
    stubs({ docker: 'echo web', ip: '[ "$5" = lo ]' });
    expect(inspected(null).leftovers).toEqual({ container: false, volume: false, bridge: false });
  });

  it('tells by a stamp whether somebody touched a file, and nothing of what it holds', () => {
    const unit = at('weave.service');
    stubs({ systemctl: `printf 'LoadState=loaded\\nFragmentPath=${unit}\\n'` });
    const stamps = (stat?: string) => {
      if (stat !== undefined) stub('stat', stat);
      const { file, unitFile } = inspected(null);
      rmSync(at('bin/stat'), { force: true });
      return [file.stamp, unitFile.stamp];
    };
    const busy = spawnSync('busybox', ['stat', '-c', '%i', '/']).status === 0 ? ['busybox stat "$@"'] : [];
    for (const stat of [undefined, 'exit 1', ...busy]) {
      writeFileSync(at('env'), 'WEAVE_PASSWORD=hunter2\n');
      writeFileSync(unit, '[Service]\n');
      const before = stamps(stat);
      expect(before).toEqual([expect.stringMatching(/^\d+\./), expect.stringMatching(/^\d+\./)]);
      expect(stamps(stat)).toEqual(before);
      // The old ones stay, so that the new ones are others: a place that is free is given away again at once.
      renameSync(at('env'), at('env-before'));
      renameSync(unit, at('unit-before'));
      writeFileSync(at('env'), 'WEAVE_PASSWORD=hunter2\n');
      writeFileSync(unit, '[Service]\n');
      const after = stamps(stat);
      expect([after[0] === before[0], after[1] === before[1]]).toEqual([false, false]);
    }
    // As stat tells it, to the nanosecond where it knows that; whatever the time zone is.
    expect(stamps('echo "7 1700000000 2026-11-27 16:33:31.123456789 +0000"')).toEqual([
      '7.1700000000.123456789',
      '7.1700000000.123456789',
    ]);
    expect(stamps('echo "7 1700000000 2026-11-27 16:33:31 +0000"')[0]).toBe('7.1700000000');
  });

  it('follows a symlink and says so', () => {
    stubs();
    rmSync(at('env'), { force: true });
    writeFileSync(at('elsewhere'), 'PEERS=a\n');
    chmodSync(at('elsewhere'), 0o600);
    symlinkSync('elsewhere', at('env'));
    expect(inspected(null).file).toMatchObject({ path: at('elsewhere'), symlink: true, mode: '600' });
    rmSync(at('env'));
  });

  it.each([
    ['several lines of a secret', 'A=1\nWEAVE_PASSWORD="hun\nter2\n"\nPEERS=x\n', { from: 5, to: 5 }],
    ['a list over lines', 'PEERS="a \\\n b \\\n c"\nB=1\n', { from: 1, to: 3, words: ['a', 'b', 'c'] }],
    ['a secret continued', "WEAVE_TOKEN=hunter2\\\nhunter2\nPEERS='a b'\n", { from: 3, to: 3, quote: "'" }],
    ['CR LF', '#\r\nPEERS=a\r\n', { from: 2, to: 2, words: ['a'] }],
    [
      'words that sound secret in host names',
      'PEERS="private-1 token-2 key-3"\n',
      { words: ['private-1', 'token-2', 'key-3'] },
    ],
    [
      'options',
      'PEERS="--ipalloc-range 10.2.0.0/16 a b"\n',
      { words: ['--ipalloc-range', '10.2.0.0/16', 'a', 'b'] },
    ],
  ])('keeps the numbers of the lines: %s', (_, text, assignment) => {
    stubs();
    const { read, stdout } = inspect(text);
    expect(read).toMatchObject({ file: { assignment, obstacle: null } });
    expect(stdout).not.toMatch(/hun|ter2/);
  });

  it.each([
    ['sets PEERS more than once', 'PEERS=a\nPEERS=b\n'],
    ['has an option in PEERS that may carry a password', 'PEERS="--password hunter2 a"\n'],
    ['has an option in PEERS that may carry a password', 'PEERS="a --password=hunter2"\n'],
    ['has carriage returns inside its lines', 'A=1\rB=2\nPEERS=a\n'],
    ['ends inside a quotation or after a \\', 'A="open\n'],
    ['holds NUL bytes', 'PEERS=a\n\0\n'],
    ['has "$(x)" in PEERS', 'PEERS="a $(x)"\n'],
  ])('knows a file that %s', (obstacle, text) => {
    stubs();
    const { read, stdout } = inspect(text);
    expect(read).toMatchObject({ file: { obstacle } });
    expect(stdout).not.toContain('hunter2');
  });

  it.each([
    'WEAVE_PASSWORD=hunter2',
    ' weave_password = hunter2',
    '#WEAVE_PASSWORD=hunter2',
    '; hunter2',
    'OPTIONS="--log-level debug --password hunter2"',
    'API_KEY="a\\"hunter2"',
    "SECRET='hunter2",
    'hunter2',
    'WEAVE_TOKEN="\nhunter2\n"',
    'WEAVE_PW="hunter2"',
    'X=hunter2',
    `ODD="a 'hunter2' \\"$x #hunter2"`,
    'BLOB=aHVudGVyMg==hunter2',
    'WEAVE_DOCKER_ARGS="-e A=hunter2"',
    'DOCKER_HOST=tcp://ann:hunter2@10.0.0.9:2375',
    'PEERS="-p hunter2 b"',
    'PEERS="-phunter2 b"',
    'PEERS="--pw=hunter2 b"',
    `PEERS='"--pw" hunter2 b'`,
  ])('never prints the secret of %j', (line) => {
    stubs();
    const { stdout, status } = inspect(`${line}\nPEERS=a\n`);
    expect(status).toBe(0);
    expect(stdout).not.toContain('hunter2');
    expect(stdout).not.toContain('unter');
  });

  it('tells by salted digests whether secrets are the same', () => {
    stubs();
    const of = (text: string, salt = 's') => inspected(text, { salt }).file.secretDigests;
    const one = of('PEERS=a\nWEAVE_PASSWORD="hun\nter2"\nX_TOKEN=y\n');
    expect([...one.keys()]).toEqual(['WEAVE_PASSWORD', 'X_TOKEN']);
    expect(of('A=1\nWEAVE_PASSWORD="hun\nter2"\n').get('WEAVE_PASSWORD')).toBe(one.get('WEAVE_PASSWORD'));
    expect(of('WEAVE_PASSWORD="hunter3"\n').get('WEAVE_PASSWORD')).not.toBe(one.get('WEAVE_PASSWORD'));
    expect(of('WEAVE_PASSWORD="hun\nter2"\n', 't').get('WEAVE_PASSWORD')).not.toBe(one.get('WEAVE_PASSWORD'));
    expect(of('PEERS="private-1"\n').size).toBe(0);
    // Quotes alone make no other secret.
    const bare = of('X_TOKEN=y\n').get('X_TOKEN');
    for (const same of ['X_TOKEN="y"', "X_TOKEN='y'", 'X_TOKEN= "y" ', 'X_TOKEN=y\r'])
      expect(of(`${same}\n`).get('X_TOKEN')).toBe(bare);
    for (const other of ['X_TOKEN="y\\""', 'X_TOKEN=\'"y"\'', 'X_TOKEN="\\y"', 'X_TOKEN=yy'])
      expect(of(`${other}\n`).get('X_TOKEN')).not.toBe(bare);
  });

  it('tells an empty password from one that is set', () => {
    stubs();
    for (const none of ['WEAVE_PASSWORD=', 'WEAVE_PASSWORD=""', "WEAVE_PASSWORD=''"]) {
      const { file } = inspected(`${none}\nPEERS=a\n`);
      expect([file.secrets, file.secretDigests.size]).toEqual([[], 0]);
      expect(file.names).toEqual(['WEAVE_PASSWORD', 'PEERS']);
    }
  });

  it('shows what is known to be harmless, and of the rest whose it is', () => {
    stubs({ hostname: 'echo web-1' });
    const shown = (line: string) => inspected(`${line}\nPEERS=a\n`).file.lines[0];
    for (const harmless of [
      'WEAVE_MTU=1350',
      'WEAVE_NO_FASTDP=1',
      'CHECKPOINT_DISABLE="1"',
      'IPALLOC_RANGE=10.32.0.0/12',
      'IPALLOC_INIT=consensus=3',
      "HOSTNAME_MATCH='(.*)\\.x'",
      'WEAVE_STATUS_ADDR=10.0.0.11:6782',
      'OTHER=',
      'PEERS="--ipalloc-range 10.2.0.0/16 --no-dns --name=aa:bb h1 10.0.0.1"',
    ])
      expect(shown(harmless)).toBe(harmless);
    for (const [line, wanted] of [
      ['OPTS="--name=aa x 10.0.0.11:6784 10.0.0.12 y"', 'OPTS="(removed) --name aa 10.0.0.11 10.0.0.12"'],
      [
        'OPTS="x --nickname web y web-1/z web-1.example"',
        'OPTS="(removed) --nickname web web-1 web-1.example"',
      ],
      ['API_TOKEN=web-1.10.0.0.1', 'API_TOKEN="(removed)"'],
    ] as const)
      expect(shown(line)).toBe(wanted);
    expect(inspected('OPTS="x 10.0.0.1"\nPEERS=a\n').file).toMatchObject({
      secrets: ['OPTS'],
      secretDigests: new Map([['OPTS', expect.stringMatching(/^[0-9a-f]{64}$/)]]),
    });
  });

  it.each([
    [
      'Environment=WEAVE_MTU=1350 "HOSTNAME_MATCH=a b" X=1',
      'Environment=WEAVE_MTU=1350 "HOSTNAME_MATCH=a b" X=(removed)',
    ],
    [`Environment="PW=hunter2 10.0.0.1" 'B=hun ter2'`, 'Environment=PW=(removed) 10.0.0.1 B=(removed)'],
    ['Environment=WEAVE_PASSWORD=hunter2', 'Environment=WEAVE_PASSWORD=(removed)'],
    ['Environment="OPEN=hunter2', 'Environment=OPEN=(removed)'],
    ['ExecStartPre=/usr/local/bin/weave launch --no-restart $PEERS', null],
    [`ExecStartPre=-/usr/local/bin/weave launch --ipalloc-range 10.2.0.0/16 --name=aa:bb \${PEERS}`, null],
    ['ExecStart=/usr/bin/docker attach weave', null],
    ['ExecStop=/usr/local/bin/weave stop', null],
    [
      'ExecStartPre=/usr/local/bin/weave launch --password hunter2 $PEERS',
      'ExecStartPre=/usr/local/bin/weave launch --password (removed) $PEERS',
    ],
    [
      'ExecStartPre=/usr/local/bin/weave launch --password "hunter2 launch 10.0.0.9" $PEERS',
      'ExecStartPre=/usr/local/bin/weave launch --password (removed) (removed) 10.0.0.9 $PEERS',
    ],
    [
      'ExecStartPre=/usr/local/bin/weave launch --password=hunter2 -p hunter2 -phunter2 $PEERS',
      'ExecStartPre=/usr/local/bin/weave launch --password=(removed) -p (removed) $PEERS',
    ],
    [`ExecStartPre=/bin/sh -c 'login hunter2; weave launch'`, 'ExecStartPre=/bin/sh -c (removed)'],
    [
      'ExecStartPre=/bin/login hunter2 /etc/x 10.0.0.9:80',
      'ExecStartPre=/bin/login (removed) /etc/x 10.0.0.9:80',
    ],
    ['ExecStartPre=/usr/bin/logger "web-1 starts"', 'ExecStartPre=/usr/bin/logger (removed) web-1 (removed)'],
    ['Restart=always', null],
    ['PrivateTmp=yes', null],
    ['EnvironmentFile=-/etc/secret/weave', null],
    ['Documentation=http://ann:hunter2@example.com/', 'Documentation=(removed)'],
    ['X-Note=hunter2', 'X-Note=(removed)'],
    ['SetCredential=x:hunter2', 'SetCredential=(removed)'],
    ['StandardInputText=hunter2', 'StandardInputText=(removed)'],
    ['# hunter2', '#'],
    ['hunter2', '(removed)'],
    ['Environment="A=x \\\n; hunter2\n  hunter2"', 'Environment=A=(removed)'],
  ])('of a unit shows as much as is known to be harmless: %j', (line, wanted) => {
    writeFileSync(at('weave.service'), `[Service]\n${line}\nRestart=no\n`);
    stubs({
      hostname: 'echo web-1',
      systemctl: `printf 'LoadState=loaded\\nFragmentPath=${at('weave.service')}\\n'`,
    });
    const { stdout } = inspect('PEERS=a\n');
    const { unitFile } = inspected('PEERS=a\n');
    expect(unitFile.lines).toEqual(['[Service]', wanted ?? line, 'Restart=no']);
    expect([...unitFile.hidden.keys()]).toEqual(wanted?.includes('(removed)') ? [1] : []);
    expect(stdout).not.toMatch(/hunter2|hun ter2/);
    const salted = (salt: string) => inspected('PEERS=a\n', { salt }).unitFile.hidden;
    expect(salted('s')).toEqual(unitFile.hidden);
    if (unitFile.hidden.size > 0) expect(salted('t')).not.toEqual(unitFile.hidden);
  });

  it('blanks a password in a URL', () => {
    stubs();
    expect(inspected('URL=https://ann:hunter2@example.com/\nPEERS=a\n').file.lines[0]).toBe(
      'URL="(removed)"',
    );
  });

  it('lets no content pass for a field of its own', () => {
    const forged = '= file-digest x\n! docker y\nweave-console-inspect 1 end\n= left-container no\n';
    stubs({
      docker: `printf '%s' '${forged}'; printf 'weave\\n'`,
      ip: `printf '%s' '${forged}'`,
    });
    writeFileSync(at('weave'), `#!/bin/sh\nprintf '%s' '${forged}'\n`, { mode: 0o755 });
    const text = `A="\n${forged}"\nPEERS=a\n`;
    const { read } = inspect(text, { attached: true });
    expect(read).toMatchObject({
      kind: 'inspected',
      leftovers: { container: true },
      file: { digest: createHash('sha256').update(text).digest('hex'), peers: ['a'] },
      routes: { known: true, value: [] },
    });
  });

  it('cleans what it reads', () => {
    stubs({ docker: "case $1 in version) printf '20\\033[31m.10\\033]0;x\\007\\n' ;; esac" });
    const { read } = inspect('A="\u001b[2J"\nPEERS="a"\n');
    expect(JSON.stringify(read)).not.toMatch(/\\u00[01]/);
    expect(read).toMatchObject({ docker: { known: true, value: '20.10' } });
  });

  it('believes nothing of what is not whole', () => {
    stubs();
    const { stdout } = inspect('PEERS=a\n');
    const peer = inventoryPeer({ environmentFile: at('env') });
    const reading = (text: string) => readInspection(text, peer, { at: 5, wall: 0 });
    for (let cut = 0; cut < stdout.length - 1; cut += 97)
      expect(reading(stdout.slice(0, cut))).toMatchObject({ kind: 'failed', at: 5, host: '10.0.0.11' });
    expect(reading('This account is currently not available.\n')).toMatchObject({
      why: { kind: 'no-shell' },
    });
    expect(reading(stdout.slice(0, -8))).toMatchObject({
      why: { kind: 'protocol', text: 'The inspection of 10.0.0.11 was cut short.' },
    });
  });
});

describe('what can be reached and resolved from there', () => {
  let server: Server;
  let port = 0;
  let closed = 0;
  beforeAll(async () => {
    const listen = (one: Server) =>
      new Promise<number>((done) => {
        one.listen(0, '127.0.0.1', () => done((one.address() as { port: number }).port));
      });
    server = createServer((socket) => socket.end());
    port = await listen(server);
    const other = createServer();
    closed = await listen(other);
    await new Promise((done) => other.close(done));
  });
  afterAll(() => new Promise((done) => server.close(done)));

  it.each(['curl', 'bash'])('is told by %s', (tool) => {
    // A curl that knows no telnet, as of curl-minimal, leaves it to the next.
    stubs(tool === 'curl' ? {} : { curl: 'exit 1' });
    if (tool === 'curl') rmSync(at('bin/curl'), { force: true });
    const [open, shut] = [`127.0.0.1:${port}`, `127.0.0.1:${closed}`];
    const it = inspected('PEERS=a\n', { ask: [open, shut, 'good', 'slow', 'bad'] });
    expect([it.reaches.get(open), it.reaches.get(shut)]).toEqual(['open', 'refused']);
    expect([...it.resolves].sort()).toEqual(
      [
        [open, true],
        [shut, true],
        ['good', true],
        ['bad', false],
      ].sort(),
    );
  });

  it('is not known without a tool', () => {
    stubs({ curl: 'exit 1', bash: 'echo "not known" >&2; exit 1' });
    expect(inspected('PEERS=a\n', { ask: ['good'] }).reaches.get('good')).toBe('unknown');
    rmSync(at('bin/bash'));
    rmSync(at('bin/curl'));
  });

  it('is asked of nothing that is no address', () => {
    const peer = inventoryPeer();
    const { args } = inspectCommand(peer, {
      ask: ['h1', '-x', 'a b', '$(reboot)', 'h2:6790', 'fd00::1', '[fd00::2]:6790'],
      attached: false,
      salt: 's1',
    });
    expect(args.slice(7)).toEqual([
      's1',
      '-',
      ...['h1', 'h1', '6783'],
      ...['h2:6790', 'h2', '6790'],
      ...['fd00::1', 'fd00::1', '6783'],
      ...['[fd00::2]:6790', 'fd00::2', '6790'],
    ]);
  });
});

it('is plain sh, and only reads', () => {
  const { script, effect, privileged } = inspectCommand(inventoryPeer(), {
    ask: [],
    attached: true,
    salt: 's',
  });
  expect([effect, privileged]).toEqual(['reads', false]);
  expect(script).not.toMatch(/\[\[ |<<<|<\(|^\s*local /m);
  writeFileSync(at('script'), script);
  expect(spawnSync('sh', ['-n', at('script')]).status).toBe(0);
  expect(readFileSync(at('script'), 'utf8')).not.toMatch(/\b(rm|mv|cp|mkdir|chmod|kill) /);
});
