import { describe, expect, it } from 'vitest';
import { commandLine } from '../../source/commands/command.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { planLines, plannedNotes } from '../../source/maintenance/plan.ts';
import { alignConfig } from '../../source/maintenance/procedures/align-config.ts';
import { commandOf, judgeStep } from '../../source/maintenance/transition.ts';
import { allPass, judgeAll } from '../../source/maintenance/verdict.ts';
import type { Notes, World } from '../../source/maintenance/world.ts';
import { Secret } from '../../source/text/secret.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';
import {
  factsOf,
  fileOf,
  host,
  inspectionOf,
  type Look,
  notInspected,
  noUnit,
  noUnitFile,
  peersLine,
  tracedAll,
  unitFileOf,
  unitOf,
  worldOf,
} from '../support/world.ts';

const five = ['h1', 'h2', 'h3', 'h4', 'h5'];
const ids = five.map(host);
const align = alignConfig({ id: 'r1', members: five.map((name) => inventoryPeer({ address: host(name) })) });

type Given = Parameters<typeof inspectionOf>[1];

/** Five hosts that are alike, but for what is given; `looks` as in `worldOf`. */
const hosts = (given: Record<string, Given | Inspection> = {}, looks: Record<string, Look> = {}): World =>
  worldOf({
    looks: { ...tracedAll('18-golden-add/0-before', ...five), ...looks },
    last: tracedAll('18-golden-add/0-before', ...five),
    inspections: five.map((name) => {
      const it = given[name];
      return it !== undefined && 'kind' in it && it.kind === 'failed' ? it : inspectionOf(name, it as Given);
    }),
  });

const usual = ['WEAVE_MTU=1400'];
const file = (lines: readonly string[], secrets: Record<string, string> = {}, digest = 'a'.repeat(64)) => ({
  file: fileOf(lines, { secretDigests: new Map(Object.entries(secrets)), digest }),
});
const sets = (...lines: string[]) => file([peersLine(...five), ...lines]);
const secret = (value: string) =>
  file([peersLine(...five), ...usual, 'WEAVE_PASSWORD="(removed)"'], { WEAVE_PASSWORD: value });
const other = unitFileOf({
  digest: 'e'.repeat(64),
  lines: [...unitFileOf().lines.slice(0, -2), 'Restart=always', ...unitFileOf().lines.slice(-2)],
});

const stepOf = (id: string, notes: Notes = {}) => {
  const step = align.steps(notes).find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};

/** The world as it is once the first step was let go. */
const begun = (world: World): World => ({ ...world, notes: plannedNotes(align, world) });

/** What still has to be said about a step, and the sentence of each. */
const open = (id: string, world: World): readonly string[] =>
  judgeStep(stepOf(id, world.notes), world)
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, because }) => `${level} ${check}: ${because}`);

/** The steps that have something to do. */
const busy = (world: World): readonly string[] =>
  align
    .steps(begun(world).notes)
    .filter(({ action, after }) => action.kind === 'command' && !allPass(judgeAll(after, begun(world))))
    .map(({ id }) => id);

