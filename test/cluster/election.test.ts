import { describe, expect, it } from 'vitest';
import { buildView } from '../../source/cluster/cluster-view.ts';
import { electedPeer, readElection } from '../../source/cluster/election.ts';
import { type ElectionTales, followElections, waits } from '../../source/cluster/election-tale.ts';
import { electionSayings } from '../../source/cluster/election-words.ts';
import type { PeerWatch } from '../../source/cluster/sighting.ts';
import {
  address,
  failed,
  live,
  mesh,
  meshReport,
  name,
  nickname,
  type Over,
  others,
} from '../support/mesh.ts';
import {
  containerFacts,
  facts,
  hostFacts,
  known,
  silent,
  told,
  traceAddress,
  traceReports,
  traceWatches,
  unitFacts,
  watch,
} from '../support/watches.ts';

const viewOf = (watches: readonly PeerWatch[]) => buildView('prod', watches, { now: 2000 });
const storyOf = (watches: readonly PeerWatch[], peer = watches[0]?.peer.address ?? '') => {
  const view = viewOf(watches);
  const election = readElection(view, peer);
  if (election === null) throw new Error(`no ${peer}`);
  return { view, election, lines: electionSayings(view, election).map(({ text }) => text) };
};

const none: Over['ipam'] = { entries: [] };
const waiting = (knownNodes: number, quorum: number): Over['ipam'] => ({
  entries: [],
  paxos: { elector: true, known: knownNodes, quorum },
});
const refused = (to: number) => ({
  ...failed(
    to,
    'refused',
    `dial tcp :0->${address(to)}:6783: connect: connection refused, retry: 2026-11-22 11:31:41.27 +0000 UTC m=+19.7`,
  ),
  retry: '2026-11-22 11:31:41.27 +0000 UTC',
});
const ourself = (index: number) => ({
  ...failed(index, 'ourself' as const, 'cannot connect to ourself, retry: never'),
  retry: 'never',
});

/** Of `count`, the first `up` run and see each other; the first was asked, the others are what `rest` makes of them. */
const primed = (
  count: number,
  up: number,
  rest: (index: number) => PeerWatch,
  first: Over = {},
): PeerWatch[] => {
  const group = Array.from({ length: up }, (_, index) => index);
  const over: Over = {
    sees: group,
    connections: [
      ...others(0, up).map((to) => live(to)),
      ourself(0),
      ...others(0, count)
        .filter((to) => to >= up)
        .map(refused),
    ],
    ipam: waiting(up, Math.floor(count / 2) + 1),
    ...first,
  };
  const all = mesh(count, {
    0: over,
    ...Object.fromEntries(
      group
        .slice(1)
        .map((index) => [
          index,
          { sees: group, connections: others(index, up).map((to) => live(to)), ipam: none },
        ]),
    ),
  });
  return all.map((one, index) => (index < up ? one : rest(index)));
};

const stoppedHost = (index: number): PeerWatch => {
  const sighting = facts({
    hostname: nickname(index),
    unit: known(unitFacts({ active: 'inactive' })),
    container: known(containerFacts({ status: 'exited', exitCode: 0 })),
  });
  return watch(address(index), silent({ kind: 'refused', layer: 'weave', text: 'refused' }), {
    facts: sighting,
    lastFacts: sighting.kind === 'facts' ? sighting : null,
  });
};

