import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import { commandLine } from '../../source/commands/command.ts';
import type { FileState, Inspection } from '../../source/maintenance/inspection.ts';
import { planLines } from '../../source/maintenance/plan.ts';
import { bootstrap } from '../../source/maintenance/procedures/bootstrap.ts';
import type { Procedure, Step } from '../../source/maintenance/step.ts';
import { commandOf, judgeStep } from '../../source/maintenance/transition.ts';
import type { Notes, World } from '../../source/maintenance/world.ts';
import { Secret } from '../../source/text/secret.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import {
  factsOf,
  fileOf,
  host,
  inspectionOf,
  type Look,
  noContainer,
  noFile,
  notInspected,
  noUnit,
  noUnitFile,
  peersLine,
  traced,
  tracedAll,
  unitFileOf,
  unitOf,
  worldOf,
} from '../support/world.ts';

const names = ['h1', 'h2', 'h3', 'h4', 'h5'];
const ids = names.map(host);
const peer = (name: string) => inventoryPeer({ address: host(name) });
const of = (...hosts: string[]): Procedure => bootstrap({ id: 'r1', members: hosts.map(peer) });
const five = of(...names);
const noNotes: Notes = { away: [], list: ids, template: [] };

type Inspected = Extract<Inspection, { kind: 'inspected' }>;

const refused = new Map(ids.map((id) => [id, 'refused' as const]));

/** A host with docker and the weave script and nothing else. */
const bare = (name: string, given: Partial<Inspected> = {}): Inspected =>
  inspectionOf(name, {
    facts: factsOf(name, { unit: noUnit, container: noContainer }),
    file: noFile,
    unitFile: noUnitFile,
    leftovers: { container: false, volume: false, bridge: false },
    reaches: refused,
    ...given,
  });

const bareFacts = (name: string, given: Parameters<typeof factsOf>[1]) =>
  bare(name, { facts: factsOf(name, { unit: noUnit, container: noContainer, ...given }) });

const fresh = (inspections: readonly Inspection[] = [], looks: Record<string, Look> = {}): World =>
  worldOf({
    looks: { ...Object.fromEntries(ids.map((id) => [id, 'refused'])), ...looks },
    inspections: [...names.map((name) => bare(name)), ...inspections],
  });

const written = (lines: readonly string[] = [peersLine(...names)], given: Partial<FileState> = {}) =>
  fileOf(lines, given);

/** All run, linked and idle, as they were on a real cluster. */
const running = (
  looks: Record<string, Look> = {},
  inspections: readonly Inspection[] = [],
  notes: Notes = noNotes,
): World =>
  worldOf({
    looks: { ...tracedAll('01-launched-idle', ...names), ...looks },
    inspections: [...names.map((name) => inspectionOf(name, { file: written() })), ...inspections],
    notes,
  });

const stepOf = (procedure: Procedure, id: string, notes: Notes = noNotes): Step => {
  const step = procedure.steps(notes).find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};

const said = (procedure: Procedure, id: string, world: World, notes: Notes = noNotes) =>
  judgeStep(stepOf(procedure, id, notes), { ...world, notes })
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, never, because }) => `${level} ${check}${never ? ' never' : ''}: ${because}`);

const missing = (id: string, world: World, notes: Notes = noNotes) =>
  stepOf(five, id, notes)
    .after.map((check) => check.judge({ ...world, notes }))
    .filter(({ level }) => level !== 'pass')
    .map(({ because }) => because);

