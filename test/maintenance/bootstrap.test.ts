import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import { commandLine } from '../../source/commands/command.ts';
import type { FileState, Inspection } from '../../source/maintenance/inspection.ts';
import { planLines } from '../../source/maintenance/plan.ts';
import { bootstrap } from '../../source/maintenance/procedures/bootstrap.ts';
import { whyOptional } from '../../source/maintenance/step.ts';
import { commandOf } from '../../source/maintenance/transition.ts';
import type { Notes, World } from '../../source/maintenance/world.ts';
import { Secret } from '../../source/text/secret.ts';
import {
  bare,
  five,
  fresh,
  type Inspected,
  ids,
  names,
  noNotes,
  of,
  said,
  stepOf,
} from '../support/fresh-hosts.ts';
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
  peer,
  peersLine,
  traced,
  tracedAll,
  unitFileOf,
  unitOf,
  worldOf,
} from '../support/world.ts';

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

  it('ask every host about every entry before anything is begun, and can be confirmed a kind at a time', () => {
    const asked = ids.flatMap((id) => [id, id, '6783']);
    expect(five.inspect(host('h2')).args.slice(-15)).toEqual(asked);
    expect(five.inspect(host('h2'), 'preflight').args.slice(-15)).toEqual(asked);
    expect(five.inspect(host('h2'), 'linked').args).not.toContain(host('h1'));
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

describe('the file of a host', () => {
  const printed = (text: string) => new Secret(`weave-console-edit file\n${text}weave-console-edit end\n`);
  const inputOf = (notes: Notes) => {
    const { action } = stepOf(five, `file:${host('h2')}`, notes);
    if (action.kind !== 'command' || action.input === undefined) throw new Error('no input');
    return action.input;
  };

  it('is the list of all and nothing else where nobody has a file', () => {
    const step = stepOf(five, `file:${host('h2')}`);
    expect(commandOf(step, fresh())?.args).toEqual(['/etc/sysconfig/weave', 'r1', '600']);
    expect(step.preview?.(fresh())).toEqual([`+ ${peersLine(...names)}`]);
    expect(
      inputOf(noNotes)
        .reads(fresh())
        .map(({ on }) => on),
    ).toEqual([host('h2')]);
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
    expect(input.reads(fresh()).map(({ on }) => on)).toEqual([host('h4'), host('h2')]);
    const made = input.make([
      printed(`PEERS="--ipalloc-range=10.40.0.0/16"\nWEAVE_PASSWORD="hunter2"\n`),
      printed(''),
    ]);
    const text = `PEERS="--ipalloc-range=10.40.0.0/16 ${ids.join(' ')}"\nWEAVE_PASSWORD="hunter2"\n`;
    expect(made?.reveal()).toBe(`${text.length}\n${text}`);
  });

  it('does not put the template’s password where every user can read it without a word', () => {
    const notes = { ...noNotes, template: [host('h4')] };
    const template = fileOf([peersLine(...names), 'WEAVE_PASSWORD="(removed)"'], {
      mode: '600',
      secretDigests: new Map([['WEAVE_PASSWORD', 'x']]),
    });
    const world = fresh([
      bare('h4', { file: template }),
      bare('h2', { file: fileOf([peersLine('h2')], { mode: '644' }) }),
    ]);
    expect(said(five, `file:${host('h2')}`, world, notes)).toEqual([
      'warn mode: /etc/sysconfig/weave on h2 (10.77.0.12) has mode 644, so every user there can read it, and it will hold WEAVE_PASSWORD: chmod 600 it by hand.',
    ]);
  });

  it('is not written while it would lose something that appeared since', () => {
    const world = fresh([bare('h2', { file: fileOf([peersLine('h1'), 'WEAVE_MTU=1400']) })]);
    expect(said(five, `file:${host('h2')}`, world)).toEqual([
      'block file-fits: /etc/sysconfig/weave on h2 (10.77.0.12) is at odds with the others, which have no file: it sets WEAVE_MTU too. Make it right by hand.',
    ]);
  });

  it.each<readonly [string, Notes]>([
    ['is not among the hosts any more', { ...noNotes, template: ['10.9.9.9'] }],
    ['was left out of what is on record', { away: [] }],
  ])('is not written, nor weave started, while the template %s', (_, notes) => {
    expect(said(five, `file:${host('h2')}`, fresh(), notes)).toEqual([
      'unknown new-file: Which file it is to be made from is not known.',
      'unknown file-fits: Which file it is made from is not on record.',
      'unknown command never: What is known of 10.77.0.12 is not enough to make the command for it.',
    ]);
    expect(missing(`file:${host('h2')}`, running(), notes)).not.toEqual([]);
    expect(said(five, `start:${host('h2')}`, running(), notes)).toEqual([
      'unknown same-settings: Which file it is made from is not on record.',
    ]);
    for (const step of five.steps(notes)) for (const on of step.inspects) expect(ids).toContain(on);
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
    const command = commandOf(step, fresh());
    expect([command?.args, command?.input?.reveal()]).toEqual([['weave.service'], `${text.length}\n${text}`]);
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
      unitFile: unitFileOf(),
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
      'with ring data that came there since',
      { leftovers: { container: false, volume: true, bridge: false } },
      [
        'block no-ring-data: h2 (10.77.0.12) has ring data (weavedb) of an earlier weave. Look what it is; if it may go: weave reset --force there.',
      ],
    ],
    [
      'with a unit that reads another file',
      {
        unitFile: unitFileOf({
          lines: unitFileOf().lines.map((line) => line.replace('/etc/sysconfig/', '/etc/default/')),
        }),
      },
      [
        "block unit-reads-list: The unit of h2 (10.77.0.12) does not read /etc/sysconfig/weave, so weave would start with another list, or with none as a cluster of its own. Correct the unit, or the environment file in the cluster's config.",
      ],
    ],
    [
      'with a unit of which only a drop-in may read it',
      {
        unitFile: unitFileOf({ lines: ['[Service]'], dropIns: [{ name: '10-list.conf', digest: null }] }),
      },
      [
        'warn unit-reads-list: The unit file of h2 (10.77.0.12) does not name /etc/sysconfig/weave; one of its drop-ins may (10-list.conf). Without that, weave starts with no list, as a cluster of its own.',
      ],
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
    [
      'a host that could not be inspected now, though its weave answers',
      running({}, [notInspected('h4')]),
      [
        expect.stringMatching(/^block hosts-reached: 10\.77\.0\.14 can't be reached: /) as unknown as string,
        'warn same-units: The unit of h4 (10.77.0.14) could not be compared.',
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
        /^10\.77\.0\.11 was found out of reach/,
      );
    expect(stepOf(five, `start:${host('h2')}`, notes).optional).toBeUndefined();
    const world = running({ [host('h1')]: 'timeout' }, [notInspected('h1')]);
    expect(stepOf(five, 'prime', notes).on).toBe(host('h2'));
    expect(said(five, 'prime', world, notes)).toEqual([]);
    expect(stepOf(five, 'linked', notes).inspects).toEqual(rest.map(host));
  });

  describe('only since this began', () => {
    const gone = (...away: string[]) =>
      running(
        Object.fromEntries(away.map((name) => [host(name), 'timeout'])),
        away.map((name) => notInspected(name)),
      );

    it.each(['file', 'unit', 'start'])('may be left out of %s, too, and is away from then on', (what) => {
      const step = stepOf(five, `${what}:${host('h4')}`);
      expect(whyOptional(step, running())).toBeNull();
      expect(whyOptional(step, null)).toBeNull();
      expect(whyOptional(step, gone('h3'))).toBeNull();
      expect(whyOptional(step, gone('h4'))).toBe(
        "10.77.0.14 can't be reached any more, and the other 4 are a majority. Left out, it is on the lists of the others, and must be given the same files before weave starts there.",
      );
      expect(step.takesNotes?.(gone('h4'))).toEqual({ away: [host('h4')] });
      expect(step.takesNotes?.(running())).toEqual({});
      // One that was away before stays so.
      const later = stepOf(five, `${what}:${host('h4')}`, notes);
      expect(later.takesNotes?.(gone('h1', 'h4'))).toEqual({ away: [host('h1'), host('h4')] });
    });

    it('may not be left out when the rest is no majority', () => {
      const two = { ...noNotes, away: [host('h1'), host('h2')] };
      expect(whyOptional(stepOf(five, `start:${host('h4')}`, two), gone('h1', 'h2', 'h4'))).toBeNull();
    });

    it('is named once where all should be linked, and is away when a person goes on', () => {
      const world = gone('h4');
      expect(said(five, 'linked', world)).toEqual([
        "block hosts-reached: 10.77.0.14 can't be reached: 10.77.0.14: timed out.",
        'warn same-units: The unit of 10.77.0.14 could not be compared.',
      ]);
      expect(stepOf(five, 'linked').takesNotes?.(world)).toEqual({ away: [host('h4')] });
      expect(stepOf(five, 'linked', notes).takesNotes?.(running())).toEqual({ away: [host('h1')] });
    });

    it('is no template for the starts any more', () => {
      const from = (noted: Notes) => stepOf(five, `start:${host('h3')}`, noted).inspects;
      const template = { ...noNotes, template: [host('h2')] };
      expect(from(template)).toEqual([host('h3'), host('h2')]);
      expect(from({ ...template, away: [host('h2')] })).toEqual([host('h3'), host('h1')]);
      expect(from({ ...template, away: [host('h1'), host('h2')] })).toEqual([host('h3')]);
    });
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