describe('two of five', () => {
  it('names the three that are stopped, and what the primed peer says of each', () => {
    const { election, lines } = storyOf(primed(5, 2, stoppedHost));
    expect(election).toMatchObject({
      phase: 'awaiting-consensus',
      quorum: 3,
      known: 2,
      inSight: 2,
      wrong: null,
      gone: 0,
      done: false,
    });
    expect(election.missing.map(({ id, kind }) => [id, kind])).toEqual(
      [2, 3, 4].map((index) => [address(index), 'stopped']),
    );
    expect(lines).toEqual([
      'a (10.0.0.1) waits for consensus: it needs 3 and counts 2, itself included.',
      'a (10.0.0.1) sees 2 peers, itself included: 1 more must come of c (10.0.0.3), d (10.0.0.4) and e (10.0.0.5).',
      ...[2, 3, 4].map(
        (index) =>
          `Missing: ${nickname(index)} (${address(index)}) has its weave stopped (the unit is inactive, the container is exited with 0). a (10.0.0.1) says of it: failed: “dial tcp :0->${address(index)}:6783: connect: connection refused”, next try at 11:31:41 (+0000, its clock).`,
      ),
    ]);
  });

  it.each<readonly [string, (index: number) => PeerWatch, string, string]>([
    [
      'silent by SSH',
      (index) =>
        watch(address(index), silent({ text: `SSH to ${address(index)} timed out. Next try in 3 s.` })),
      'silent',
      "10.0.0.5 can't be reached by SSH (SSH to 10.0.0.5 timed out), so what weave does there is not known.",
    ],
    [
      'not looked at yet',
      (index) => watch(address(index), null),
      'unseen',
      '10.0.0.5 has not been looked at yet.',
    ],
    [
      'without weave',
      (index) =>
        watch(address(index), silent({ kind: 'refused', layer: 'weave' }), {
          facts: facts({
            hostname: 'e',
            unit: known(unitFacts({ load: 'not-found', active: 'inactive' })),
            container: known(containerFacts({ status: 'absent', exitCode: null })),
          }),
        }),
      'not-installed',
      '10.0.0.5 has no weave installed as a unit, and none runs there.',
    ],
    [
      'hung',
      (index) =>
        watch(address(index), silent({ kind: 'timeout', layer: 'weave' }), {
          facts: facts({ hostname: 'e' }),
        }),
      'hung',
      '10.0.0.5 answers by SSH, and its weave runs and answers nothing.',
    ],
    [
      'in another part of a cut network',
      (index) => mesh(5, { 2: cutOff, 3: cutOff, 4: cutOff })[index] as PeerWatch,
      'failed',
      'e (10.0.0.5) runs, and the connection to it fails, while it sees c (10.0.0.3) and d (10.0.0.4).',
    ],
  ])('says of a peer that is %s what is known', (_, rest, kind, said) => {
    const { election, lines } = storyOf(primed(5, 2, rest));
    expect(election.missing.at(-1)).toMatchObject({ id: address(4), kind });
    expect(lines.at(-1)).toContain(`Missing: ${said} a (10.0.0.1) says of it: failed:`);
  });

  it('says nothing of unit and container that was asked before weave stopped', () => {
    const stoppedNow = (index: number): PeerWatch => ({
      ...watch(address(index), silent({ kind: 'refused', layer: 'weave' })),
      since: 1000,
      facts: facts({ hostname: nickname(index) }, 900),
    });
    const { lines } = storyOf(primed(5, 2, stoppedNow));
    expect(lines.at(-1)).toContain('Missing: 10.0.0.5 has its weave stopped. a (10.0.0.1) says of it: ');
  });

  it('is told by a real cluster in the same words', () => {
    const { election, lines } = storyOf(
      traceWatches('02-prime-2of5/b-blocked', ['h1', 'h2', 'h3', 'h4', 'h5']),
    );
    expect(election).toMatchObject({ quorum: 3, known: 2, inSight: 2, wrong: null, gone: 0, electors: [] });
    expect(lines.slice(0, 3)).toEqual([
      'h1 (10.77.0.11) waits for consensus: it needs 3 and counts 2, itself included.',
      'h1 (10.77.0.11) sees 2 peers, itself included: 1 more must come of 10.77.0.13, 10.77.0.14 and 10.77.0.15.',
      "Missing: 10.77.0.13 can't be reached by SSH (SSH to the host timed out), so what weave does there is not known. h1 (10.77.0.11) says of it: failed: “dial tcp :0->10.77.0.13:6783: connect: connection refused”, next try at 11:31:42 (+0000, its clock).",
    ]);
    expect(electedPeer(viewOf(traceWatches('02-prime-2of5/b-blocked', ['h1', 'h2'])))).toBe('10.77.0.11');
  });
});