describe('the steps', () => {
  it('are one of a kind for each host, and the same whatever was noted', () => {
    const each = (what: string) => ids.map((id) => `${what}:${id}`);
    const steps = (notes: Notes) => five.steps(notes).map(({ id }) => id);
    expect(steps({})).toEqual([
      'preflight',
      ...each('file'),
      ...each('unit'),
      ...each('start'),
      'linked',
      'prime',
      'summary',
    ]);
    expect(steps({ away: [host('h1')], template: [host('h3')], list: [] })).toEqual(steps({}));
    expect(of('h1').steps({}).length).toBe(7);
  });

  it('ask every host about every entry, and can be confirmed a kind at a time', () => {
    expect(five.inspect(host('h2')).args.slice(-15)).toEqual(ids.flatMap((id) => [id, id, '6783']));
    expect(() => five.inspect('10.9.9.9')).toThrow(RangeError);
    const groups = five.steps({}).map(({ group }) => group);
    expect(groups.filter((group) => group !== undefined)).toEqual(
      ['files', 'units', 'starts'].flatMap((group) => ids.map(() => group)),
    );
  });

  it('change one host each, and have something to be seen after', () => {
    for (const step of five.steps(noNotes)) {
      expect(step.undo).not.toBe('');
      if (step.action.kind !== 'command') expect([step.on, step.after]).toEqual([null, []]);
      else {
        expect(ids).toContain(step.on);
        expect(step.after.length).toBeGreaterThan(0);
      }
    }
  });
});

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

describe('the file of a host', () => {
  const printed = (text: string) => new Secret(`weave-console-edit file\n${text}weave-console-edit end\n`);
  const inputOf = (notes: Notes) => {
    const { action } = stepOf(five, `file:${host('h2')}`, notes);
    if (action.kind !== 'command' || action.input === undefined) throw new Error('no input');
    return action.input;
  };

  it('is the list of all and nothing else where nobody has a file', () => {
    const step = stepOf(five, `file:${host('h2')}`);
    expect(commandOf(step, fresh())?.args).toEqual(['/etc/sysconfig/weave', 'missing', 'r1', '600']);
    expect(step.preview?.(fresh())).toEqual([`+ ${peersLine(...names)}`]);
    expect(inputOf(noNotes).reads.map(({ on }) => on)).toEqual([host('h2')]);
    const text = `${peersLine(...names)}\n`;
    expect(
      inputOf(noNotes)
        .make([printed('')])
        ?.reveal(),
    ).toBe(`${text.length}\n${text}`);
    expect(inputOf(noNotes).make([new Secret('')])).toBeNull();
  });

  it('is what the template sets, its secret unseen, where somebody has one', () => {
    const notes = { ...noNotes, template: [host('h4')] };
    const input = inputOf(notes);
    expect(input.reads.map(({ on }) => on)).toEqual([host('h4'), host('h2')]);
    const made = input.make([
      printed(`PEERS="--ipalloc-range=10.40.0.0/16"\nWEAVE_PASSWORD="hunter2"\n`),
      printed(''),
    ]);
    const text = `PEERS="--ipalloc-range=10.40.0.0/16 ${ids.join(' ')}"\nWEAVE_PASSWORD="hunter2"\n`;
    expect(made?.reveal()).toBe(`${text.length}\n${text}`);
  });

  it('is not written while it would lose something that appeared since', () => {
    const world = fresh([bare('h2', { file: fileOf([peersLine('h1'), 'WEAVE_MTU=1400']) })]);
    expect(said(five, `file:${host('h2')}`, world)).toEqual([
      'block file-fits: /etc/sysconfig/weave on h2 (10.77.0.12) is at odds with the others, which have no file: it sets WEAVE_MTU too. Make it right by hand.',
    ]);
  });

  it('is not written while the template is not among the hosts any more', () => {
    const notes = { ...noNotes, template: ['10.9.9.9'] };
    expect(said(five, `file:${host('h2')}`, fresh(), notes)).toEqual([
      'unknown new-file: Which file it is to be made from is not known.',
      'unknown file-fits: 10.77.0.12 and 10.9.9.9 must be inspected for this.',
      'unknown command never: What is known of 10.77.0.12 is not enough to make the command for it.',
    ]);
    expect(missing(`file:${host('h2')}`, running(), notes)).not.toEqual([]);
  });

  it('counts as written when it lists all, and sets what the others set', () => {
    const id = `file:${host('h2')}`;
    expect(missing(id, running())).toEqual([]);
    expect(
      missing(id, running({}, [inspectionOf('h2', { file: written([peersLine('h1', 'h2')]) })])),
    ).toEqual([
      '/etc/sysconfig/weave on h2 (10.77.0.12) lists 10.77.0.11 and 10.77.0.12, and should list 10.77.0.11, 10.77.0.12, 10.77.0.13, 10.77.0.14 and 10.77.0.15.',
    ]);
    const more = inspectionOf('h2', { file: written([peersLine(...names), 'WEAVE_MTU=1400']) });
    expect(missing(id, running({}, [more]))).toEqual([
      '/etc/sysconfig/weave on h2 (10.77.0.12) sets WEAVE_MTU, which no other host does: make them the same first.',
    ]);
  });
});

