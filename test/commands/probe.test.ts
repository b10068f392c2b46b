import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type HostFacts, readHostFacts } from '../../source/cluster/host-facts.ts';
import type { InventoryPeer } from '../../source/cluster/inventory.ts';
import { probeCommand } from '../../source/commands/probe.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import { stubHost } from '../support/stub-host.ts';
import { notAsked } from '../support/watches.ts';

const SHOW = `Restart=no
Result=success
ExecMainStatus=0
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath={}/weave.service
DropInPaths=
UnitFileState=enabled`;
const INSPECT = `{"Status":"running","Running":true,"ExitCode":0} {"Name":"no","MaximumRetryCount":0}`;

type Stubs = Record<string, string>;
const stubs = (given: Stubs = {}): Stubs => ({
  hostname: 'echo h1',
  systemctl: `cat <<'E'\n${SHOW}\nE`,
  docker: `echo "$*" >>{}/docker.log; cat <<'E'\n${INSPECT}\nE`,
  ...given,
});

let host: ReturnType<typeof stubHost> | undefined;
afterEach(() => host?.remove());

const UNIT = '[Service]\nEnvironmentFile=-/etc/sysconfig/weave\nExecStart=/usr/bin/docker attach weave\n';

const probe = (
  given: {
    stubs?: Stubs;
    environment?: string;
    unit?: string;
    without?: string[];
    peer?: Partial<InventoryPeer>;
    salt?: string;
  } = {},
): { stdout: string; facts: HostFacts } => {
  host = stubHost(given.stubs ?? stubs(), { without: given.without ?? [] });
  const peer = inventoryPeer({
    environmentFile:
      given.environment === undefined
        ? join(host.folder, 'none/weave')
        : host.write('etc/weave', given.environment),
    weave: host.write('weave', '#!/bin/sh\nset -e\nSCRIPT_VERSION="2.8.1"\nSCRIPT_VERSION=x\n'),
    machineIdFile: host.write('machine-id', '83dbb0545a8a6eb795ab260761c61046\n'),
    bootIdFile: host.write('boot-id', 'b9c0944f-8d34-4ade-b396-8d1f0314cf6b\n'),
    stateDir: join(host.folder, 'state'),
    ...given.peer,
  });
  host.write('weave.service', given.unit ?? UNIT);
  const { stdout, status } = host.run(probeCommand(peer, given.salt ?? 'salt'));
  expect(status).toBe(0);
  const read = readHostFacts(stdout, peer.environmentFile);
  if (read.kind !== 'facts') throw new Error(`${read.why}: ${stdout}`);
  return { stdout, facts: read.facts };
};