const cutOff: Over = {
  sees: [2, 3, 4],
  connections: [2, 3, 4].map((to) => live(to)).concat([0, 1].map(refused)),
  ipam: none,
};

describe('nobody missing', () => {
  it('says so while the ring is being made', () => {
    const { lines } = storyOf(primed(3, 3, stoppedHost, { ipam: waiting(3, 2) }));
    expect(lines).toEqual([
      'a (10.0.0.1) waits for consensus: it needs 2 and counts 3, itself included.',
      'a (10.0.0.1) sees 3 peers, itself included: that is enough, so the ring is about to be made.',
    ]);
  });

  it('was asked yet', () => {
    const watches = traceWatches('01-launched-idle', ['h1', 'h2', 'h3', 'h4', 'h5']);
    expect(storyOf(watches).lines).toEqual([
      'Nobody has asked h1 (10.77.0.11) for the ring yet: it is idle.',
    ]);
    expect(electedPeer(viewOf(watches))).toBeNull();
  });

  it('names others that were asked, too', () => {
    const { election, lines } = storyOf(
      traceWatches('02-prime-2of5/e-three-primes-waiting', ['h1', 'h2', 'h3', 'h4', 'h5']),
    );
    expect(election.electors).toEqual(['10.77.0.12']);
    expect(lines.at(-1)).toBe('h2 (10.77.0.12) was asked for the ring, too: that is harmless.');
  });
});

describe('UDP that does not pass', () => {
  it('is named, and does not hold the election up', () => {
    const { election, lines } = storyOf(
      primed(5, 2, stoppedHost, {
        connections: [live(1, 'pending'), ourself(0), refused(2), refused(3), refused(4)],
      }),
    );
    expect(election.pending).toEqual([address(1)]);
    expect(lines).toContain(
      'b (10.0.0.2): the link is only pending, so UDP (6783 and 6784) does not pass. The election goes by TCP and is not held up by that; no traffic passes until it is mended.',
    );
  });

  it('is seen in a real cluster, whose ring is there all the same', () => {
    const hosts = ['h1', 'h2', 'h4', 'h5', 'h6'];
    const { election, lines } = storyOf(traceWatches('21-udp-blocked/d-85s', hosts));
    expect(election).toMatchObject({ done: true, missing: [], pending: [traceAddress('h4')] });
    expect(lines).toHaveLength(2);
  });
});