describe('the unit of a host', () => {
  it('is the documented one, shown as it is', () => {
    const step = stepOf(five, `unit:${host('h1')}`);
    expect(commandOf(step, fresh())?.args[0]).toBe('weave.service');
    expect(step.preview?.(fresh())?.slice(5, 8)).toEqual([
      '+ [Service]',
      '+ EnvironmentFile=-/etc/sysconfig/weave',
      '+ ExecStartPre=/usr/local/bin/weave launch --no-restart $PEERS',
    ]);
    expect(said(five, `unit:${host('h1')}`, fresh())).toEqual([]);
  });

  const withUnit = (text: string) =>
    bootstrap({
      id: 'r1',
      members: names.map((name) => ({ ...peer(name), siteUnit: { path: '/home/me/our.service', text } })),
    });

  it("is the site's own where the config names one", () => {
    const text = '[Service]\nEnvironmentFile=/etc/sysconfig/weave\nExecStart=/opt/weave.sh\n';
    const step = stepOf(withUnit(text), `unit:${host('h1')}`);
    expect(commandOf(step, fresh())?.args).toEqual(['weave.service', text]);
    expect(step.why).toBe('The unit of /home/me/our.service, where the host has none yet.');
    expect(said(withUnit(text), `unit:${host('h1')}`, fresh())).toEqual([]);
  });

  it('must read the file in which the list stands', () => {
    const odd = withUnit('[Service]\nEnvironmentFile=/etc/default/weave\nExecStart=/opt/weave.sh\n');
    expect(said(odd, `unit:${host('h1')}`, fresh())).toEqual([
      'block unit-reads-file: The unit of /home/me/our.service does not name /etc/sysconfig/weave: weave would start without the list, as a cluster of its own.',
    ]);
  });
});

describe('the start of a host', () => {
  const id = `start:${host('h2')}`;
  const ready = (given: Partial<Inspected> = {}) =>
    bare('h2', {
      file: written(),
      facts: factsOf('h2', {
        unit: unitOf({ active: 'inactive', enabled: 'disabled' }),
        container: noContainer,
      }),
      ...given,
    });

  it('is one command, when file and unit are in place', () => {
    expect(said(five, id, fresh([ready()]))).toEqual([]);
    const command = commandOf(stepOf(five, id), fresh([ready()]));
    expect(command === null ? '' : commandLine(command, { sudo: false })).toBe(
      `sh -c 'exec systemctl "$@" </dev/null' unit-enable-now enable --now -- weave.service`,
    );
  });

  it.each<readonly [string, Partial<Inspected>, readonly string[]]>([
    [
      'with a short list',
      { file: written([peersLine('h2')]) },
      [
        'block listed:10.77.0.12 never: /etc/sysconfig/weave on h2 (10.77.0.12) lists 10.77.0.12, and should list 10.77.0.11, 10.77.0.12, 10.77.0.13, 10.77.0.14 and 10.77.0.15.',
      ],
    ],
    [
      'without a file',
      { file: noFile },
      ['block listed:10.77.0.12 never: /etc/sysconfig/weave on h2 (10.77.0.12) is missing.'],
    ],
    [
      'without a unit',
      { facts: factsOf('h2', { unit: noUnit, container: noContainer }) },
      ['block unit-loaded: h2 (10.77.0.12) has no unit for weave (not-found).'],
    ],
    [
      'with other settings than the others',
      { file: written([peersLine(...names), 'WEAVE_MTU=1400']) },
      [
        'block list-alone: /etc/sysconfig/weave on h2 (10.77.0.12) sets WEAVE_MTU, which no other host does: make them the same first.',
      ],
    ],
  ])('is not done %s', (_, given, sentences) => {
    expect(said(five, id, fresh([ready(given)]))).toEqual(sentences);
  });

  it('is never done beside a ring', () => {
    const ringed = fresh([ready()], { [host('h1')]: traced('03-primed-5of5/a-primed', 'h1') });
    expect(said(five, id, ringed)).toEqual([
      'block no-ring never: h1 (10.77.0.11) has a ring already: it comes from old data, or somebody has primed. Find out which before anything else.',
    ]);
  });

  it('is done when the unit runs, is enabled, and weave answers', () => {
    expect(missing(id, running())).toEqual([]);
    expect(missing(id, running({ [host('h2')]: 'refused' }))).toEqual([
      'Weave on h2 (10.77.0.12) does not answer: connection refused.',
    ]);
  });
});

