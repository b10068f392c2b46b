import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import { commandLine, inputOf } from '../../source/commands/command.ts';
import { targetStrings } from '../../source/maintenance/checks/targets.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import { planLines } from '../../source/maintenance/plan.ts';
import { addPeer } from '../../source/maintenance/procedures/add-peer.ts';
import { removePeer } from '../../source/maintenance/procedures/remove-peer.ts';
import type { Procedure } from '../../source/maintenance/step.ts';
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
  notInspected,
  peer,
  peersLine,
  spareOf,
  stepOf,
  tracedAll,
  worldOf,
} from '../support/world.ts';

const five = ['h1', 'h2', 'h3', 'h4', 'h5'];
const six = [...five, 'h6'];
const add = addPeer({ id: 'r1', members: five.map(peer), target: peer('h6') });
const remove = removePeer({ id: 'r1', members: six.map(peer), target: peer('h3') });

const adding = (looks: Record<string, Look> = {}, inspections: readonly Inspection[] = []): World =>
  worldOf({
    looks: { ...tracedAll('18-golden-add/0-before', ...five), ...looks },
    last: tracedAll('18-golden-add/0-before', ...five),
    guests: { [host('h6')]: null },
    inspections: [...five.map((name) => inspectionOf(name)), spareOf('h6'), ...inspections],
  });

const removing = (looks: Record<string, Look> = {}, inspections: readonly Inspection[] = []): World =>
  worldOf({
    looks: { ...tracedAll('19-golden-remove/1-before', ...six), ...looks },
    last: tracedAll('19-golden-remove/1-before', ...six),
    inspections: [
      ...six.map((name) => inspectionOf(name, { file: fileOf([peersLine(...six)]) })),
      ...inspections,
    ],
  });

const standing = (procedure: Procedure, id: string, world: World, notes: Notes = {}) =>
  judgeStep(stepOf(procedure, id, notes), { ...world, notes })
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, never }) => `${level} ${check}${never ? ' never' : ''}`);

describe('both procedures', () => {
  it.each([add, remove])('$title: ids are unique, and the same whatever was noted', (procedure) => {
    const ids = (notes: Notes) => procedure.steps(notes).map(({ id }) => id);
    expect(new Set(ids({})).size).toBe(ids({}).length);
    const noted = {
      away: [host('h2')],
      list: [],
      name: ['x'],
      nickname: ['y'],
      'targets:10.77.0.11': ['a', 'b'],
    };
    expect(ids(noted)).toEqual(ids({}));
  });

  it.each([add, remove])(
    '$title: every command has a host that is known, and something to be seen after',
    (procedure) => {
      for (const step of procedure.steps({})) {
        if (step.action.kind !== 'command') expect([step.on, step.after]).toEqual([null, []]);
        else {
          expect(procedure.hosts.map(({ address }) => address)).toContain(step.on);
          expect(step.after.length).toBeGreaterThan(0);
        }
        for (const on of step.inspects) expect(procedure.inspect(on).effect).toBe('reads');
        expect(step.undo).not.toBe('');
      }
      expect(() => procedure.inspect('10.9.9.9')).toThrow(RangeError);
    },
  );

  it('asks each host for what only it can tell', () => {
    expect(add.inspect(host('h1')).args.slice(7)).toEqual(['r1', '-', host('h6'), host('h6'), '6783']);
    expect(add.inspect(host('h6')).args.slice(9)).toHaveLength(18);
    expect(remove.inspect(host('h3')).args.slice(7)).toEqual(['r1', 'attached']);
    expect(remove.inspect(host('h1')).args.slice(7)).toEqual(['r1', '-']);
  });
});

