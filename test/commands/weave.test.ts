import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Command, commandLine } from '../../source/commands/command.ts';
import { BEGIN_MARK, marksOtherwise, marksUnwritten } from '../../source/commands/marks-script.ts';
import { quote } from '../../source/commands/quote.ts';
import {
  unitDisable,
  unitEnable,
  unitEnableNow,
  unitPathsArePlain,
  unitStop,
  unitText,
} from '../../source/commands/unit.ts';
import {
  isWeaveAddress,
  peerInSight,
  rmpeerNotRun,
  weaveConnect,
  weaveForget,
  weavePrime,
  weaveReset,
  weaveRmpeer,
  weaveRunsThere,
  weaveWipe,
} from '../../source/commands/weave.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import { temporaryFolder } from '../support/keys.ts';

const peer = inventoryPeer();
const evil = inventoryPeer({ weave: "/opt/we'ave $(reboot)", unit: '--no-block; reboot' });
const line = (command: Parameters<typeof commandLine>[0]) => commandLine(command, { sudo: false });
const SCRIPT = `'WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; weave=$1; shift 2; exec "$weave" "$@" </dev/null'`;

const RMPEER = `WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; weave=$1 state=$3 name=$4 run=$5 on=$6
peers=$("$weave" status peers </dev/null 2>&1)
case $peers in
*??:??:??:??:??:??'('*) ;;
*)
  echo 'weave status peers does not tell whom weave sees on this host: rmpeer was not run.' >&2
  exit 77
  ;;
esac
case "
$peers" in
*"
$name("*)
  echo "weave on this host sees $name again: it lives, and rmpeer was not run." >&2
  exit 77
  ;;
esac
${BEGIN_MARK}"$weave" rmpeer "$name"
code=$?
case $code in 73 | 74 | 77 | 78) exit 1 ;; esac
exit "$code"`;

const PRIME = `'WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; weave=$1
folder=$(umask 077; mktemp -d) || exit 70
exec 3>"$folder/out" 4<"$folder/out" 5>"$folder/err" 6<"$folder/err"
rm -r "$folder"
( trap '\\'''\\'' HUP
exec "$weave" prime >&3 2>&5 3>&- 5>&- ) </dev/null >/dev/null 2>&1 4<&- 6<&- &
client=$!
for second in 1 2 3 4 5; do
  sleep 1
  kill -0 "$client" 2>/dev/null && continue
  wait "$client"
  code=$?
  cat <&4
  cat <&6 >&2
  exit "$code"
done
echo '\\''weave prime waits for more peers; it goes on by itself on this host.'\\''
'`;

