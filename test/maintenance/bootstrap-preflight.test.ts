import { describe, expect, it } from 'vitest';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { bootstrap } from '../../source/maintenance/procedures/bootstrap.ts';
import type { World } from '../../source/maintenance/world.ts';
import {
  bare,
  bareFacts,
  five,
  fresh,
  ids,
  noNotes,
  of,
  refused,
  said,
  stepOf,
} from '../support/fresh-hosts.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import {
  factsOf,
  fileOf,
  host,
  noFile,
  notInspected,
  noUnit,
  peersLine,
  traced,
  unitFileOf,
  unitOf,
  worldOf,
} from '../support/world.ts';

describe('the look at all hosts', () => {
  it('has nothing to say of fresh hosts, and notes the complete list', () => {
    expect(said(five, 'preflight', fresh())).toEqual([]);
    expect(stepOf(five, 'preflight').takesNotes?.(fresh())).toEqual(noNotes);
  });

  const weaveOn = (name: string) => ({ [host(name)]: traced('01-launched-idle', name) });

  it.each<readonly [string, World, readonly string[]]>([
    [
      'weave that runs, without a ring',
      fresh([], weaveOn('h2')),
      [
        'block nothing-runs: Weave runs on h2 (10.77.0.12) already, without a ring: go on with the bootstrap that started it, or stop and reset it there first.',
      ],
    ],
    [
      'weave that runs with a ring, and a second host with old data',
      fresh([bare('h4', { leftovers: { container: true, volume: true, bridge: true } })], {
        [host('h1')]: traced('03-primed-5of5/a-primed', 'h1'),
      }),
      [
        expect.stringMatching(
          /^block nothing-runs: Weave runs on h1 \(10\.77\.0\.11\) already, with a ring of \d entries: it belongs to a cluster\.$/,
        ) as unknown as string,
        'block no-ring-data never: h4 (10.77.0.14) has ring data (weavedb) of an earlier weave. Look what it is; if it may go: weave reset --force there.',
        'block clean: h4 (10.77.0.14) still has a weave bridge, with the peer name it had. Look what it is; if it may go: weave reset --force there.',
      ],
    ],
    [
      'a container that tells nothing, a unit that is active',
      fresh([
        bareFacts('h2', {
          container: { known: true, value: { status: 'running', exitCode: 0, restartPolicy: 'no' } },
        }),
        { ...bareFacts('h3', { unit: unitOf({ active: 'activating' }) }), unitFile: unitFileOf() },
      ]),
      [
        'block nothing-runs: A weave container runs on h2 (10.77.0.12), and no report can be had of it: look what it is. The unit of h3 (10.77.0.13) is activating already: stop it first.',
      ],
    ],
    [
      'a stopped container',
      fresh([
        bareFacts('h2', {
          container: { known: true, value: { status: 'exited', exitCode: 0, restartPolicy: 'no' } },
        }),
      ]),
      [
        'block clean: h2 (10.77.0.12) still has a weave container. Look what it is; if it may go: weave reset --force there.',
      ],
    ],
    [
      'docker that can not be asked',
      fresh([
        bare('h2', {
          facts: factsOf('h2', {
            unit: noUnit,
            container: { known: false, because: 'docker does not answer' },
          }),
          leftovers: { container: null, volume: null, bridge: false },
          docker: { known: false, because: 'docker does not answer' },
        }),
      ]),
      [
        'unknown nothing-runs: Whether weave runs on h2 (10.77.0.12) could not be told: docker does not answer.',
        'unknown no-ring-data never: Whether h2 (10.77.0.12) has ring data (weavedb) could not be told.',
        'unknown clean: Whether h2 (10.77.0.12) still has a weave container could not be told.',
        "block docker: Docker on h2 (10.77.0.12) can't be used: docker does not answer. Start it first.",
      ],
    ],
    [
      'a host that is out of reach: the quorum would count it',
      fresh([notInspected('h5')], { [host('h5')]: 'timeout' }),
      ["block hosts-reached: 10.77.0.15 can't be reached: 10.77.0.15: timed out."],
    ],
    [
      'no root, no flock',
      fresh([
        bareFacts('h2', { root: false, sudo: false, user: 'ops' }),
        bareFacts('h3', { tools: ['awk', 'curl'] }),
      ]),
      [
        'block root: ops on h2 (10.77.0.12) is not root and sudo asks for a password: allow sudo without one (sudo: passwordless), or log in as root. h3 (10.77.0.13) has no flock, which the lock and the edits need.',
      ],
    ],
    [
      'different versions, and none',
      fresh([
        bareFacts('h2', { scriptVersion: { known: true, value: '2.7.0' } }),
        bareFacts('h3', { scriptVersion: { known: false, because: '/usr/local/bin/weave is not there' } }),
      ]),
      [
        'block weave-version: Weave is not installed on h3 (10.77.0.13) as configured: /usr/local/bin/weave is not there. There is weave 2.8.1 on h1 (10.77.0.11), h4 (10.77.0.14) and h5 (10.77.0.15), 2.7.0 on h2 (10.77.0.12): install one version everywhere first.',
      ],
    ],
    [
      'clones',
      fresh([bareFacts('h3', { machineId: { known: true, value: 'h2'.repeat(16) } })]),
      [
        'block unique-hosts: h3 (10.77.0.13) has the machine id of h2 (10.77.0.12): it is a clone and would take its peer name. Give it a new machine id (systemd-machine-id-setup) first.',
      ],
    ],
    [
      'two hosts of one name',
      fresh([bareFacts('h3', { hostname: 'h2' })]),
      ['warn unique-hosts: h2 (10.77.0.12) has the same host name as 10.77.0.13, h2.'],
    ],
    [
      'a route in the range',
      fresh([bare('h2', { routes: { known: true, value: ['10.40.0.0/16'] } })]),
      [
        "block range-free: h2 (10.77.0.12) has a route to 10.40.0.0/16, which overlaps weave's range 10.32.0.0/12: weave would not start there.",
      ],
    ],
    [
      'an entry that does not resolve',
      fresh([
        bare('h2', { resolves: new Map([...ids.map((id) => [id, true] as const), [host('h5'), false]]) }),
      ]),
      [
        'block resolves: 10.77.0.15 does not resolve on h2 (10.77.0.12): weave would not start there with it in its list.',
      ],
    ],
    [
      'clocks that are apart',
      fresh([bare('h2', { skew: -700_000 }), bare('h3', { skew: 300_000 })]),
      [
        'block clocks: The clocks of h2 (10.77.0.12) and h3 (10.77.0.13) are 17 min apart, and weave refuses 15: set the time first.',
      ],
    ],
    [
      'a clock that is somewhat off',
      fresh([bare('h3', { skew: 90_000 })]),
      [
        'warn clocks: The clocks of h1 (10.77.0.11) and h3 (10.77.0.13) are 2 min apart: mend the time synchronisation.',
      ],
    ],
    [
      'a firewall, and a port that answers',
      fresh([
        bare('h2', { reaches: new Map([...refused, [host('h3'), 'timeout'], [host('h4'), 'open']]) }),
        bare('h3', { reaches: new Map([...refused, [host('h1'), 'unknown']]) }),
      ]),
      [
        'block ports: Something answers on TCP 6783 of h4 (10.77.0.14) already: look what it is. TCP 6783 does not pass from h2 (10.77.0.12) to h3 (10.77.0.13) (timeout): check the firewalls, UDP 6783 and 6784 too. Whether TCP 6783 passes from h3 (10.77.0.13) to h1 (10.77.0.11) could not be told.',
      ],
    ],
    [
      'units that restart by themselves, or are masked',
      fresh([
        bareFacts('h2', { unit: unitOf({ active: 'inactive', restart: 'always' }) }),
        bareFacts('h3', {
          unit: unitOf({ active: 'inactive', load: 'masked', enabled: 'masked', digest: null }),
        }),
      ]),
      [
        'block units: The unit of h2 (10.77.0.12) has Restart=always: after a reset systemd would launch it again. Set Restart=no there (systemctl edit) first. The unit of h3 (10.77.0.13) is masked: systemctl unmask it there first. The units of h2 (10.77.0.12) and h3 (10.77.0.13) are not all the same: compare systemctl cat.',
      ],
    ],
    [
      'a unit that is not the one that the others will get',
      fresh([
        { ...bareFacts('h3', { unit: unitOf({ active: 'inactive' }) }), unitFile: unitFileOf() },
        {
          ...bareFacts('h4', { unit: unitOf({ active: 'inactive' }) }),
          unitFile: unitFileOf({ lines: ['[Service]', 'ExecStart=/opt/weave.sh'] }),
        },
      ]),
      [
        'warn units: h4 (10.77.0.14) has another unit than the others will get, and it stays: make it the same by hand, or take it away.',
      ],
    ],
  ])('names %s', (_, world, sentences) => {
    expect(said(five, 'preflight', world)).toEqual(sentences);
  });

  it('asks whether a cluster of one peer is meant', () => {
    const world = worldOf({ looks: { [host('h1')]: 'refused' }, inspections: [bare('h1')] });
    expect(said(of('h1'), 'preflight', world)).toEqual([
      'warn alone: h1 (10.77.0.11) is the only peer in the config: it makes a ring by itself. If others belong to this cluster, put them there first.',
    ]);
  });

  it('never begins for an address that weave could not be given', () => {
    const odd = bootstrap({ id: 'r1', members: [inventoryPeer({ address: '-h&6' })] });
    expect(said(odd, 'preflight', fresh()).some((one) => one.startsWith('block plain-address never'))).toBe(
      true,
    );
  });

  it('names five of many hosts, and says how many more there are', () => {
    const many = Array.from({ length: 9 }, (_, index) => `h${index + 1}`);
    const world = worldOf({
      looks: {},
      inspections: many.map((name) =>
        bare(name, { leftovers: { container: false, volume: name !== 'h1', bridge: false } }),
      ),
    });
    const [sentence] = said(of(...many), 'preflight', world).filter((one) => one.includes('ring data'));
    expect(sentence?.match(/has ring data/g)?.length).toBe(5);
    expect(sentence).toMatch(/ There are 3 more like this\.$/);
  });

  it('believes nothing of what nobody has looked at', () => {
    const blind = worldOf({ looks: {}, inspections: [] });
    for (const one of said(five, 'preflight', blind)) expect(one).toMatch(/^unknown /);
    expect(said(five, 'preflight', blind).length).toBeGreaterThan(12);
  });
});