describe('adding a peer', () => {
  it('finds nothing to say of a healthy cluster and a clean host', () => {
    expect(standing(add, 'preflight', adding())).toEqual([]);
  });

  it('names a peer that is away, and goes on without it once that is acknowledged', () => {
    const world = adding({ [host('h5')]: 'timeout' }, [notInspected('h5')]);
    expect(standing(add, 'preflight', world)).toEqual([`warn seen:${host('h5')}`]);
    const notes = stepOf(add, 'preflight').takesNotes?.(world);
    expect(notes).toEqual({ away: [host('h5')], list: six.map(host), template: [host('h1')] });
    // Its list can't be written: that is left to do, and may be left out.
    expect(standing(add, `list:${host('h5')}`, world, notes)).toEqual([
      `block file:${host('h5')}`,
      'unknown command never',
    ]);
    expect(stepOf(add, `list:${host('h5')}`, notes).optional).toMatch(
      /^10\.77\.0\.15 was away when this began\./,
    );
    expect(stepOf(add, `list:${host('h1')}`, notes).optional).toBeUndefined();
  });

  it('is never done beside two rings', () => {
    const apart = tracedAll('18-golden-add/0-before', 'h2')[host('h2')] as PeerReport;
    const connections = apart.connections.map((row) => ({ ...row, fault: 'seeded-apart' as const }));
    const world = adding({ [host('h2')]: { ...apart, connections } });
    expect(standing(add, 'preflight', world)).toContain('block same-ring never');
    expect(standing(add, 'launch', world)).toContain('block same-ring never');
  });

  it('is never begun for an address that weave could not be given', () => {
    const odd = inventoryPeer({ address: '-h&6' });
    const procedure = addPeer({ id: 'r1', members: five.map(peer), target: odd });
    expect(standing(procedure, 'preflight', adding())).toContain('block plain-address never');
    expect(commandOf(stepOf(procedure, `connect:${host('h1')}`), adding())).toBeNull();
  });

  it('never starts a peer whose own list is only itself', () => {
    const world = adding({}, [spareOf('h6', { file: fileOf([peersLine('h6')]) })]);
    expect(standing(add, 'launch', world)).toContain('block own-list never');
  });

  it('writes the list on each member by compare-and-swap on what was inspected', () => {
    const step = stepOf(add, `list:${host('h2')}`, { list: six.map(host), away: [] });
    const command = commandOf(step, adding());
    expect(command?.args).toEqual(['/etc/sysconfig/weave', 'r1', '1', '1', peersLine(...six), '644']);
    expect(command && inputOf(command)).toBe(`${'a'.repeat(64)}\n`);
    expect(step.preview?.(adding())).toEqual([`- ${peersLine(...five)}`, `+ ${peersLine(...six)}`]);
  });

  it('takes marks of the address away with the list, so that it is not called reclaimed any more', () => {
    const step = stepOf(add, `list:${host('h2')}`, { list: six.map(host), away: [] });
    const marks = ['h6', 'h5', 'h6'].map((of, index) => ({
      name: `02:00:00:00:00:0${index}`,
      address: host(of),
      nickname: of,
      at: null,
      run: 'r0',
      executor: host('h1'),
      begun: true,
    }));
    const listed = { file: fileOf([peersLine(...six)]) };
    const marked = { facts: factsOf('h2', { reclaimed: { known: true, value: marks } }) };
    const world = adding({}, [inspectionOf('h2', marked)]);
    expect(commandOf(step, world)?.args.slice(4)).toEqual([
      peersLine(...six),
      '644',
      '/var/lib/weave-console',
      '02:00:00:00:00:00',
      '02:00:00:00:00:02',
    ]);
    const proven = (given: Partial<Extract<Inspection, { kind: 'inspected' }>>) =>
      step.after.map((check) => {
        const { level, because } = check.judge({
          ...adding({}, [inspectionOf('h2', given)]),
          notes: { list: six.map(host) },
        });
        return `${level} ${because}`;
      });
    expect(proven({ ...listed, ...marked })).toEqual([
      expect.stringMatching(/^pass .* lists/),
      'block h2 (10.77.0.12) still calls 10.77.0.16 reclaimed (02:00:00:00:00:00, 02:00:00:00:00:02).',
    ]);
    expect(proven(listed)[1]).toBe('pass h2 (10.77.0.12) does not call 10.77.0.16 reclaimed.');
    // What is settled by this is noted by its run, for the hosts that are away.
    expect(stepOf(add, 'preflight').takesNotes?.(world)).toMatchObject({ lifts: ['r0'] });
    const hidden = factsOf('h2', { reclaimed: { known: false, because: 'no' } });
    expect(proven({ ...listed, facts: hidden })[1]).toBe(
      'unknown Which peers h2 (10.77.0.12) has marked as reclaimed is not known: no.',
    );
  });

  describe('the file of the new peer', () => {
    const notes = { list: six.map(host), template: [host('h1')], away: [] };
    const step = stepOf(add, 'write-file', notes);
    const printed = (text: string) => new Secret(`weave-console-edit file\n${text}weave-console-edit end\n`);
    const input = step.action.kind === 'command' ? step.action.input : undefined;

    it('is made from the member’s, which is read last of all and never shown', () => {
      expect(input?.reads(adding()).map(({ on, command }) => [on, command.name, inputOf(command)])).toEqual([
        [host('h1'), 'read-environment', `${'a'.repeat(64)}\n`],
        [host('h6'), 'read-environment', 'missing\n'],
      ]);
      // What nobody has seen is read by nobody.
      const unseen = input?.reads({ ...adding(), inspections: new Map() });
      expect(unseen?.map(({ command }) => inputOf(command))).toEqual(['unseen\n', 'unseen\n']);
      const made = input?.make([printed(`${peersLine(...five)}\nWEAVE_PASSWORD="hunter2"\n`), printed('')]);
      const text = `${peersLine(...six)}\nWEAVE_PASSWORD="hunter2"\n`;
      expect(made?.reveal()).toBe(`${text.length}\n${text}`);
      expect(`${made}`).toBe('<hidden>');
    });

    it.each([
      ['nothing was printed', [new Secret(''), printed('')]],
      ['only one was', [printed('PEERS=a\n')]],
      ['it was cut', [new Secret('weave-console-edit file\nPEERS'), printed('')]],
      ['it can not be edited', [printed('PEERS=a\nX="'), printed('')]],
    ])('is not made when %s', (_, secrets) => {
      expect(input?.make(secrets as Secret[])).toBeNull();
    });

    it('holds no secret in its command, its preview or its checks', () => {
      const member = inspectionOf('h1', {
        file: fileOf([peersLine(...five), 'WEAVE_PASSWORD="(removed)"'], { mode: '600' }),
      });
      const world = { ...adding({}, [member]), notes };
      const command = commandOf(step, world);
      expect(command?.args).toEqual(['/etc/sysconfig/weave', 'r1', '600']);
      expect(step.preview?.(world)).toEqual([`+ ${peersLine(...six)}`, '+ WEAVE_PASSWORD="(removed)"']);
    });
  });
});