describe('weave commands', () => {
  it.each([
    [weaveReset(peer), `sh -c ${SCRIPT} weave-reset /usr/local/bin/weave 127.0.0.1:6784 reset`],
    [weavePrime(peer), `sh -c ${PRIME} weave-prime /usr/local/bin/weave 127.0.0.1:6784`],
    [
      weaveConnect(peer, '10.0.0.16'),
      `sh -c ${SCRIPT} weave-connect /usr/local/bin/weave 127.0.0.1:6784 connect 10.0.0.16`,
    ],
    [
      weaveForget(peer, ['host3', '10.0.0.3:6783']),
      `sh -c ${SCRIPT} weave-forget /usr/local/bin/weave 127.0.0.1:6784 forget host3 10.0.0.3:6783`,
    ],
    [
      weaveRmpeer(peer, { name: '3a:60:92:67:c7:4d', run: 'run1' }),
      `sh -c ${quote(RMPEER)} weave-rmpeer /usr/local/bin/weave 127.0.0.1:6784 /var/lib/weave-console 3a:60:92:67:c7:4d run1 ${peer.address}`,
    ],
    [weaveReset(evil), `sh -c ${SCRIPT} weave-reset '/opt/we'\\''ave $(reboot)' 127.0.0.1:6784 reset`],
  ])('is exactly this string', (command, text) => {
    expect(line(command)).toBe(text);
  });

  it('wipes a host only where weave is down, as it says itself right before it', () => {
    expect(line(weaveWipe(peer))).toBe(
      `sh -c 'if running=$(docker inspect -f '\\''{{.State.Running}}'\\'' weave 2>/dev/null); then :
elif docker version >/dev/null 2>&1; then running=absent
else
  echo '\\''Docker does not answer on this host: nothing was wiped.'\\'' >&2
  exit 76
fi
if [ "$running" = true ]; then
  echo '\\''Weave runs on this host: nothing was wiped.'\\'' >&2
  exit 76
fi
WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; weave=$1; shift 2; exec "$weave" "$@" </dev/null' weave-wipe /usr/local/bin/weave 127.0.0.1:6784 reset --force`,
    );
  });

  describe('right before they are run', () => {
    let folder: ReturnType<typeof temporaryFolder>;
    beforeEach(() => {
      folder = temporaryFolder();
    });
    afterEach(() => folder.remove());

    const NAME = '82:93:65:46:db:ca';
    const tool = (name: string, script: string) => {
      const path = join(folder.path, name);
      writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return path;
    };
    /** Runs it as a host would on which these are the tools; what weave was called with is in `ran`. */
    const run = (make: (weave: string) => Command, weave: string, docker = 'exit 0') => {
      const ran = join(folder.path, 'ran');
      tool('docker', docker);
      const path = tool('weave', `case "$1" in status) ${weave} ;; *) echo "$*" >'${ran}' ;; esac`);
      const { status, stderr } = spawnSync('dash', ['-c', line(make(path))], {
        encoding: 'utf8',
        env: { PATH: `${folder.path}:${process.env.PATH}` },
      });
      return { status, stderr, ran: existsSync(ran) ? readFileSync(ran, 'utf8').trim() : '' };
    };
    const rmpeer = (weave: string) =>
      weaveRmpeer(inventoryPeer({ weave, stateDir: folder.path }), { name: NAME, run: 'run1' });
    const wipe = (weave: string) => weaveWipe(inventoryPeer({ weave }));

    const marks = (...lines: string[]) =>
      writeFileSync(join(folder.path, 'reclaimed'), lines.map((one) => `${one}\n`).join(''));
    const marksNow = () => readFileSync(join(folder.path, 'reclaimed'), 'utf8').split('\n').slice(0, -1);
    const mine = (state: string, on = inventoryPeer().address) =>
      `${NAME} 10.0.0.15 h5 1 run1 ${on} ${state}`;
    const nobody = `printf '12:e0:96:5c:ff:26(h1)\\n'`;

    it('rmpeer says in the mark of its run that it is begun, before it is', () => {
      const other = `02:00:00:00:00:01 10.0.0.9 - 0 run1 10.0.0.11 marked`;
      const given = `${NAME} 10.0.0.15 h5 1 run0 10.0.0.12 marked`;
      marks(other, given, mine('marked'));
      expect(run(rmpeer, nobody)).toEqual({ status: 0, stderr: '', ran: `rmpeer ${NAME}` });
      expect(marksNow()).toEqual([other, given, mine('begun')]);
      // A second attempt of the same maintenance, which has shown before that the first one did nothing.
      expect(run(rmpeer, nobody)).toMatchObject({ status: 0, ran: `rmpeer ${NAME}` });
      expect(marksNow()).toEqual([other, given, mine('begun')]);
    });

    it.each<[string, readonly string[], string]>([
      ['there is no mark at all', [], 'is not there'],
      ['its run has no mark', [`${NAME} 10.0.0.15 h5 1 run0 10.0.0.12 marked`], 'has no mark of'],
      ['its mark is of another name', [mine('marked').replace(NAME, '02:00:00:00:00:01')], 'has no mark of'],
      ['its mark names another survivor', [mine('marked', '10.0.0.12')], 'has another mark of'],
      ['its mark names none', [mine('').trim().split(' ').slice(0, 5).join(' ')], 'has another mark of'],
      [
        'another run began it',
        [`${NAME} 10.0.0.15 h5 1 run0 10.0.0.12 begun`, mine('marked')],
        'has another mark of',
      ],
      [
        'another run may have begun it',
        [mine('marked'), `${NAME} 10.0.0.15 h5 1 run0`],
        'has another mark of',
      ],
    ])('rmpeer is not run where %s', (_, lines, why) => {
      if (lines.length > 0) marks(...lines);
      const told = run(rmpeer, nobody);
      expect(told).toMatchObject({ status: marksOtherwise, ran: '' });
      expect(told.stderr).toContain(why);
      expect(told.stderr).toContain('rmpeer was not run.');
      if (lines.length > 0) expect(marksNow()).toEqual(lines);
    });

    it('rmpeer is not run where its mark can not be written', () => {
      marks(mine('marked'));
      mkdirSync(join(folder.path, '.reclaimed.new'));
      const told = run(rmpeer, nobody);
      expect(told).toMatchObject({ status: marksUnwritten, ran: '' });
      expect(told.stderr).toContain('It is what it was. rmpeer was not run.');
      expect(marksNow()).toEqual([mine('marked')]);
    });

    it('no exit code of weave itself says that rmpeer was not run', () => {
      for (const code of rmpeerNotRun) {
        marks(mine('marked'));
        const path = tool('weave', `case "$1" in status) ${nobody} ;; *) exit ${code} ;; esac`);
        expect(spawnSync('dash', ['-c', line(rmpeer(path))]).status).toBe(1);
        expect(marksNow()).toEqual([mine('begun')]);
      }
    });

    it('rmpeer asks weave on its host once more whom it sees', () => {
      marks(mine('marked'));
      const others = '12:e0:96:5c:ff:26(h1)\\n   -> 10.77.0.15:6783  82:93:65:46:db:ca(h5)  failed\\n';
      expect(run(rmpeer, `printf '${others}'`)).toEqual({ status: 0, stderr: '', ran: `rmpeer ${NAME}` });
    });

    it('rmpeer asks a weave that is not ready, too, whose answer comes as an error', () => {
      marks(mine('marked'));
      const alone = `printf '12:e0:96:5c:ff:26(h1)\\n' >&2; exit 1`;
      expect(run(rmpeer, alone)).toEqual({ status: 0, stderr: '', ran: `rmpeer ${NAME}` });
    });

    it.each([
      ['is not ready and sees it', `printf '${NAME}(h5)\\n' >&2; exit 1`, `sees ${NAME} again`],
      ['sees the peer again', `printf '12:e0:96:5c:ff:26(h1)\\n${NAME}(h5)\\n'`, `sees ${NAME} again`],
      ['sees it first', `printf '${NAME}(h5)\\n12:e0:96:5c:ff:26(h1)\\n'`, `sees ${NAME} again`],
      ['does not answer', 'echo "weave container is not running (ps)." >&2; exit 1', 'does not tell whom'],
    ])('rmpeer is not run where weave %s', (_, weave, why) => {
      marks(mine('marked'));
      const told = run(rmpeer, weave);
      expect(told).toMatchObject({ status: peerInSight, ran: '' });
      expect(told.stderr).toContain(why);
      expect(marksNow()).toEqual([mine('marked')]);
    });

    it.each([
      ['weave is stopped', 'case $1 in inspect) echo false ;; esac', 0, 'reset --force'],
      ['there is no container', 'case $1 in inspect) exit 1 ;; esac', 0, 'reset --force'],
      ['weave runs', 'case $1 in inspect) echo true ;; esac', weaveRunsThere, ''],
      ['docker does not answer', 'exit 1', weaveRunsThere, ''],
    ])('a wipe looks whether weave is down: %s', (_, docker, status, ran) => {
      expect(run(wipe, 'exit 1', docker)).toMatchObject({ status, ran });
    });
  });

  it('goes through sudo where the account is not root', () => {
    expect(commandLine(weaveReset(peer), { sudo: true })).toMatch(/^sudo -n sh -c /);
  });

  it.each([
    '',
    '-h',
    '--replace',
    'a b',
    'a&peer=b',
    'a;reboot',
    '$(reboot)',
    '`reboot`',
    "a'b",
    'a\nb',
    'a%20b',
    'x'.repeat(300),
    'a#b',
    'höst',
  ])('never hands %j to the script', (address) => {
    expect(isWeaveAddress(address)).toBe(false);
    expect(() => weaveConnect(peer, address)).toThrow(RangeError);
    expect(() => weaveForget(peer, ['10.0.0.3', address])).toThrow(RangeError);
  });

  it.each(['h3', '10.0.0.3', '10.0.0.3:6783', 'host-3.example.com', '[fd00::3]:6783'])(
    'takes %s',
    (address) => {
      expect(isWeaveAddress(address)).toBe(true);
    },
  );

  it.each(['h3', '10.0.0.3', '', '3a:60:92:67:c7', '3A:60:92:67:c7:4d; reboot'])(
    'removes no peer by %j: only a peer name means one',
    (name) => {
      expect(() => weaveRmpeer(peer, { name, run: 'run1' })).toThrow(RangeError);
    },
  );

  it('forgets nothing only on purpose', () => {
    expect(() => weaveForget(peer, [])).toThrow(RangeError);
  });

  it('waits longer than the 46 s that a stop may take', () => {
    expect(weaveReset(peer).timeout).toBeGreaterThan(60_000);
    expect(unitStop(peer).timeout).toBeGreaterThan(60_000);
  });
});