describe('the steps', () => {
  it('are the same whatever was noted, each on one host, with something to be seen after', () => {
    const of = (notes: Notes) => align.steps(notes).map(({ id }) => id);
    expect(of({})).toEqual([
      'preflight',
      ...['file', 'unit', 'enable'].flatMap((what) => ids.map((id) => `${what}:${id}`)),
      'summary',
    ]);
    expect(of({ away: ids, reference: [host('h2'), 'x'], unit: [], list: [] })).toEqual(of({}));
    for (const step of align.steps({}))
      if (step.action.kind === 'command') {
        expect(ids).toContain(step.on);
        expect(step.after.length).toBeGreaterThan(0);
        expect(step.optional).toBeDefined();
        // What is written over is read host by host.
        if (step.preview !== undefined) expect(step.group).toBeUndefined();
      }
    expect(() => align.inspect('10.9.9.9')).toThrow(RangeError);
  });

  it('start, stop and restart nothing', () => {
    const world = begun(hosts({ h2: { facts: factsOf('h2', { unit: unitOf({ enabled: 'disabled' }) }) } }));
    for (const step of align.steps(world.notes)) {
      const command = commandOf(step, world);
      if (command === null) continue;
      const line = commandLine(command, { sudo: false });
      expect(['write-environment', 'replace-unit', 'unit-enable']).toContain(command.name);
      expect(line).not.toMatch(/\b(start|stop|restart|launch|reset|--now)\b/);
    }
    expect(commandOf(stepOf(`enable:${host('h2')}`, world.notes), world)?.args).toEqual([
      'enable',
      '--',
      'weave.service',
    ]);
  });

  it('find nothing to do where nothing differs', () => {
    expect(open('preflight', hosts())).toEqual([]);
    expect(busy(hosts())).toEqual([]);
    expect(open('summary', begun(hosts()))).toEqual([]);
  });

  it.each<readonly [string, Record<string, Given>, readonly string[]]>([
    ['a list that lacks a peer', { h3: file([peersLine('h1', 'h2'), ...usual]) }, ['file:h3']],
    ['a list with one twice', { h3: file([peersLine(...five, 'h1'), ...usual]) }, ['file:h3']],
    ['a list in another order', { h3: file([peersLine('h5', 'h4', 'h3', 'h2', 'h1'), ...usual]) }, []],
    ['another value', { h2: sets('WEAVE_MTU=1300') }, ['file:h2']],
    ['the same value in other quotes', { h2: sets('WEAVE_MTU="1400"') }, []],
    ['a variable too few', { h2: sets() }, ['file:h2']],
    ['a variable too many', { h2: sets(...usual, 'WEAVE_NO_FASTDP=1') }, ['file:h2']],
    ['a comment', { h2: sets('# mine', ...usual) }, []],
    ['an option of the launch', { h2: file([`PEERS="--no-dns ${ids.join(' ')}"`, ...usual]) }, ['file:h2']],
    ['another unit', { h4: { unitFile: other } }, ['unit:h4']],
    ['a unit that systemd has not read', { h4: { unitFile: unitFileOf({ unread: true }) } }, ['unit:h4']],
    [
      'no unit',
      { h4: { facts: factsOf('h4', { unit: noUnit }), unitFile: noUnitFile } },
      ['unit:h4', 'enable:h4'],
    ],
    [
      'drop-ins',
      { h4: { unitFile: unitFileOf({ dropIns: [{ name: 'a.conf', digest: 'f'.repeat(64) }] }) } },
      ['unit:h4'],
    ],
    [
      'a unit that is not enabled',
      { h1: { facts: factsOf('h1', { unit: unitOf({ enabled: 'disabled' }) }) } },
      ['enable:h1'],
    ],
    [
      'a unit enabled until the next boot',
      {
        h1: { facts: factsOf('h1', { unit: unitOf({ enabled: 'enabled-runtime' }) }) },
      },
      ['enable:h1'],
    ],
  ])('know %s', (_, given, wanted) => {
    expect(busy(hosts(given)).map((id) => id.replace(/10\.77\.0\.1(\d)/, 'h$1'))).toEqual(wanted);
  });
});