describe('the files that are there already', () => {
  const secret = (name: string, digest: string, lines: readonly string[] = []) =>
    bare(name, {
      file: fileOf([peersLine('h1'), 'WEAVE_PASSWORD="(removed)"', ...lines], {
        mode: '600',
        secretDigests: new Map([['WEAVE_PASSWORD', digest]]),
      }),
    });
  const noted = (world: World) => stepOf(five, 'preflight').takesNotes?.(world).template;

  it('are the template for the rest: the one that sets the most', () => {
    const world = fresh([
      secret('h2', 'x'),
      secret('h4', 'x', ['WEAVE_MTU=1350']),
      bare('h5', { file: fileOf([peersLine('h5')]) }),
    ]);
    expect(said(five, 'preflight', world)).toEqual([]);
    expect(noted(world)).toEqual([host('h4')]);
  });

  it.each<readonly [string, readonly Inspection[], string]>([
    [
      'another password, by its digest, which is not shown',
      [secret('h2', 'x'.repeat(64)), secret('h3', 'y'.repeat(64))],
      'block files-fit: /etc/sysconfig/weave on h3 (10.77.0.13) is at odds with that of h2 (10.77.0.12): it sets another WEAVE_PASSWORD. Make one of them complete and right, and remove the other.',
    ],
    [
      'other values, and more variables',
      [
        secret('h2', 'x', ['WEAVE_MTU=1350', 'CHECKPOINT_DISABLE=1']),
        secret('h3', 'x', ['WEAVE_MTU=1400', 'WEAVE_NO_FASTDP=1']),
      ],
      'block files-fit: /etc/sysconfig/weave on h3 (10.77.0.13) is at odds with that of h2 (10.77.0.12): it sets another WEAVE_MTU and WEAVE_NO_FASTDP too. Make one of them complete and right, and remove the other.',
    ],
    [
      'other options in PEERS',
      [
        bare('h2', { file: fileOf(['PEERS="--ipalloc-range=10.40.0.0/16"']) }),
        bare('h3', { file: fileOf(['PEERS="--ipalloc-range=10.50.0.0/16"']) }),
      ],
      'block files-fit: /etc/sysconfig/weave on h3 (10.77.0.13) is at odds with that of h2 (10.77.0.12): it sets other options in PEERS. Make one of them complete and right, and remove the other.',
    ],
    [
      'what can not be read',
      [bare('h2', { file: { ...noFile, state: 'unreadable', obstacle: 'could not be read' } })],
      'unknown files-fit: /etc/sysconfig/weave on h2 (10.77.0.12) could not be read: does this account need sudo?',
    ],
    [
      'what a program must not edit',
      [bare('h2', { file: fileOf(['PEERS="a"', 'PEERS="b"']) })],
      'block files-fit: /etc/sysconfig/weave on h2 (10.77.0.12) sets PEERS more than once: edit it by hand.',
    ],
    [
      'a folder that can not be written to',
      [bare('h2', { file: { ...noFile, writable: false } })],
      "block files-fit: /etc/sysconfig/weave on h2 (10.77.0.12) can't be written: is its folder there, and not read-only?",
    ],
  ])('block with %s', (_, inspections, sentence) => {
    expect(said(five, 'preflight', fresh(inspections))).toContainEqual(sentence);
  });

  it('warn of hosts that nobody has configured', () => {
    const world = fresh([bare('h2', { file: fileOf(['PEERS="10.77.0.11 10.9.9.9"']) })]);
    expect(said(five, 'preflight', world)).toEqual([
      'warn strangers: The file of h2 (10.77.0.12) lists 10.9.9.9, which is not in the config: the new list drops it.',
    ]);
  });

  it('tell the range that the routes must leave free', () => {
    const file = fileOf(['PEERS="--ipalloc-range 10.77.0.0/16"']);
    expect(said(five, 'preflight', fresh([bare('h2', { file })])).at(0)).toMatch(
      /^block range-free: .* has a route to 10\.77\.0\.0\/24, which overlaps weave's range 10\.77\.0\.0\/16/,
    );
  });
});
