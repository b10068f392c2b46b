import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import { planLines } from '../../source/maintenance/plan.ts';
import { addPeer } from '../../source/maintenance/procedures/add-peer.ts';
import { primePeer } from '../../source/maintenance/procedures/prime-peer.ts';
import { ringThere } from '../../source/maintenance/procedures/prime-step.ts';
import { commandOf, judgeStep } from '../../source/maintenance/transition.ts';
import { judgeAll } from '../../source/maintenance/verdict.ts';
import type { Notes, World } from '../../source/maintenance/world.ts';
import {
  host,
  inspectionOf,
  type Look,
  notInspected,
  peer,
  stepOf as stepAt,
  traced,
  tracedAll,
  worldOf,
} from '../support/world.ts';

const five = ['h1', 'h2', 'h3', 'h4', 'h5'];
const prime = primePeer({ id: 'r1', members: five.map(peer), target: peer('h1') });

const stepOf = (id: string, notes: Notes = {}) => stepAt(prime, id, notes);

const worldFor = (looks: Record<string, Look>, given: Partial<Parameters<typeof worldOf>[0]> = {}): World =>
  worldOf({ looks, inspections: five.map((name) => inspectionOf(name)), ...given });

const idle = (looks: Record<string, Look> = {}) =>
  worldFor({ ...tracedAll('01-launched-idle', ...five), ...looks });
const stoppedThree = Object.fromEntries(['h3', 'h4', 'h5'].map((name) => [host(name), 'refused' as const]));
const twoOfFive = (folder = 'a-before-prime') =>
  worldFor({ ...tracedAll(`02-prime-2of5/${folder}`, 'h1', 'h2'), ...stoppedThree });

const standing = (id: string, world: World, notes: Notes = {}) =>
  judgeStep(stepOf(id, notes), { ...world, notes })
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, never }) => `${level} ${check}${never ? ' never' : ''}`);

const changed = (name: string, given: Partial<PeerReport>): Record<string, Look> => ({
  [host(name)]: { ...traced('01-launched-idle', name), ...given },
});
const withIpam = (name: string, given: Partial<NonNullable<PeerReport['ipam']>>): Record<string, Look> => {
  const report = traced('01-launched-idle', name);
  if (report.ipam === null) throw new Error('no IPAM');
  return { [host(name)]: { ...report, ipam: { ...report.ipam, ...given } } };
};

describe('priming a peer', () => {
  it('finds nothing to say of a cluster that is started and idle', () => {
    expect(standing('preflight', idle())).toEqual([]);
    expect(standing('prime', idle(), { away: [] })).toEqual([]);
  });

  it('can be done by two of five, when the other three are acknowledged by name', () => {
    expect(standing('preflight', twoOfFive())).toEqual(
      ['h3', 'h4', 'h5'].map((name) => `warn seen:${host(name)}`),
    );
    const notes = stepOf('preflight').takesNotes?.(twoOfFive());
    expect(notes).toEqual({ away: ['h3', 'h4', 'h5'].map(host) });
    expect(standing('prime', twoOfFive(), notes)).toEqual([]);
    expect(commandOf(stepOf('prime', notes), twoOfFive())?.name).toBe('weave-prime');
  });

  it('is not asked of a weave that was started anew with a short list since the first look', () => {
    const short = changed('h1', { targets: [host('h1')] });
    expect(standing('prime', idle(short), { away: [] })).toEqual(['block quorum-not-small']);
  });

  it('can be done again while it waits, also by somebody else', () => {
    expect(standing('preflight', twoOfFive('b-blocked'))).toEqual(
      ['h3', 'h4', 'h5'].map((name) => `warn seen:${host(name)}`),
    );
  });

  it('needs no host that can not be inspected', () => {
    const away = ['h3', 'h4', 'h5'];
    const world = worldOf({
      looks: { ...tracedAll('02-prime-2of5/a-before-prime', 'h1', 'h2'), ...stoppedThree },
      inspections: [
        ...['h1', 'h2'].map((name) => inspectionOf(name)),
        ...away.map((name) => notInspected(name)),
      ],
    });
    expect(standing('preflight', world)).toEqual(away.map((name) => `warn seen:${host(name)}`));
  });

  it.each<readonly [string, World, readonly string[]]>([
    [
      'where weave does not answer',
      idle({ [host('h1')]: 'refused' }),
      [`block answers:${host('h1')}`, 'unknown self-recognised', 'unknown quorum-fits'],
    ],
    [
      'beside two rings, by what a peer meets',
      idle({
        [host('h2')]: {
          ...traced('01-launched-idle', 'h2'),
          connections: traced('01-launched-idle', 'h2').connections.map((row) => ({
            ...row,
            fault: 'seeded-apart' as const,
          })),
        },
      }),
      ['block at-most-one-ring never'],
    ],
    [
      'beside two rings, by what they tell',
      idle({ [host('h1')]: traced('07-stale/a', 'h1'), [host('h2')]: traced('07-stale/a', 'h7') }),
      ['block at-most-one-ring never'],
    ],
    [
      'before it has met itself',
      idle(
        changed('h1', {
          connections: traced('01-launched-idle', 'h1').connections.filter(
            ({ fault }) => fault !== 'ourself',
          ),
        }),
      ),
      ['block self-recognised', 'warn quorum-fits'],
    ],
    [
      'while another peer waits for too few',
      idle(withIpam('h2', { paxos: { elector: true, known: 1, quorum: 2 } })),
      ['block quorum-not-small'],
    ],
    [
      'by a list that is too short',
      idle(changed('h1', { targets: [host('h1'), host('h2')] })),
      ['block quorum-fits'],
    ],
    [
      'by a list that is too long',
      idle(changed('h1', { targets: [...five.map(host), 'a', 'b'] })),
      ['warn quorum-fits'],
    ],
    [
      'by a quorum that was fixed by a wrong list',
      idle(withIpam('h1', { paxos: { elector: true, known: 1, quorum: 2 } })),
      ['block quorum-fits'],
    ],
    [
      'with one name twice',
      idle(changed('h2', { name: traced('01-launched-idle', 'h1').name })),
      ['block names-unique'],
    ],
    ['with another range', idle(withIpam('h2', { range: '10.40.0.0/16' })), ['block same-range']],
    [
      'with lists that differ',
      worldFor(tracedAll('01-launched-idle', ...five), {
        inspections: [
          ...five.slice(1).map((name) => inspectionOf(name)),
          inspectionOf('h1', { file: { ...inspectionOf('h1').file, peers: [host('h1')] } }),
        ],
      }),
      ['block same-lists'],
    ],
  ])('is held up %s', (_, world, said) => {
    expect(standing('preflight', world)).toEqual(expect.arrayContaining([...said]));
  });

  it('joins the one ring that is there, with who has none yet', () => {
    const ringed = {
      ...tracedAll('03-primed-5of5/a-primed', ...five),
      ...tracedAll('01-launched-idle', 'h1'),
    };
    expect(standing('preflight', worldFor(ringed))).toEqual([]);
    expect(judgeAll(stepOf('prime').after, worldFor(ringed)).map(({ level }) => level)).toEqual([
      'pass',
      'block',
    ]);
  });
});