describe('removing a peer', () => {
  it('finds nothing to say of a healthy cluster', () => {
    expect(standing(remove, 'preflight', removing())).toEqual([]);
  });

  it.each<readonly [string, World, string[]]>([
    ['during a partition', removing(tracedAll('04-partition/b-85s-after', ...five)), ['block no-partition']],
    [
      'that does not run',
      removing({ [host('h3')]: 'refused' }, [
        inspectionOf('h3', {
          facts: factsOf('h3', { container: noContainer }),
          file: fileOf([peersLine(...six)]),
        }),
      ]),
      ['block runs', 'unknown heir never'],
    ],
    [
      'that is dead',
      removing({ [host('h3')]: 'timeout' }, [notInspected('h3')]),
      ['block runs', 'unknown heir never', 'block host-reached'],
    ],
  ])('is refused %s', (_, world, said) => {
    expect(standing(remove, 'preflight', world)).toEqual(expect.arrayContaining(said));
  });

  it('is never done to the last one', () => {
    const last = removePeer({ id: 'r1', members: [peer('h3')], target: peer('h3') });
    expect(standing(last, 'preflight', removing())).toContain('block not-last never');
    expect(standing(last, 'reset', removing())).toContain('block not-last never');
  });

  it('resets only what is disabled', () => {
    expect(standing(remove, 'reset', removing())).toEqual(['block disabled']);
  });

  it('forgets the very strings that were noted, or the address where nobody could look', () => {
    const forget = (notes: Notes) => commandOf(stepOf(remove, `forget:${host('h1')}`, notes), removing());
    expect(forget({ 'targets:10.77.0.11': ['host3', '10.77.0.13:6783'] })?.args.slice(2)).toEqual([
      'forget',
      'host3',
      '10.77.0.13:6783',
    ]);
    expect(forget({})?.args.slice(2)).toEqual(['forget', '10.77.0.13']);
    expect(forget({ 'targets:10.77.0.11': ['a&peer=b'] })).toBeNull();
  });

  it('knows the strings of a peer that was launched by name', () => {
    const named = tracedAll('10-remove/d-names-launched', 'h7', 'h8');
    const [h7, h8] = [host('h7'), host('h8')];
    const facts = inspectionOf('h8', { host: h8, facts: factsOf('host8.example') });
    const world = worldOf({ looks: named, inspections: [facts] });
    expect(targetStrings(world, h7, h8, [h7])).toEqual(['host8.example']);
  });
});