describe('the wait for all to be linked', () => {
  const changed = (name: string, change: (report: PeerReport) => Partial<PeerReport>) => {
    const report = traced('01-launched-idle', name);
    return { [host(name)]: { ...report, ...change(report) } };
  };

  it('is over when every link is up, and every peer knows itself and is idle', () => {
    expect(said(five, 'linked', running())).toEqual([]);
  });

  it.each<readonly [string, World, readonly string[]]>([
    [
      'a link that one side does not tell of',
      running(changed('h3', ({ connections }) => ({ connections: connections.slice(1) }))),
      [
        expect.stringMatching(
          /^block full-mesh: No established link from h3 \(10\.77\.0\.13\) to /,
        ) as unknown as string,
      ],
    ],
    [
      'a peer that does not know itself yet',
      running(
        changed('h2', ({ connections }) => ({
          connections: connections.filter(({ fault }) => fault !== 'ourself'),
        })),
      ),
      [
        'block know-itself: h2 (10.77.0.12) has not recognised the own address yet: the quorum would come out too big.',
      ],
    ],
    [
      'a peer that was started with a short list',
      running(changed('h2', () => ({ targets: [host('h2')] }))),
      [
        'block started-with never: h2 (10.77.0.12) was started with the list 10.77.0.12, and should have 10.77.0.11, 10.77.0.12, 10.77.0.13, 10.77.0.14 and 10.77.0.15: mend its file or unit, and restart it before anything is primed.',
      ],
    ],
    [
      'a peer that waits for consensus already',
      running(
        changed('h2', ({ ipam }) => ({
          ipam: ipam === null ? null : { ...ipam, paxos: { elector: true, quorum: 3, known: 2 } },
        })),
      ),
      ['block all-idle: h2 (10.77.0.12) is not idle (awaiting consensus).'],
    ],
    [
      'a peer that does not answer',
      running({ [host('h5')]: 'refused' }),
      ['block all-report: Weave on h5 (10.77.0.15) does not answer: connection refused.'],
    ],
    [
      'a unit that is not enabled',
      running({}, [
        inspectionOf('h2', {
          file: written(),
          facts: factsOf('h2', { unit: unitOf({ enabled: 'disabled' }) }),
        }),
      ]),
      [
        'block all-run: On h2 (10.77.0.12) the unit is active and disabled, the container running. Its log tells why.',
      ],
    ],
    [
      'a file or a unit that differs',
      running({}, [
        inspectionOf('h2', { file: written([peersLine(...names), 'WEAVE_MTU=1400']) }),
        inspectionOf('h3', {
          file: written(),
          facts: factsOf('h3', { unit: unitOf({ digest: 'e'.repeat(64) }) }),
        }),
      ]),
      [
        'block same-files: /etc/sysconfig/weave on h2 (10.77.0.12) sets WEAVE_MTU, which no other host does: make them the same first.',
        'warn same-units: The units of h3 (10.77.0.13) differ from the others: compare systemctl cat there and on h1 (10.77.0.11).',
      ],
    ],
  ])('goes on with %s', (_, world, sentences) => {
    expect(said(five, 'linked', world)).toEqual(sentences);
  });

  it('never goes on to prime where a ring is there', () => {
    const primed = running(tracedAll('03-primed-5of5/a-primed', ...names));
    const never = (id: string) => said(five, id, primed).filter((one) => one.includes(' never: '));
    expect(never('linked').length).toBe(1);
    expect(never('linked')[0]).toMatch(/^block no-ring never: h1 \(10\.77\.0\.11\), .* have a ring already/);
    expect(never('prime')).toEqual(never('linked'));
  });

  it('is over for a cluster of one as soon as that one knows itself', () => {
    const notes = { away: [], list: [host('h7')], template: [] };
    const world = worldOf({
      looks: tracedAll('23-one-peer/a-idle', 'h7'),
      inspections: [inspectionOf('h7', { file: fileOf([peersLine('h7')]) })],
    });
    expect(said(of('h7'), 'linked', world, notes)).toEqual([]);
    const primed = worldOf({ looks: tracedAll('23-one-peer/c-primed', 'h7') });
    expect(said(of('h7'), 'summary', primed, notes)).toEqual([]);
  });
});