describe('a quorum from a wrong list', () => {
  const five = Array.from({ length: 5 }, (_, index) => address(index));
  const wrong = (first: Over) => storyOf(primed(5, 2, stoppedHost, first));
  const rows = [live(1), refused(2), refused(3), refused(4)];
  const mends =
    'No list that is corrected later mends this: the quorum is fixed until weave on a (10.0.0.1) is restarted. Correct PEERS there, restart a (10.0.0.1), and prime again.';

  it.each<readonly [string, Over, string]>([
    [
      'too short',
      { targets: five.slice(0, 2), connections: [live(1), ourself(0)], ipam: waiting(2, 2) },
      'asks for 2, and 3 is right for 5 configured peers. The list that weave on a (10.0.0.1) was started with has 2 entries and lacks c (10.0.0.3), d (10.0.0.4) and e (10.0.0.5). A part of the cluster could make a ring of its own.',
    ],
    [
      'too long',
      { targets: [...five, 'h2.example', 'h9'], connections: [...rows, ourself(0)], ipam: waiting(2, 4) },
      'asks for 4, and 3 is right for 5 configured peers. The list that weave on a (10.0.0.1) was started with has 7 entries; h2.example and h9 are no configured peers, or second names of some.',
    ],
    [
      'complete, and its own address not recognised',
      { targets: five, connections: rows, ipam: waiting(2, 4) },
      'asks for 4, and 3 is right for 5 configured peers. a (10.0.0.1) has not yet recognised its own address, which counts for another peer.',
    ],
    [
      'complete, and its own address not recognised then',
      { targets: five, connections: [...rows, ourself(0)], ipam: waiting(2, 4) },
      'asks for 4, and 3 is right for 5 configured peers. a (10.0.0.1) had not yet recognised its own address when the election began, and counted it for another peer.',
    ],
    [
      'of others by other names, as connect and forget make it',
      { targets: five, connections: [...rows, ourself(0)], ipam: waiting(2, 2) },
      'asks for 2, and 3 is right for 5 configured peers. a (10.0.0.1) has 5 targets now, which would give another quorum: they were others when the election began. A part of the cluster could make a ring of its own.',
    ],
  ])('%s: says so, why, and that only a restart mends it', (_, first, said) => {
    const { lines } = wrong(first);
    expect(lines.slice(2, 4)).toEqual([`The quorum is wrong: a (10.0.0.1) ${said}`, mends]);
  });

  it('without itself asks for one too many where that makes a difference', () => {
    const watches = primed(4, 2, stoppedHost, {
      targets: [1, 2, 3].map(address).concat('10.0.0.1:6784'),
      connections: [live(1), refused(2), refused(3)],
      ipam: waiting(2, 3),
    });
    // Three of four is right: a list without itself is no mistake by itself.
    expect(storyOf(watches).election.wrong).toBeNull();
  });

  it('that was corrected in the file is still what counts', () => {
    const watches = primed(5, 2, stoppedHost, {
      targets: five.slice(0, 2),
      connections: [live(1), ourself(0)],
      ipam: waiting(2, 2),
    });
    const sighting = facts({
      hostname: 'a',
      environment: { ...hostFacts().environment, peers: five },
    });
    const corrected = watches.map((one, index) =>
      index === 0 && sighting.kind === 'facts' ? { ...one, facts: sighting, lastFacts: sighting } : one,
    );
    expect(storyOf(corrected).lines[3]).toContain(
      'Its file lists 5 now, which counts from the next start on.',
    );
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 4],
  ])('is never said of the right one: of %i, %i', (count, quorum) => {
    expect(storyOf(primed(count, 1, stoppedHost, { ipam: waiting(1, quorum) })).election.wrong).toBeNull();
  });
});

describe('a name that two have', () => {
  const clone = (index: number): PeerWatch =>
    watch(address(index), told({ ...meshReport(3, 5, { ipam: none }), nickname: nickname(index) }));

  it('keeps one of the two out, which is named with the other', () => {
    const info = `local "${name(0)}(a)" and remote "${name(3)}(e)" peer names collision, retry: never`;
    const collides = {
      ...failed(4, 'name-collision', info),
      peer: { name: name(3), nickname: 'e' },
      retry: 'never',
    };
    const watches = primed(5, 4, clone, {
      connections: [live(1), live(2), live(3), ourself(0), collides],
      ipam: waiting(4, 5),
      targets: Array.from({ length: 8 }, (_, index) => address(index)),
    });
    const { election } = storyOf(watches);
    expect(election.missing).toEqual([
      {
        id: address(4),
        kind: 'collision',
        why: 'has the peer name D of d (10.0.0.4), so weave lets only one of them in: one is a clone of the other',
        link: 'failed: “local "A(a)" and remote "D(e)" peer names collision”, never tried again',
      },
    ]);
  });
});

describe('a clone', () => {
  const lines = (ipam: Over['ipam']): readonly string[] => {
    const four = mesh(4, { 0: { sees: [0, 1, 2, 3] } });
    const clone = told({ ...meshReport(3, 4, { ipam: ipam ?? {} }), nickname: 'e' });
    return storyOf([...four, watch(address(4), clone)]).lines;
  };
  const kept = 'e (10.0.0.5) has the peer name D of d (10.0.0.4), so weave lets only one of them in';

  it('is not promised a ring that another peer gave it', () => {
    expect(lines({})[0]).toContain('the same on all 5 peers that answer');
    expect(lines({}).at(-1)).toBe(`${kept}: one is a clone of the other.`);
  });

  it('gets the ring when it comes', () => {
    expect(lines(none).at(-1)).toBe(`${kept}: one is a clone of the other. It gets the ring when it comes.`);
  });
});