describe('a documented host', () => {
  it('tells everything', () => {
    const { facts } = probe({ environment: 'PEERS="10.0.0.1 10.0.0.2"\nWEAVE_MTU=1400\n' });
    expect(facts).toEqual({
      hostname: 'h1',
      user: expect.stringMatching(/./),
      root: process.getuid?.() === 0,
      sudo: null,
      machineId: { known: true, value: '83dbb0545a8a6eb795ab260761c61046' },
      bootId: { known: true, value: 'b9c0944f-8d34-4ade-b396-8d1f0314cf6b' },
      clock: { known: true, value: expect.any(Number) },
      unit: {
        known: true,
        value: {
          load: 'loaded',
          active: 'active',
          sub: 'running',
          enabled: 'enabled',
          result: 'success',
          mainStatus: 0,
          restart: 'no',
          fragment: expect.stringContaining('/weave.service'),
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
      container: { known: true, value: { status: 'running', exitCode: 0, restartPolicy: 'no' } },
      scriptVersion: { known: true, value: '2.8.1' },
      environment: {
        path: expect.stringContaining('etc/weave'),
        state: 'read',
        peers: ['10.0.0.1', '10.0.0.2'],
        keys: ['PEERS', 'WEAVE_MTU'],
        settings: { PEERS: '', WEAVE_MTU: '1400' },
        hidden: {},
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        unresolved: [],
        passwordDigest: null,
        runningPasswordDigest: null,
      },
      ...notAsked,
      routes: { known: false, because: 'they were not asked for' },
      tools: ['docker', 'systemctl', 'timeout', 'sha256sum', 'awk'],
      reclaimed: { known: true, value: [] },
    });
    const { clock } = facts;
    expect(clock.known && Math.abs(clock.value - Date.now()) < 3_600_000).toBe(true);
  });
});

describe('what is missing is said, never guessed', () => {
  it('without systemd, docker, curl, sha256sum, timeout and the files', () => {
    const { facts } = probe({
      stubs: {},
      without: ['timeout', 'sha256sum', 'openssl'],
      peer: { machineIdFile: '/nowhere/id', weave: '/nowhere/weave' },
    });
    expect(facts.unit).toEqual({ known: false, because: 'this host has no systemctl' });
    expect(facts.container).toEqual({ known: false, because: 'this host has no docker' });
    expect(facts.machineId).toEqual({ known: false, because: '/nowhere/id is not there' });
    expect(facts.scriptVersion).toEqual({ known: false, because: '/nowhere/weave is not there' });
    expect(facts.environment).toMatchObject({ state: 'missing', peers: null, keys: [], digest: null });
    expect(facts.tools).toEqual(['awk']);
  });

  it('a unit that systemd does not know', () => {
    const { facts } = probe({
      stubs: stubs({
        systemctl: "printf 'LoadState=not-found\\nActiveState=inactive\\nFragmentPath=\\nUnitFileState=\\n'",
      }),
    });
    expect(facts.unit).toMatchObject({
      known: true,
      value: { load: 'not-found', enabled: '', digest: null },
    });
  });

  it('systemd that does not answer', () => {
    const { facts } = probe({ stubs: stubs({ systemctl: 'exit 1' }) });
    expect(facts.unit).toEqual({ known: false, because: 'systemctl show ended with exit code 1' });
  });

  it.each([
    [
      'no container',
      '[ "$1" = ps ] && { echo other; exit 0; }; exit 1',
      { known: true, value: { status: 'absent', exitCode: null, restartPolicy: null } },
    ],
    [
      'a container that inspect fails on',
      '[ "$1" = ps ] && { echo weave; exit 0; }; exit 1',
      { known: false, because: 'docker inspect ended with exit code 1' },
    ],
    ['docker that is down', 'exit 1', { known: false, because: 'docker does not answer on this host' }],
    ['docker that hangs', 'sleep 50', { known: false, because: 'docker did not answer within 4 s' }],
    [
      'docker that prints no JSON',
      'echo hello',
      { known: false, because: 'docker inspect did not print JSON' },
    ],
  ])('%s', (_, docker, expected) => {
    expect(probe({ stubs: stubs({ docker, systemctl: 'exit 1' }) }).facts.container).toEqual(expected);
  });

  it('a clock that knows no milliseconds, as busybox has it', () => {
    const { facts } = probe({ stubs: stubs({ date: `echo "1700000000\${1#+%s}"` }) });
    expect(facts.clock).toEqual({ known: true, value: 1_700_000_000_500 });
  });

  it('an environment file that is a folder', () => {
    const { facts } = probe({ peer: { environmentFile: '/etc' } });
    expect(facts.environment.state).toBe('unreadable');
  });
});

describe('an ordinary user', () => {
  const user = { id: 'case $1 in -u) echo 1000 ;; *) echo ops ;; esac' };

  it('reads the files and asks docker through sudo, where the config allows and it works', () => {
    const sudo = `echo "$*" >>{}/sudo.log; shift; exec "$@"`;
    const { facts } = probe({
      stubs: stubs({ ...user, sudo }),
      environment: 'PEERS=a\n',
      peer: { sudo: 'passwordless' },
    });
    expect(facts).toMatchObject({
      user: 'ops',
      root: false,
      sudo: true,
      environment: { state: 'read', peers: ['a'] },
    });
    const log = readFileSync(join(host?.folder ?? '', 'sudo.log'), 'utf8');
    expect(log).toContain('-n true\n');
    expect(log).toMatch(/^-n timeout 4 docker inspect /m);
  });

  it('goes without where sudo asks for a password', () => {
    const { facts } = probe({
      stubs: stubs({ ...user, sudo: 'exit 1' }),
      environment: 'PEERS=a\n',
      peer: { sudo: 'passwordless' },
    });
    expect(facts).toMatchObject({ sudo: false, environment: { state: 'read' }, container: { known: true } });
  });

  it('never touches sudo where the config says so', () => {
    const { facts } = probe({ stubs: stubs({ ...user, sudo: 'echo x >{}/sudo.log' }) });
    expect(facts.sudo).toBe(null);
    expect(existsSync(join(host?.folder ?? '', 'sudo.log'))).toBe(false);
  });
});

describe('secrets stay on the host', () => {
  const unitDigest = (facts: HostFacts) => (facts.unit.known ? facts.unit.value.digest : null);

  it.each([
    ['plain', 'WEAVE_PASSWORD=hunter2'],
    ['quoted', 'WEAVE_PASSWORD="hunter2 hunter2"'],
    ['over two lines', 'WEAVE_PASSWORD="first \nhunter2"\n'],
    ['with a line end that goes on', 'WEAVE_PASSWORD=first\\\nhunter2'],
    ['without a final newline, in single quotes', "API_TOKEN='hunter2"],
    ['commented out', '# WEAVE_PASSWORD=hunter2'],
    ['a line that is no assignment', 'hunter2'],
    ['an option in PEERS', 'PEERS="10.0.0.1 --password=hunter2 10.0.0.2"'],
    ['an option in PEERS with its own word', 'PEERS="10.0.0.1 --password hunter2 10.0.0.2"'],
    ['an option in PEERS, with blanks in it', `PEERS='10.0.0.1 --password "x hunter2 y" 10.0.0.2'`],
    ['the same after =', `PEERS="10.0.0.1 --password='x hunter2' 10.0.0.2"`],
    ['a quotation without an end', `PEERS="10.0.0.1 --password 'x hunter2`],
    ['an option in another variable', 'OPTS="--token=hunter2"'],
    ['an account in a URL', 'OPTS="--log https://ann:hunter2@example.com/"'],
    ['a URL beside a token', 'OPTS="--token=x https://ann:hunter2@example.com/"'],
    ['after a lone carriage return', 'PEERS=10.0.0.1\rWEAVE_PASSWORD=hunter2\r'],
  ])('%s', (_, environment) => {
    const { stdout, facts } = probe({ environment });
    expect(stdout).not.toContain('hunter2');
    expect(facts.environment.state).toBe('read');
    expect(facts.environment.peers).toEqual(
      environment.includes('10.0.0.2')
        ? ['10.0.0.1', '10.0.0.2']
        : environment.includes('PEERS')
          ? ['10.0.0.1']
          : null,
    );
  });

  it.each([
    ['under a name that does not tell', 'WEAVE_PW="hunter2"'],
    ['in small letters', 'weave_pw=hunter2'],
    ['as base64', 'BLOB=aHVudGVyMg==hunter2'],
    ['with blanks, quotes, $ and #', `ODD="a 'hunter2' \\"$x #hunter2"`],
    ['a short option', 'PEERS="10.0.0.1 -p hunter2 10.0.0.2"'],
    ['a short option with its argument', 'PEERS="10.0.0.1 -phunter2 10.0.0.2"'],
    ['an option that nobody knows', 'PEERS="10.0.0.1 --pw=hunter2 10.0.0.2"'],
    ['an account in a harmless variable', 'DOCKER_HOST=tcp://ann:hunter2@10.0.0.9:2375'],
  ])('%s', (_, environment) => {
    const { stdout, facts } = probe({ environment });
    expect(stdout).not.toContain('hunter2');
    expect(stdout).not.toContain('HVudGVyMg');
    expect(facts.environment.state).toBe('read');
  });

  it('but what is known to be harmless is shown', () => {
    const environment = `WEAVE_MTU=1350\nCHECKPOINT_DISABLE=1\nIPALLOC_RANGE=10.2.0.0/16\nHOSTNAME_MATCH='^a b$'\nPEERS="--ipalloc-range=10.2.0.0/16 --name h5 10.0.0.1"\nOTHER=x\nNONE=\n`;
    expect(probe({ environment }).facts.environment).toMatchObject({
      settings: {
        WEAVE_MTU: '1350',
        CHECKPOINT_DISABLE: '1',
        IPALLOC_RANGE: '10.2.0.0/16',
        HOSTNAME_MATCH: '^a b$',
        PEERS: '--ipalloc-range=10.2.0.0/16 --name h5',
        OTHER: '(removed)',
        NONE: '',
      },
      peers: ['10.0.0.1'],
      hidden: { OTHER: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('and are compared by salted digests only', () => {
    const of = (value: string, salt: string) => {
      const unit = `[Service]\nEnvironment="X=${value}"\nExecStart=/a --password ${value}\n`;
      const { facts } = probe({ environment: `PEERS=10.0.0.1\nOTHER=${value}\n`, unit, salt });
      host?.remove();
      const { hidden, digest } = facts.environment;
      return { file: hidden.OTHER, unit: unitDigest(facts), open: digest };
    };
    const [one, same, other, salted, none] = [
      of('one', 's'),
      of('one', 's'),
      of('two', 's'),
      of('one', 't'),
      of('one', ''),
    ];
    expect(same).toEqual(one);
    for (const differs of [other, salted]) {
      expect(differs.file).not.toBe(one.file);
      expect(differs.unit).not.toBe(one.unit);
    }
    expect(other.open).toBe(one.open);
    expect(none).toEqual({ file: undefined, unit: null, open: one.open });
  });

  it('while every other difference shows in the digests', () => {
    const digest = (environment: string, unit: string) => {
      const { facts } = probe({ environment, unit });
      host?.remove();
      return [facts.environment.digest, unitDigest(facts)];
    };
    const [environment, unit] = digest('PEERS=10.0.0.1\n', UNIT);
    expect(digest('PEERS=10.0.0.2\n', UNIT)).toEqual([expect.not.stringMatching(`${environment}`), unit]);
    expect(digest('PEERS=10.0.0.1\n', `${UNIT}Restart=always\n`)).toEqual([
      environment,
      expect.not.stringMatching(`${unit}`),
    ]);
  });
});

describe('of a weave that does not run', () => {
  const down = {
    docker: `echo "$*" >>{}/docker.log
case $1 in
inspect) echo '{"Status":"exited","Running":false,"ExitCode":1} {"Name":"no","MaximumRetryCount":0}' ;;
ps) printf 'db\\nweavedb\\n' ;;
logs) printf 'INFO: weave 2.8.1\\nFATA: 2026/11/22 lookup h9 on 10.0.0.53:53: no such host\\nhunter2\\n' >&2 ;;
esac`,
    ip: `case $* in
'route list') printf 'default via 10.0.0.1 dev eth0\\n10.32.0.0/24 via 10.0.0.9 dev eth0\\n' ;;
*'dev weave') exit 1 ;;
esac`,
    journalctl: `printf 'Starting Weave...\\nERROR: Default --ipalloc-range 10.32.0.0/12 overlaps with existing route on host.\\nhunter2\\n'`,
  };

  it('tells what is left, the routes, and of its last words those that say why', () => {
    const { stdout, facts } = probe({ stubs: stubs(down) });
    expect(facts.leftovers).toEqual({ container: false, volume: true, bridge: false });
    expect(facts.routes).toEqual({ known: true, value: ['10.32.0.0/24'] });
    expect(facts.lastWords).toEqual([
      'ERROR: Default --ipalloc-range 10.32.0.0/12 overlaps with existing route on host.',
      'FATA: 2026/11/22 lookup h9 on 10.0.0.53:53: no such host',
    ]);
    expect(stdout).not.toContain('hunter2');
  });

  it('and asks none of it where weave runs', () => {
    const { docker: _, ...others } = down;
    const { facts } = probe({ stubs: stubs(others) });
    expect(facts).toMatchObject({ ...notAsked, routes: { known: false } });
    expect(
      readFileSync(join(host?.folder ?? '', 'docker.log'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(1);
  });

  it('and no last words of one that was stopped in order', () => {
    const stopped = down.docker.replace('"ExitCode":1', '"ExitCode":0');
    expect(probe({ stubs: stubs({ ...down, docker: stopped }) }).facts.lastWords).toEqual([]);
  });
});

describe('names in PEERS', () => {
  const getent = `echo "$2" >>{}/getent.log; case $2 in h2) exit 2 ;; h3) sleep 9 ;; *) exit 0 ;; esac`;
  const asked = () =>
    existsSync(join(host?.folder ?? '', 'getent.log'))
      ? readFileSync(join(host?.folder ?? '', 'getent.log'), 'utf8')
          .trim()
          .split('\n')
          .sort()
      : [];

  it('are asked for, addresses and options are not; one that is not answered in time is unknown', () => {
    const { facts } = probe({
      stubs: stubs({ getent }),
      environment:
        'PEERS="10.0.0.1 h1.example h2:6783 h3 [fd00::1]:6783 fd00::2 10.0.0.3:6783 --log-level=debug $(h4) --name h5 --password h6"\n',
    });
    expect(asked()).toEqual(['h1.example', 'h2', 'h3']);
    expect(facts.environment.unresolved).toEqual(['h2:6783']);
  });

  it('are asked for up to a number', () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    probe({ stubs: stubs({ getent }), environment: `PEERS="${names.join(' ')}"\n` });
    expect(asked()).toHaveLength(32);
  });

  it('cost nothing where there are none', () => {
    probe({ stubs: stubs({ getent }), environment: 'PEERS="10.0.0.1 10.0.0.2"\n' });
    expect(asked()).toEqual([]);
  });
});

describe('the digest of the password', () => {
  const digestOf = (line: string, salt = 'salt') => {
    const { stdout, facts } = probe({ environment: `PEERS=10.0.0.1\n${line}\n`, salt });
    host?.remove();
    expect(stdout).not.toContain('hunter2');
    return facts.environment.passwordDigest;
  };

  it('is the same for the same password however it is written, and another with another salt', () => {
    const one = digestOf('WEAVE_PASSWORD=hunter2');
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    for (const line of [
      'WEAVE_PASSWORD="hunter2"',
      "WEAVE_PASSWORD='hunter2'  ",
      'X=1\nWEAVE_PASSWORD=hunt\\\ner2',
    ])
      expect(digestOf(line)).toBe(one);
    expect(digestOf('WEAVE_PASSWORD=hunter22')).not.toBe(one);
    expect(digestOf('WEAVE_PASSWORD=hunter2', 'other')).not.toBe(one);
  });

  it('is none without a salt or without a password', () => {
    expect(digestOf('WEAVE_PASSWORD=hunter2', '')).toBe(null);
    expect(digestOf('# WEAVE_PASSWORD=hunter2')).toBe(null);
  });
});

describe('the digest of the password that runs', () => {
  const docker = (env: string, status = 'running') =>
    `case "$*" in *Config.Env*) printf '%b' '${env}' ;; *) echo '{"Status":"${status}","Running":${status === 'running'},"ExitCode":0} {"Name":"no"}' ;; esac`;
  const digestsOf = (env: string, line: string, more: { salt?: string; status?: string } = {}) => {
    const { stdout, facts } = probe({
      stubs: stubs({ docker: docker(env, more.status) }),
      environment: `PEERS=10.0.0.1\n${line}\n`,
      salt: more.salt ?? 'salt',
    });
    host?.remove();
    expect(stdout).not.toContain('hunter');
    const { passwordDigest: file, runningPasswordDigest: running } = facts.environment;
    return { file, running };
  };
  const env = (value: string) =>
    `- --port\\n- 6783\\nPATH=/bin\\nWEAVE_PASSWORD=${value}\\nX=WEAVE_PASSWORD=y\\n`;

  it('is that of the file where weave was started with it, and another one where it was changed since', () => {
    for (const line of ['WEAVE_PASSWORD=hunter2', 'WEAVE_PASSWORD="hunter2"']) {
      const { file, running } = digestsOf(env('hunter2'), line);
      expect(running).toMatch(/^[0-9a-f]{64}$/);
      expect(running).toBe(file);
    }
    const { file, running } = digestsOf(env('hunter1'), 'WEAVE_PASSWORD=hunter2');
    expect(running).toMatch(/^[0-9a-f]{64}$/);
    expect(running).not.toBe(file);
  });

  it.each<[string, string, string, { salt?: string; status?: string }]>([
    ['without a salt', env('hunter2'), 'WEAVE_PASSWORD=hunter2', { salt: '' }],
    ['where the file sets none', env('hunter2'), 'WEAVE_MTU=1', {}],
    ['where weave is down', env('hunter2'), 'WEAVE_PASSWORD=hunter2', { status: 'exited' }],
    ['where it is empty', env(''), 'WEAVE_PASSWORD=hunter2', {}],
    ['where the container has none', 'PATH=/bin\\n', 'WEAVE_PASSWORD=hunter2', {}],
    ['where an option gave it', `- --password=hunter3\\n${env('hunter2')}`, 'WEAVE_PASSWORD=hunter2', {}],
    ['where an old option gave it', `- -password\\n${env('hunter2')}`, 'WEAVE_PASSWORD=hunter2', {}],
  ])('is none %s', (_, told, line, more) => {
    expect(digestsOf(told, line, more).running).toBeNull();
  });
});

describe('hostile content', () => {
  it('cannot pass for another field, end the output or reach the screen raw', () => {
    const { facts } = probe({
      stubs: stubs({ hostname: `printf 'h1\\n= uid 0\\nweave-console-probe 1 end\\n\\033[31mx'` }),
      environment:
        'PEERS="10.0.0.1\n= container-absent yes\n! unit broken\nweave-console-probe 1 end\n\u001b[2Jx"\n',
    });
    expect(facts.hostname).toBe('h1');
    expect(facts.container).toMatchObject({ value: { status: 'running' } });
    expect(facts.unit.known).toBe(true);
    expect(JSON.stringify(facts)).not.toContain('\\u001b');
    expect(facts.environment.peers?.[0]).toBe('10.0.0.1');
  });

  it('in a folder without permission counts as unreadable, not as missing', () => {
    if (process.getuid?.() === 0) return;
    host = stubHost(stubs());
    mkdirSync(join(host.folder, 'locked'), { mode: 0o000 });
    const { stdout } = host.run(
      probeCommand(inventoryPeer({ environmentFile: join(host.folder, 'locked/weave') })),
    );
    expect(readHostFacts(stdout)).toMatchObject({ facts: { environment: { state: 'unreadable' } } });
  });
});