describe('systemd commands', () => {
  const CTL = `'exec systemctl "$@" </dev/null'`;
  it.each([
    [unitEnableNow(peer), `sh -c ${CTL} unit-enable-now enable --now -- weave.service`],
    [unitEnable(inventoryPeer({ unit: 'weave' })), `sh -c ${CTL} unit-enable enable -- weave.service`],
    [unitDisable(inventoryPeer({ unit: 'weave' })), `sh -c ${CTL} unit-disable disable -- weave.service`],
    [unitStop(peer), `sh -c ${CTL} unit-stop stop -- weave.service`],
    [unitDisable(evil), `sh -c ${CTL} unit-disable disable -- '--no-block; reboot.service'`],
  ])('is exactly this string', (command, text) => {
    expect(line(command)).toBe(text);
  });

  it('writes the unit of the guide, with the paths of the host', () => {
    expect(unitText(inventoryPeer({ environmentFile: '/etc/default/weave' }))).toBe(`[Unit]
Description=Weave Network
Documentation=http://docs.weave.works/weave/latest_release/
Requires=docker.service
After=docker.service
[Service]
EnvironmentFile=-/etc/default/weave
ExecStartPre=/usr/local/bin/weave launch --no-restart $PEERS
ExecStart=/usr/bin/docker attach weave
ExecStop=/usr/local/bin/weave stop
[Install]
WantedBy=multi-user.target
`);
  });

  it.each([
    { environmentFile: '/etc/my weave' },
    { environmentFile: '/etc/%n' },
    { weave: '/opt/$weave' },
    { unit: '../weave' },
    { weave: 'weave' },
  ])('knows paths that systemd would read otherwise: %j', (given) => {
    expect(unitPathsArePlain(inventoryPeer(given))).toBe(false);
    expect(unitPathsArePlain(peer)).toBe(true);
  });
});