describe('a peer on nobody’s list', () => {
  it('is said to be on none', () => {
    const four = [0, 1, 2, 3].map(address);
    const lonely = mesh(5, {
      4: { sees: [4], targets: [address(4)], connections: [], ipam: none },
    })[4] as PeerWatch;
    const { election } = storyOf(
      primed(5, 2, (index) => (index === 4 ? lonely : stoppedHost(index)), {
        targets: four,
        connections: [live(1), ourself(0), refused(2), refused(3)],
      }),
    );
    expect(election.missing.at(-1)).toMatchObject({
      id: address(4),
      kind: 'unlisted',
      why: 'is not on the list of a (10.0.0.1), nor the other way round: nobody dials',
      link: null,
    });
  });
});

describe('dead incarnations', () => {
  it('are counted and are no quorum', () => {
    const { election, lines } = storyOf(primed(5, 2, stoppedHost, { ipam: waiting(3, 3) }));
    expect(election.gone).toBe(1);
    expect(lines).toContain(
      'a (10.0.0.1) counts 3 and sees 2: 1 that it counts is gone, for a peer that was restarted counts twice until the end. So 3 of 3 is no quorum: what it sees must reach 3.',
    );
  });
});

describe('the ring', () => {
  it('is there on those that have it, and not yet on the others', () => {
    const ready = mesh(3, { 1: { ipam: none } });
    const { election, lines } = storyOf(ready);
    expect(election.done).toBe(false);
    expect(lines).toEqual([
      'The ring is there on a (10.0.0.1) and c (10.0.0.3).',
      'b (10.0.0.2) has no ring yet.',
    ]);
  });

  it('is there, and the same on all that answer; who comes later gets it', () => {
    const watches = [
      ...traceWatches('02-prime-2of5/g-after', ['h1', 'h2', 'h3']),
      watch(traceAddress('h4'), silent()),
    ];
    const { election, lines } = storyOf(watches);
    expect(election).toMatchObject({ done: true, ring: { without: [], other: [] } });
    expect(lines[0]).toBe(
      'The ring is there, and the same on all 3 peers that answer: h1 (10.77.0.11), h2 (10.77.0.12) and h3 (10.77.0.13).',
    );
    expect(lines.at(-1)).toMatch(
      /^10\.77\.0\.14 can't be reached by SSH .* It gets the ring when it comes\.$/,
    );
  });

  it('was made twice: nothing is to be primed', () => {
    const [h1, h7] = [traceReports('07-stale/a').get('h1'), traceReports('07-stale/a').get('h7')];
    if (h1 === undefined || h7 === undefined) throw new Error('no trace');
    const { election, lines } = storyOf(
      [watch(traceAddress('h1'), told(h1)), watch(traceAddress('h7'), told(h7))],
      traceAddress('h7'),
    );
    expect(election).toMatchObject({ split: true, done: false });
    expect(lines[0]).toMatch(/^Rings were made apart/);
  });
});

describe('the primed peer', () => {
  it('that tells nothing now is told of as it was', () => {
    const watches = primed(5, 2, stoppedHost);
    const [first, ...rest] = watches;
    if (first === undefined) throw new Error('nobody');
    const gone = { ...first, look: silent({}, 1900) };
    const { election, lines } = storyOf([gone, ...rest]);
    expect(election).toMatchObject({ answers: false, quorum: 3, known: 2 });
    expect(lines[0]).toBe('a (10.0.0.1) tells nothing now; what it waits for is as it was told last.');
  });

  it('that is stopped elects nobody any more', () => {
    const [first, ...rest] = primed(5, 2, stoppedHost);
    if (first === undefined) throw new Error('nobody');
    const { look, facts: hostFacts, lastFacts } = stoppedHost(0);
    const { election, lines } = storyOf([{ ...first, look, facts: hostFacts, lastFacts }, ...rest]);
    expect(election).toMatchObject({ answers: false, stopped: true });
    expect(waits(election)).toBe(false);
    expect(lines[0]).toBe(
      'Weave on a (10.0.0.1) is stopped, and so is its election: start it, then prime again. What follows was told before.',
    );
  });

  it('of which nothing is known yet has no story', () => {
    expect(storyOf([watch(address(0), null)]).lines).toEqual(['10.0.0.1 has told nothing yet.']);
    expect(readElection(viewOf(mesh(2)), '10.9.9.9')).toBeNull();
  });
});