describe('prime and the last look', () => {
  it('primes the first host, which proves itself by the ring of all', () => {
    const step = stepOf(five, 'prime');
    expect(step.on).toBe(host('h1'));
    expect(said(five, 'prime', running())).toEqual([]);
    expect(commandOf(step, running())?.name).toBe('weave-prime');
    expect(missing('prime', running(tracedAll('03-primed-5of5/a-primed', ...names)))).toEqual([]);
    expect(missing('prime', running())).not.toEqual([]);
  });

  it('finds the whole range shared out, on all alike', () => {
    expect(said(five, 'summary', running(tracedAll('03-primed-5of5/a-primed', ...names)))).toEqual([]);
    expect(said(five, 'summary', running()).map((one) => one.split(':')[0])).toEqual([
      'block same-ring',
      'block whole-range',
    ]);
  });
});

describe('a host that was out of reach', () => {
  const notes = { ...noNotes, away: [host('h1')] };
  const rest = names.slice(1);

  it('may be left out of each step, and the rest goes on if it is a majority', () => {
    for (const what of ['file', 'unit', 'start'])
      expect(stepOf(five, `${what}:${host('h1')}`, notes).optional).toMatch(
        /^10\.77\.0\.11 was out of reach/,
      );
    expect(stepOf(five, `start:${host('h2')}`, notes).optional).toBeUndefined();
    const world = running({ [host('h1')]: 'timeout' }, [notInspected('h1')]);
    expect(stepOf(five, 'prime', notes).on).toBe(host('h2'));
    expect(said(five, 'prime', world, notes)).toEqual([]);
    expect(stepOf(five, 'linked', notes).inspects).toEqual(rest.map(host));
  });

  it('is left to do in the end', () => {
    const primed = running({ ...tracedAll('03-primed-5of5/a-primed', ...rest), [host('h1')]: 'timeout' }, [
      notInspected('h1'),
    ]);
    expect(said(five, 'summary', primed, notes)).toContain(
      'warn left-to-do: Left to do before weave starts there again: correct PEERS on 10.77.0.11.',
    );
  });

  it('is too much when the rest is no majority', () => {
    const away = ['h1', 'h2', 'h3'];
    const world = running(
      Object.fromEntries(away.map((name) => [host(name), 'timeout'])),
      away.map((name) => notInspected(name)),
    );
    expect(said(five, 'linked', world, { ...noNotes, away: away.map(host) })).toContain(
      'block electors: 2 of 5 run, and 3 must agree: prime would wait for the others.',
    );
  });
});

describe('the plan of a bootstrap', () => {
  it('prints every step with its checks, and runs nothing', () => {
    const lines = planLines(five, fresh());
    expect(lines[0]).toBe('Bootstrap the cluster: 19 steps. Nothing is run by this.');
    expect(lines).toContain('      pass    Every host can be reached: All 5 hosts answer.');
    expect(lines).toContain(`      + ${peersLine(...names)}`);
    expect(lines).toContain('18/19 Prime 10.77.0.11 [on 10.77.0.11]');
  });
});