describe('what is right', () => {
  it('is what most files have, noted with the host and the stamp of its file', () => {
    const world = hosts({ h1: sets('WEAVE_MTU=1300'), h2: sets(...usual), h5: notInspected('h5') });
    expect(open('preflight', world)).toEqual([
      `warn reached:${host('h5')}: h5 (10.77.0.15) can't be reached (no answer in time). Going on leaves its files as they are: align again when it is back, before weave starts there.`,
    ]);
    expect(plannedNotes(align, world)).toEqual({
      away: [host('h5')],
      list: ids,
      reference: [host('h2'), '7.1.aaaa'],
      unit: [host('h1'), '7.1.dddd'],
    });
    expect(stepOf(`file:${host('h5')}`, begun(world).notes).optional).toMatch(/^10\.77\.0\.15 was away/);
    expect(open(`file:${host('h5')}`, begun(world))[0]).toMatch(/^block host-reached: /);
  });

  it('is told apart by each variable, so that no host need be right in all but one', () => {
    const world = hosts({ h1: sets('WEAVE_MTU=1300'), h2: sets(...usual, 'A=1'), h3: secret('x') });
    expect(plannedNotes(align, world).reference?.[0]).toBe(host('h4'));
  });

  it.each<readonly [string, Record<string, Given>, readonly (string | RegExp)[]]>([
    [
      'a password of which no more than half have the same',
      { h1: secret('x'), h2: secret('x'), h3: secret('y'), h4: secret('y') },
      [
        "block passwords: WEAVE_PASSWORD differs (one on h1 (10.77.0.11) and h2 (10.77.0.12), another on h3 (10.77.0.13) and h4 (10.77.0.14), none on h5 (10.77.0.15)), and which is right can't be told: no more than half have the same. Correct it by hand where it is wrong, then look again; overridden, that of h1 (10.77.0.11) is written everywhere.",
        /^warn encryption-kept: The running peers do not encrypt, and WEAVE_PASSWORD will be in all files as on h1 /,
      ],
    ],
    [
      'a variable that as many have one way as the other',
      { h1: sets('WEAVE_MTU=1300'), h2: sets('WEAVE_MTU=1300'), h3: sets() },
      [
        'warn variables: WEAVE_MTU differs (1300 on h1 (10.77.0.11) and h2 (10.77.0.12), 1400 on h4 (10.77.0.14) and h5 (10.77.0.15), none on h3 (10.77.0.13)): as many have it one way as the other. It will be written as on h1 (10.77.0.11); if that is wrong, correct it there by hand first.',
      ],
    ],
    [
      'files that each differ in something',
      {
        h1: sets(...usual, 'A=1'),
        h2: sets(...usual, 'B=1'),
        h3: sets(...usual, 'C=1'),
        h4: sets(...usual, 'D=1'),
        h5: sets(...usual, 'E=1'),
      },
      [
        /^block reference: No file has all that most have: each differs in something \(h1 \(10\.77\.0\.11\) in A/,
      ],
    ],
    [
      'units of which two are as common',
      {
        h1: { unitFile: other },
        h2: { unitFile: other },
        h5: { facts: factsOf('h5', { unit: noUnit }), unitFile: noUnitFile },
      },
      [
        /^block units: h1 \(10\.77\.0\.11\) and h2 \(10\.77\.0\.12\) have one unit, h3 .* another, and which is right can't be told/,
      ],
    ],
    [
      'a file that can not be read',
      { h2: { file: fileOf([], { state: 'unreadable', digest: null }) } },
      [
        /^unknown files-read: The environment file of h2 \(10\.77\.0\.12\) could not be read: does this account need sudo\?$/,
      ],
    ],
  ])('is not decided by the program for %s', (_, given, wanted) => {
    const said = open('preflight', hosts(given));
    expect(said).toHaveLength(wanted.length);
    for (const [index, text] of wanted.entries())
      expect(said[index]).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
  });

  it('is never to take the password out of all files while the running peers encrypt', () => {
    const encrypted = Object.fromEntries(
      Object.entries(tracedAll('18-golden-add/0-before', ...five)).map(([id, report]) => [
        id,
        { ...report, encryption: true },
      ]),
    );
    const most = (...names: string[]) => Object.fromEntries(names.map((name) => [name, secret('x')]));
    expect(open('preflight', hosts(most('h4', 'h5'), encrypted))).toEqual([
      'block encryption-kept: The running peers encrypt, and the file of h1 (10.77.0.11), which most agree with, sets no WEAVE_PASSWORD: it would be taken out of all files, and whoever starts next could not be linked with the others. Put it back into the files that lack it first.',
    ]);
    expect(open('preflight', hosts(most('h1', 'h2', 'h3'), encrypted))).toEqual([]);
    expect(open('preflight', hosts(most(...five)))).toEqual([
      expect.stringMatching(/^warn encryption-kept: The running peers do not encrypt, /),
    ]);
    // A password that the unit sets is not for the files to tell.
    const inUnit = unitFileOf({ lines: [...unitFileOf().lines, 'Environment=WEAVE_PASSWORD=(removed)'] });
    const units = Object.fromEntries(five.map((name) => [name, { unitFile: inUnit }]));
    expect(open('preflight', hosts(units, encrypted))).toEqual([]);
  });

  it('never shows a digest of a secret', () => {
    const world = hosts({ h1: secret('digest-x'), h2: secret('digest-y') });
    for (const id of ['preflight', `file:${host('h2')}`])
      expect(JSON.stringify(judgeStep(stepOf(id, begun(world).notes), begun(world)))).not.toContain(
        'digest-',
      );
    expect(JSON.stringify(begun(world).notes)).not.toContain('digest-');
  });
});

describe('the list', () => {
  it('is that of the members, as the most common file orders and writes it', () => {
    const list = `PEERS="${host('h2')} ${host('h1')}:6783 ${host('h3')} ${host('h4')}"`;
    const world = hosts(Object.fromEntries(five.map((name) => [name, file([list, ...usual])])));
    expect(plannedNotes(align, world).list).toEqual([
      host('h2'),
      `${host('h1')}:6783`,
      host('h3'),
      host('h4'),
      host('h5'),
    ]);
    expect(open('preflight', world)).toEqual([
      'warn members-listed: Most files do not list h5 (10.77.0.15): was a change of the cluster left half done? It is put on every list, as it is a member here.',
    ]);
  });

  it('drops whom nobody sees, when that is acknowledged', () => {
    const world = hosts({ h2: file([`PEERS="${ids.join(' ')} 10.77.0.99"`, ...usual]) });
    expect(open('preflight', world)).toEqual([
      "warn strangers: 10.77.0.99 (listed by h2 (10.77.0.12)) is no member here and in nobody's sight: it is taken off the lists. If it is a peer, add it to the cluster's config first.",
    ]);
    const preview = stepOf(`file:${host('h2')}`, begun(world).notes).preview?.(begun(world));
    expect(preview).toEqual([
      `- PEERS="${ids.join(' ')} 10.77.0.99"`,
      `+ ${peersLine(...five)}`,
      '  WEAVE_MTU=1400',
    ]);
  });

  it('does not take for unseen whom nobody could have seen', () => {
    const world = hosts(
      { h2: file([`PEERS="${ids.join(' ')} 10.77.0.99"`, ...usual]) },
      Object.fromEntries(ids.map((id) => [id, 'refused'])),
    );
    expect(open('preflight', world)).toEqual([
      "unknown strangers: 10.77.0.99 (listed by h2 (10.77.0.12)) is no member here, and no peer tells whether it sees it: if that is a peer, add it to the cluster's config first.",
    ]);
  });

  it('never drops a peer that members see', () => {
    const four = alignConfig({
      id: 'r1',
      members: five.slice(0, 4).map((name) => inventoryPeer({ address: host(name) })),
    });
    const said = judgeStep(four.steps({})[0] ?? stepOf('preflight'), hosts()).find(
      ({ check }) => check === 'strangers',
    );
    expect(said).toMatchObject({
      level: 'block',
      because: expect.stringMatching(
        /^h1 .* list 10\.77\.0\.15, which is no member here but in sight of h1 .*: add it to the peers in the cluster's config/,
      ),
    });
  });

  it('that holds a password is left to a person', () => {
    const blank = file(['PEERS="(removed)"', ...usual], { PEERS: 'x' });
    const world = hosts({
      h2: { file: { ...blank.file, obstacle: 'has an option in PEERS that may carry a password' } },
    });
    expect(open('preflight', world)).toEqual([
      "warn lists-told: PEERS of h2 (10.77.0.12) has an option that may carry a password, so it can't be compared or written here: use WEAVE_PASSWORD instead, or align it by hand and leave its step out.",
    ]);
    expect(open(`file:${host('h2')}`, begun(world))).toEqual([
      'block new-file: /etc/sysconfig/weave on h2 (10.77.0.12) has an option in PEERS that may carry a password: write the file by hand.',
    ]);
  });

  it('that holds what is one host’s own is left to a person', () => {
    const named = (name: string) =>
      file([`PEERS="--name=${name} ${ids.join(' ')}"`, ...usual], {}, name.repeat(64));
    const world = begun(
      hosts(Object.fromEntries(['1', '2', '3', '4', '5'].map((at) => [`h${at}`, named(at)]))),
    );
    expect(open(`file:${host('h1')}`, world)).toEqual([]);
    expect(open(`file:${host('h2')}`, world)).toEqual([
      "block stays-itself: /etc/sysconfig/weave on h2 (10.77.0.12) would get --name=1 from h1 (10.77.0.11), which is that host's own: two peers with one name or address break the cluster at the next start. Write the file by hand.",
    ]);
    expect(open(`file:${host('h2')}`, begun(hosts({ h2: named('2') })))).toEqual([
      'block stays-itself: /etc/sysconfig/weave on h2 (10.77.0.12) would lose --name=2, without which it comes back as another peer. Write the file by hand.',
    ]);
  });

  it('does not rename members', () => {
    const world = hosts({ h2: file(['PEERS="h1 h2 h3 h4 h5"', ...usual]) });
    expect(open('preflight', world)[0]).toMatch(
      /^block strangers: h2 \(10\.77\.0\.12\) lists h1, another name of h1 \(10\.77\.0\.11\): give the members the same names/,
    );
  });
});

describe('the file of a host', () => {
  const printed = (text: string) => new Secret(`weave-console-edit file\n${text}weave-console-edit end\n`);
  const digests = { WEAVE_PASSWORD: 'x' };
  const reference = [peersLine(...five), 'WEAVE_PASSWORD="(removed)"', 'WEAVE_MTU=1400'];
  const own = [
    '# mine',
    peersLine('h1', 'h2'),
    'WEAVE_MTU=1300',
    'WEAVE_PASSWORD="(removed)"',
    'EXTRA="1',
    '2"',
  ];
  const right = file(reference, digests);
  const world = begun(
    hosts({
      h1: right,
      h2: right,
      h4: right,
      h5: right,
      h3: file(own, { WEAVE_PASSWORD: 'y' }, 'b'.repeat(64)),
    }),
  );
  const step = stepOf(`file:${host('h3')}`, world.notes);

  it('is written from the reference’s, and what is shown is what is written', () => {
    expect(commandOf(step, world)?.args).toEqual(['/etc/sysconfig/weave', 'r1', '644']);
    expect(step.preview?.(world)).toEqual([
      `- ${peersLine('h1', 'h2')}`,
      '- WEAVE_MTU=1300',
      '- WEAVE_PASSWORD="(removed)"',
      '- EXTRA="1',
      '- 2"',
      '  # mine',
      `+ ${peersLine(...five)}`,
      '+ WEAVE_MTU=1400',
      '+ WEAVE_PASSWORD="(removed, another)"',
    ]);
    const input = step.action.kind === 'command' ? step.action.input : undefined;
    expect(input?.reads(world).map(({ on, command }) => [on, command.name])).toEqual([
      [host('h1'), 'read-environment'],
      [host('h3'), 'read-environment'],
    ]);
    const real = (lines: readonly string[], password: string) =>
      printed(lines.map((line) => `${line.replace('(removed)', password)}\n`).join(''));
    const made = input?.make([real(reference, 'right'), real(own, 'wrong')])?.reveal() ?? '';
    const shown = step
      .preview?.(world)
      .filter((line) => !line.startsWith('- '))
      .map((line) => `${line.slice(2)}\n`)
      .join('');
    expect(made.slice(made.indexOf('\n') + 1).replace('right', '(removed, another)')).toBe(shown);
    expect(made).not.toContain('wrong');
  });

  it('of the reference itself only gets its list', () => {
    const lacking = begun(hosts({ h1: file([peersLine('h2'), '# x', ...usual]) }));
    const first = stepOf(`file:${host('h1')}`, lacking.notes);
    expect(first.preview?.(lacking)).toEqual([
      `- ${peersLine('h2')}`,
      `+ ${peersLine(...five)}`,
      '  # x',
      '  WEAVE_MTU=1400',
    ]);
    // From then on the file counts as it is now.
    const after = hosts({ h1: file([peersLine(...five), '# x', ...usual], {}, 'c'.repeat(64)) });
    expect(first.takesNotes?.(after)).toEqual({ reference: [host('h1'), '7.1.cccc'] });
  });

  it('is never copied from one that changed since it was chosen, or from nobody', () => {
    const changed = {
      ...world,
      inspections: new Map(world.inspections).set(host('h1'), inspectionOf('h1', sets())),
    };
    const moved = {
      ...changed,
      inspections: new Map(changed.inspections).set(
        host('h1'),
        inspectionOf('h1', file(reference, digests, 'f'.repeat(64))),
      ),
    };
    expect(judgeStep(step, moved).find(({ check }) => check === 'reference-as-noted')).toMatchObject({
      level: 'block',
      never: true,
    });
    const nobody = stepOf(`file:${host('h3')}`, {});
    expect(judgeStep(nobody, world).filter(({ never, level }) => never && level !== 'pass')).toHaveLength(2);
    expect(commandOf(nobody, world)).toBeNull();
  });

  it('does not put a password where every user can read it without a word', () => {
    const wide = { file: fileOf([peersLine(...five), ...usual], { mode: '644' }) };
    const narrow = {
      file: fileOf(reference, { mode: '600', secretDigests: new Map(Object.entries(digests)) }),
    };
    const mixed = begun(hosts({ h1: narrow, h2: narrow, h4: narrow, h3: wide, h5: narrow }));
    expect(open(`file:${host('h3')}`, mixed)).toEqual([
      'warn mode: /etc/sysconfig/weave on h3 (10.77.0.13) has mode 644, so every user there can read it, and it will hold WEAVE_PASSWORD: chmod 600 it by hand.',
    ]);
  });
});

describe('the unit of a host', () => {
  const world = begun(hosts({ h4: { unitFile: other } }));
  const step = stepOf(`unit:${host('h4')}`, world.notes);

  it('is replaced by the bytes of most, by compare-and-swap', () => {
    expect(commandOf(step, world)?.args).toEqual(['weave.service', 'r1']);
    expect(step.preview?.(world).filter((line) => !line.startsWith('  '))).toEqual(['- Restart=always']);
    const input = step.action.kind === 'command' ? step.action.input : undefined;
    expect(input?.reads(world).map(({ on, command }) => [on, command.name])).toEqual([
      [host('h1'), 'read-unit'],
    ]);
    const text = '[Service]\nEnvironment=WEAVE_PASSWORD=hunter2\n';
    const whole = new Secret(`weave-console-edit file\n${text}weave-console-edit end\n`);
    expect(input?.make([whole])?.reveal()).toBe(`${text.length}\n${text}`);
    for (const cut of [
      '',
      'weave-console-edit file\nweave-console-edit end\n',
      'weave-console-edit file\n[Se',
    ])
      expect(input?.make([new Secret(cut)])).toBeNull();
  });

  it.each([
    ['names another file', 'EnvironmentFile=-/etc/default/weave', 'does not read /etc/sysconfig/weave'],
    ['names a peer', 'ExecStartPre=/usr/local/bin/weave launch --name=aa:bb $PEERS', '--name=aa:bb'],
    [
      'holds the address of its host',
      `Environment=WEAVE_STATUS_ADDR=${host('h1')}:6782`,
      `${host('h1')}:6782`,
    ],
    ['holds its host name', 'ExecStartPre=/usr/bin/logger "h1 starts weave"', 'h1 starts weave'],
  ])('is not copied where it %s', (_, line, said) => {
    const key = line.split('=')[0] ?? '';
    const lines = unitFileOf().lines.map((one) => (one.startsWith(`${key}=`) ? line : one));
    const odd = unitFileOf({ lines: lines.includes(line) ? lines : [...lines, line] });
    const alike = Object.fromEntries(
      five.filter((name) => name !== 'h4').map((name) => [name, { unitFile: odd }]),
    );
    const world = begun(hosts({ ...alike, h4: { unitFile: other } }));
    expect(open(`unit:${host('h4')}`, world)).toEqual([
      expect.stringMatching(/^block unit-fits: The unit of h1 /),
    ]);
    expect(open(`unit:${host('h4')}`, world)[0]).toContain(said);
    expect(open(`unit:${host('h1')}`, world)).toEqual([]);
  });

  it('is not copied to a host whose list stands in another file', () => {
    const members = five.map((name) =>
      inventoryPeer({
        address: host(name),
        ...(name === 'h4' ? { environmentFile: '/etc/default/weave' } : {}),
      }),
    );
    const step = alignConfig({ id: 'r1', members })
      .steps(world.notes)
      .find(({ id }) => id === `unit:${host('h4')}`);
    expect(step && judgeStep(step, world).find(({ check }) => check === 'unit-fits')?.level).toBe('block');
  });

  it('says so where what differs can not be shown', () => {
    const hidden = begun(hosts({ h4: { unitFile: unitFileOf({ digest: 'e'.repeat(64) }) } }));
    expect(stepOf(`unit:${host('h4')}`, hidden.notes).preview?.(hidden)).toEqual([
      '  What differs is not shown here: a comment, or only blanks.',
    ]);
  });

  it('is shown to differ where it is not shown how', () => {
    const withLine = (digest: string, hides: string, line = 'Environment=X=(removed)') => ({
      unitFile: unitFileOf({
        digest: digest.repeat(64),
        lines: [...unitFileOf().lines, line, 'ExecStop=/bin/x (removed)'],
        hidden: new Map([
          [unitFileOf().lines.length, hides],
          [unitFileOf().lines.length + 1, 'same'],
        ]),
      }),
    });
    const most = Object.fromEntries(five.map((name) => [name, withLine('d', 'one')]));
    const shown = (given: Given) => {
      const world = begun(hosts({ ...most, h4: given }));
      return stepOf(`unit:${host('h4')}`, world.notes)
        .preview?.(world)
        .filter((line) => !line.startsWith('  '));
    };
    expect(shown(withLine('e', 'two'))).toEqual([
      '- Environment=X=(removed)',
      '+ Environment=X=(removed, another)',
    ]);
    expect(shown(withLine('e', 'one', 'Environment=Y=(removed)'))).toEqual([
      '- Environment=Y=(removed)',
      '+ Environment=X=(removed)',
    ]);
    expect(JSON.stringify(shown(withLine('e', 'two')))).not.toMatch(/one|two|same/);
  });

  it('is put where there is none; the documented one where nobody has one', () => {
    const none = { facts: factsOf('h4', { unit: noUnit }), unitFile: noUnitFile };
    const one = begun(hosts({ h4: none }));
    expect(commandOf(stepOf(`unit:${host('h4')}`, one.notes), one)?.args).toEqual(['weave.service', 'r1']);
    const all = begun(hosts(Object.fromEntries(five.map((name) => [name, none]))));
    expect(open('preflight', { ...all, notes: {} })).toEqual([
      'warn units: No host has a unit for weave that could be read: the documented one will be installed.',
    ]);
    expect(commandOf(stepOf(`unit:${host('h4')}`, all.notes), all)?.name).toBe('install-unit');
  });

  it.each<readonly [string, Given, RegExp]>([
    [
      'that a package owns',
      { unitFile: { ...other, path: '/usr/lib/systemd/system/weave.service' } },
      /^block unit-replaceable: The unit of h4 \(10\.77\.0\.14\) is \/usr\/lib.*by hand\.$/,
    ],
    [
      'with drop-ins of its own',
      { unitFile: unitFileOf({ dropIns: [{ name: '10-x.conf', digest: null }] }) },
      /^block unit-replaceable: h4 \(10\.77\.0\.14\) and h1 \(10\.77\.0\.11\) do not have the same drop-ins \(10-x\.conf\)/,
    ],
    [
      'that is masked',
      { facts: factsOf('h4', { unit: unitOf({ load: 'masked', enabled: 'masked' }) }), unitFile: other },
      /^block unit-replaceable: The unit of h4 \(10\.77\.0\.14\) is masked/,
    ],
    [
      'that can not be read',
      { unitFile: noUnitFile },
      /^unknown unit-replaceable: The unit file of h4 \(10\.77\.0\.14\) could not be read\.$/,
    ],
  ])('is left to a person where it is one %s', (_, given, said) => {
    const odd = begun(hosts({ h4: given }));
    expect(open(`unit:${host('h4')}`, odd)).toContainEqual(expect.stringMatching(said));
  });

  it('is never copied from one that changed since it was chosen', () => {
    const moved = {
      ...world,
      inspections: new Map(world.inspections).set(host('h1'), inspectionOf('h1', { unitFile: other })),
    };
    expect(judgeStep(step, moved).find(({ check }) => check === 'unit-as-noted')).toMatchObject({
      level: 'block',
      never: true,
    });
  });
});

describe('the end', () => {
  it('names what was left out, and what no file mends', () => {
    const [odd] = Object.values(tracedAll('18-golden-add/0-before', 'h2'));
    if (odd === undefined) throw new Error('no report');
    const h2 = { ...odd, version: '2.8.0', targets: odd.targets.slice(0, 2) };
    const world = hosts(
      {
        h3: file([peersLine('h1'), ...usual]),
        h4: {
          unitFile: other,
          facts: factsOf('h4', { unit: unitOf({ enabled: 'disabled' }) }),
          skew: 70_000,
        },
        h5: secret('x'),
      },
      { [host('h2')]: h2 },
    );
    expect(open('summary', begun(world)).map((text) => text.replace(/^warn /, ''))).toEqual([
      'files-alike: Left to do before weave starts there again: the environment file of h3 (10.77.0.13) and h5 (10.77.0.15). Align again, or correct it by hand.',
      'units-alike: Left to do: the unit of h4 (10.77.0.14) is not that of the others, and that of h4 (10.77.0.14) is not enabled. Align again, or mend it by hand.',
      'running-alike: h2 (10.77.0.12) does not run version 2.8.1: finish the upgrade, one peer at a time.',
      expect.stringMatching(
        /^targets-alike: These still run with another list of targets: h2 \(10\.77\.0\.12\) \(weave connect 10\.77\.0\.\d+.*\)\. The commands put it right now; so does restarting them, one by one\.$/,
      ),
      "encryption-as-files: h5 (10.77.0.15): the file and the running weave do not agree on encryption. It changes at the next start, and peers that encrypt can't be linked with peers that don't: plan a restart of all.",
      'clocks: The clock of h4 (10.77.0.14) is more than a minute off: mend the time synchronisation there.',
    ]);
  });
});

it('is planned as a whole, and what is done already in short', () => {
  const lines = planLines(align, hosts({ h3: file([peersLine('h1', 'h2'), ...usual]) }));
  expect(lines[0]).toBe('Align all peers: 17 steps. Nothing is run by this.');
  const text = lines.join('\n');
  expect(text).toContain(
    `    writes:\n      - ${peersLine('h1', 'h2')}\n      + ${peersLine(...five)}\n        WEAVE_MTU=1400\n`,
  );
  expect(text).toContain(
    [
      '3/17 Align the file of 10.77.0.12 [on 10.77.0.12]',
      '    done already, so nothing is run:',
      '      /etc/sysconfig/weave on h2 (10.77.0.12) lists 10.77.0.11, 10.77.0.12, 10.77.0.13, 10.77.0.14 and 10.77.0.15.',
      '      /etc/sysconfig/weave on h2 (10.77.0.12) sets what h1 (10.77.0.11) sets.',
      '',
    ].join('\n'),
  );
  // Behind a step that changes its host, nothing is called done.
  expect(lines.filter((line) => line.includes('done already'))).toHaveLength(12);
  expect(text).toMatch(/Align the unit of 10\.77\.0\.13 \[on 10\.77\.0\.13\]\n {4}Byte by byte/);
});