describe('the prime step', () => {
  const doneBy = (world: World) =>
    judgeAll(stepOf('prime').after, world).map(({ check, level }) => `${level} ${check}`);

  it('is done when the ring is there, the same on all that answer', () => {
    expect(doneBy(worldFor(tracedAll('03-primed-5of5/a-primed', ...five)))).toEqual([
      `pass answers:${host('h1')}`,
      'pass ring-there',
    ]);
    const three = {
      ...tracedAll('02-prime-2of5/g-after', 'h1', 'h2', 'h3'),
      [host('h4')]: 'refused',
      [host('h5')]: 'timeout',
    } as const;
    expect(doneBy(worldFor(three))).toEqual([`pass answers:${host('h1')}`, 'pass ring-there']);
  });

  it.each<readonly [string, Record<string, Look>, string]>([
    [
      'while it waits',
      { ...tracedAll('02-prime-2of5/b-blocked', 'h1', 'h2'), ...stoppedThree },
      'block ring-there',
    ],
    [
      'while one has none yet',
      { ...tracedAll('02-prime-2of5/g-after', 'h1', 'h2'), ...tracedAll('01-launched-idle', 'h3') },
      'block ring-there',
    ],
    [
      'by a peer nobody looked at',
      { ...tracedAll('02-prime-2of5/g-after', 'h1', 'h2'), [host('h3')]: null },
      'unknown ring-there',
    ],
    [
      'by the others alone',
      { ...tracedAll('02-prime-2of5/g-after', 'h2', 'h3'), [host('h1')]: 'timeout' },
      `block answers:${host('h1')}`,
    ],
  ])('is not done %s', (_, looks, said) => {
    const all = { [host('h4')]: 'refused', [host('h5')]: 'refused', ...looks } as const;
    expect(doneBy(worldFor(all))).toContain(said);
  });

  it('is hopeless once weave was restarted or stopped there, and not by what was told before', () => {
    const { hopeless } = stepOf('prime');
    const since = 70_000;
    expect(hopeless?.(twoOfFive('b-blocked'), since)).toBeNull();
    expect(hopeless?.(twoOfFive(), since)).toMatch(
      /or weave was restarted since and the election ended with it\. Try it again\.$/,
    );
    expect(hopeless?.(twoOfFive(), 95_000)).toBeNull();
    expect(hopeless?.(worldFor({ [host('h1')]: 'timeout' }), since)).toBeNull();
    const stopped = worldFor({ [host('h1')]: 'refused' });
    const peers = stopped.view.peers.map((one) => ({ ...one, state: 'stopped' as const }));
    expect(hopeless?.({ ...stopped, view: { ...stopped.view, peers } }, since)).toMatch(
      /does not run any more, and weave prime ended with it/,
    );
  });

  it('tells the story of the election, and what goes on without us', () => {
    const step = stepOf('prime');
    expect(step.story?.(twoOfFive('b-blocked'))[0]).toBe(
      '10.77.0.11 waits for consensus: it needs 3 and counts 2, itself included.',
    );
    expect(step.goesOn?.(twoOfFive('b-blocked'))).toBe(
      'weave prime on 10.77.0.11 goes on by itself; prime it again to watch it again.',
    );
    // Who has the ring waits for nobody, whoever else is still without.
    expect(step.goesOn?.(twoOfFive('g-after'))).toBeNull();
    expect(prime.leavesNothing).toBe(true);
  });

  it('has no end but the ring in the plan, and one of a minute where the ring is there', () => {
    expect(planLines(prime, null)).toContain('    done when, as long as it takes:');
    const add = addPeer({ id: 'r1', members: five.map(peer), target: peer('h6') });
    expect(add.steps({}).find(({ id }) => id === 'prime')?.settle).toBe(60_000);
  });

  it('asks nothing of a peer that plays no part', () => {
    expect(() => prime.inspect('10.9.9.9')).toThrow(RangeError);
    expect(prime.inspect(host('h2')).effect).toBe('reads');
    expect(ringThere([]).judge(twoOfFive()).level).toBe('unknown');
  });
});