describe('the plan', () => {
  it('prints steps, checks, commands and what is to be seen, and says what it can not know yet', () => {
    const lines = planLines(remove, null);
    expect(lines.slice(0, 9)).toEqual([
      'Remove 10.77.0.13: 15 steps. Nothing is run by this.',
      '',
      '1/15 Look at the cluster and at the peer that goes',
      '    Nothing is changed. What it owns, by which strings the others dial it and which containers it has is written down now: later it does not show any more.',
      '    confirmed by: y',
      '    before:',
      '      -       10.77.0.13 is not the last peer',
      '      -       Weave runs on 10.77.0.13',
      '      -       A linked survivor can take over what 10.77.0.13 owns',
    ]);
    expect(lines).toContain('      The command is made from what 10.77.0.13 shows when it is looked at.');
  });

  it('shows the checks as they stand, the typed word and the command exactly', () => {
    const lines = planLines(remove, removing());
    const at = lines.indexOf('3/15 Reset weave on 10.77.0.13 [on 10.77.0.13]');
    const reset = lines.slice(at, lines.indexOf('', at));
    const { action } = stepOf(remove, 'reset');
    const command = action.kind === 'command' ? action.command(removing()) : null;
    expect(reset.slice(2)).toEqual([
      '    confirmed by: typing h3',
      '    before:',
      '      pass    10.77.0.13 is not the last peer: 5 other peers stay.',
      '      pass    Weave runs on 10.77.0.13: Weave on h3 (10.77.0.13) runs and answers.',
      '      pass    A linked survivor can take over what 10.77.0.13 owns: h3 (10.77.0.13) is linked with h1 (10.77.0.11), h2 (10.77.0.12), h4 (10.77.0.14), h5 (10.77.0.15) and h6 (10.77.0.16).',
      '      pass    The peers that answer all see each other: All 6 peers that answer see each other.',
      '      pass    The address space is shared out, and all tell it alike: All 6 peers that answer tell the same ring.',
      '      pass    No consensus or allocation is pending: Nobody waits for consensus or for an address.',
      '      BLOCK   Weave does not start with 10.77.0.13: The unit of h3 (10.77.0.13) is enabled: a reboot would bring it back.',
      '      pass    Nothing restarts weave on 10.77.0.13 by itself: The unit of h3 (10.77.0.13) does not restart by itself.',
      '    runs:',
      `      ${command === null ? '' : commandLine(command, { sudo: false })}`,
      '    done when, within 60 s and then for 30 s:',
      '      The survivors own all that 10.77.0.13 owned',
      '      No survivor sees 10.77.0.13 any more',
      '      Nothing of weave is left on 10.77.0.13',
      '      Weave does not start with 10.77.0.13',
      '    undo: Can not be undone. To have the peer back, add it again.',
    ]);
  });

  it('goes through sudo where the host needs it, and shows what would be written', () => {
    const target = inventoryPeer({ address: host('h6'), user: 'ops', sudo: 'passwordless' });
    const text = planLines(addPeer({ id: 'plan', members: five.map(peer), target }), adding()).join('\n');
    expect(text).toContain('      sudo -n sh -c ');
    expect(text).toContain(`    writes:\n      + ${peersLine(...six)}\n      + WEAVE_MTU=1400\n`);
    expect(text).toContain(`      - ${peersLine(...five)}\n      + ${peersLine(...six)}\n`);
  });

  it('is the same list of steps as the checklist', () => {
    for (const [procedure, world] of [
      [add, adding()],
      [remove, removing()],
    ] as const) {
      const titles = planLines(procedure, world).flatMap((line) => /^\d+\/\d+ (.*)/.exec(line)?.[1] ?? []);
      expect(titles).toEqual(
        procedure.steps({}).map(({ title, on }) => (on === null ? title : `${title} [on ${on}]`)),
      );
    }
  });
});