describe('the tale of an election', () => {
  const tellOf = (...steps: readonly (readonly PeerWatch[])[]) => {
    let view = buildView('prod', [watch(address(0), null)], { now: 0 });
    let tales: ElectionTales = new Map();
    steps.forEach((watches, index) => {
      const next = buildView('prod', watches, { now: 1000 * (index + 1), previous: view });
      tales = followElections(tales, view, next, 1000 * (index + 1));
      view = next;
    });
    return { tale: tales.get(address(0)), tales };
  };
  const idle = mesh(3, { 0: { ipam: none, sees: [0, 1] }, 1: { ipam: none, sees: [0, 1] } }).map(
    (one, index) => (index < 2 ? one : stoppedHost(index)),
  );
  const asked = primed(3, 1, stoppedHost);

  it('is told of nobody who was not asked', () => {
    const { tales } = tellOf(mesh(3), mesh(3));
    expect(tales.size).toBe(0);
  });

  it('tells since when, what came of it and in which order', () => {
    const { tale } = tellOf(
      idle,
      asked,
      asked,
      primed(3, 2, stoppedHost),
      mesh(3, { 1: { ipam: none } }),
      mesh(3),
    );
    expect(tale).toMatchObject({ since: null, longer: false, election: { done: true } });
    expect(tale?.changes.map(({ at, text }) => `${at / 1000}s ${text}`)).toEqual([
      '4s a (10.0.0.1) counts 2 of 2 (1 before).',
      '4s b (10.0.0.2) came.',
      '5s c (10.0.0.3) came.',
      '5s The ring is on a (10.0.0.1) and c (10.0.0.3).',
      '6s The ring is on b (10.0.0.2).',
      '6s The ring is the same on all that answer.',
    ]);
  });

  it('knows that it can not know how long a peer had waited before it was looked at', () => {
    expect(tellOf(asked, asked).tale).toMatchObject({ since: 1000, longer: true });
    expect(tellOf(idle, asked, asked).tale).toMatchObject({ since: 2000, longer: false });
  });

  it('tells of a peer whose reason changed, one that went, and one that was restarted', () => {
    const two = primed(3, 2, stoppedHost, { ipam: waiting(2, 3) });
    const { tale } = tellOf(
      two,
      primed(3, 1, stoppedHost, { ipam: waiting(2, 3) }),
      primed(3, 1, (index) => watch(address(index), silent()), { ipam: waiting(2, 3) }),
      primed(3, 1, (index) => watch(address(index), silent()), { ipam: none }),
    );
    expect(tale?.since).toBeNull();
    expect(tale?.changes.map(({ text }) => text)).toEqual([
      'b (10.0.0.2) is gone: it has its weave stopped (the unit is inactive, the container is exited with 0).',
      "10.0.0.2 can't be reached by SSH (SSH to the host timed out), so what weave does there is not known.",
      "10.0.0.3 can't be reached by SSH (SSH to the host timed out), so what weave does there is not known.",
      'a (10.0.0.1) is idle: weave there was restarted, and the election ended with it. Prime again.',
    ]);
  });

  it('ends with the peer: one that is no member any more has none', () => {
    expect(tellOf(asked, [watch('10.0.0.2', null)]).tales.size).toBe(0);
  });
});
