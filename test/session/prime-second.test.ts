import { describe, expect, it } from 'vitest';
import { watchElection } from '../../source/session/haste.ts';
import type { Over } from '../support/mesh.ts';
import { address, failed, live, mesh, meshReport, name, nickname, others } from '../support/mesh.ts';
import { primeScreenOf, probeTakes, scriptedCluster, type World } from '../support/scripted-cluster.ts';
import { containerFacts, facts, known, silent, told, unitFacts, watch } from '../support/watches.ts';

// Everything here is of a clock that only the test moves: a slow machine makes it no later.

const majority = (count: number): number => Math.floor(count / 2) + 1;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const who = (index: number): string => `${nickname(index)} (${address(index)})`;
const says = (said: string | RegExp): RegExp =>
  new RegExp(typeof said === 'string' ? said.replaceAll(/[()[\].|]/g, '\\$&') : said, 'm');

const refused = (to: number) => failed(to, 'refused', 'dial tcp: connection refused');
const timedOut = (to: number) => failed(to, 'timeout', 'dial tcp: i/o timeout');
const itself = failed(0, 'ourself', 'cannot connect to ourself, retry: never');

type Host = (index: number) => World[number];
const stopped: Host = (index) =>
  watch(address(index), silent({ kind: 'refused', layer: 'weave' }), {
    facts: facts({
      hostname: nickname(index),
      unit: known(unitFacts({ active: 'inactive' })),
      container: known(containerFacts({ status: 'exited' })),
    }),
  });
const unreachable: Host = (index) => watch(address(index), silent({ text: 'SSH timed out.' }));
const hung: Host = (index) => watch(address(index), silent({ kind: 'timeout', layer: 'weave' }));

/** Of `count` the peers `group` see each other and wait for the first: it was asked, and says `first` of itself. */
const waiting = (count: number, group: readonly number[], rest: Host, first: Over = {}): World => {
  const joined = (index: number): Over => ({
    sees: group,
    connections: [
      ...group.filter((to) => to !== index).map((to) => live(to)),
      ...(index === 0 ? [itself] : []),
      ...others(index, count)
        .filter((to) => !group.includes(to))
        .map(refused),
    ],
    ipam: { entries: [] },
  });
  const ipam = { entries: [], paxos: { elector: true, known: group.length, quorum: majority(count) } };
  const all = mesh(
    count,
    Object.fromEntries(
      group.map((index) => [index, index === 0 ? { ...joined(0), ipam, ...first } : joined(index)]),
    ),
  );
  return all.map((one, index) => (group.includes(index) ? one : rest(index)));
};

/** The same with the ring on all that `has` names, which is as good as in everybody's sight. */
const ringed = (world: World, has: readonly number[]): World =>
  world.map((one, index) => {
    if (one.look?.kind !== 'report' || !has.includes(index)) return one;
    const { ipam } = meshReport(index, world.length);
    return { ...one, look: told({ ...one.look.report, ipam }) };
  });

type Cause = {
  readonly before: World;
  readonly cause: World;
  readonly said: readonly (string | RegExp)[];
  /** What only a probe of the host can tell, and so a probe later. */
  readonly probed?: string;
  /** Who is there at the end, the primed peer first. */
  readonly end: World;
};

/** Of `count` all but the missing ones wait; the last one in the config is the one that makes it finish. */
const causes = (count: number): Readonly<Record<string, Cause>> => {
  const need = majority(count);
  const up = upTo(need - 1);
  const last = count - 1;
  const missing = upTo(count).slice(need - 1);
  const third = [...up, last];
  const wait = (rest: Host, first: Over = {}) => waiting(count, up, rest, first);
  const one =
    (index: number, host: Host, rest: Host): Host =>
    (at) =>
      (at === index ? host : rest)(at);
  const idle = (world: World): World =>
    world.map((peer, index) => {
      if (index !== 0 || peer.look?.kind !== 'report') return peer;
      const { ipam, ...report } = peer.look.report;
      return { ...peer, look: told({ ...report, ipam: ipam && { ...ipam, paxos: null } }) };
    });
  const cutOff: Host = (index) =>
    watch(
      address(index),
      told(
        meshReport(index, count, {
          sees: missing,
          connections: [...missing.filter((to) => to !== index).map((to) => live(to)), ...up.map(timedOut)],
          ipam: { entries: [] },
        }),
      ),
    );
  const clone: Host = (index) =>
    watch(
      address(index),
      told({
        ...meshReport(1, count, { sees: [1], connections: [], ipam: { entries: [] } }),
        nickname: nickname(index),
      }),
    );
  const inSight = up.slice(1).map((to) => live(to));
  const away = missing.map(refused);
  const tooLong = {
    targets: [...upTo(count), 200, 201].map(address),
    ipam: { entries: [], paxos: { elector: true, known: need - 1, quorum: need + 1 } },
  };
  // Its nickname is known only where somebody told it before.
  const stops = new RegExp(`Missing: (\\S+ \\()?${address(last)}\\)? has its weave stopped`);
  const probed = `Missing: ${who(last)} has its weave stopped (the unit is inactive, the container is exited with 0)`;
  const end = waiting(count, third, stopped);
  return {
    [`${need - 1} of ${count}`]: {
      before: idle(wait(stopped)),
      cause: wait(stopped),
      said: [
        `${who(0)} waits for consensus: it needs ${need} and counts ${need - 1}, itself included.`,
        ...missing.map((index) => `Missing: ${who(index)} has its weave stopped (`),
      ],
      end,
    },
    partition: {
      before: wait(stopped),
      cause: wait(cutOff, { connections: [...inSight, itself, ...missing.map(timedOut)] }),
      said: [
        `Missing: ${who(last)} runs, and the connection to it fails, while it sees ${who(missing[0] ?? 0)}`,
      ],
      end: waiting(count, upTo(count), stopped),
    },
    'weave stopped, where it ran in sight': {
      before: waiting(count, [...up.slice(0, -1), last], stopped),
      cause: waiting(count, up.slice(0, -1), stopped),
      said: [stops],
      probed,
      end: waiting(count, [...up.slice(0, -1), last, last - 1], stopped),
    },
    'weave stopped, where nobody was reached by SSH': {
      before: wait(one(last, unreachable, stopped)),
      cause: wait(stopped),
      said: [stops],
      probed,
      end,
    },
    'weave stopped, where it hung': {
      before: wait(one(last, hung, stopped)),
      cause: wait(stopped),
      said: [stops],
      probed,
      end,
    },
    'UDP blocked': {
      before: wait(stopped),
      cause: wait(stopped, { connections: [live(1, 'pending'), ...inSight.slice(1), itself, ...away] }),
      said: [`${who(1)}: the link is only pending, so UDP (6783 and 6784) does not pass.`],
      end: waiting(count, third, stopped, {
        connections: [live(1, 'pending'), ...inSight.slice(1), live(last), itself, ...away.slice(0, -1)],
      }),
    },
    'wrong list': {
      before: idle(wait(stopped)),
      cause: wait(stopped, tooLong),
      said: [
        `The quorum is wrong: ${who(0)} asks for ${need + 1}, and ${need} is right for ${count} configured peers.`,
        'No list that is corrected later mends this',
      ],
      end: waiting(count, [...up, last - 1, last], stopped, { targets: tooLong.targets }),
    },
    'name collision': {
      before: wait(stopped),
      cause: wait(one(last, clone, stopped), {
        connections: [
          ...inSight,
          itself,
          ...away.slice(0, -1),
          {
            ...failed(last, 'name-collision', 'peer names collision, retry: never'),
            peer: { name: name(1), nickname: nickname(last) },
          },
        ],
      }),
      said: [
        `Missing: ${who(last)} has the peer name ${name(1)} of ${who(1)}, so weave lets only one of them in`,
      ],
      end: waiting(count, [...up, last - 1], one(last, clone, stopped)),
    },
    'an incarnation that is gone': {
      before: wait(stopped),
      cause: wait(stopped, {
        ipam: { entries: [], paxos: { elector: true, known: need, quorum: need } },
      }),
      said: [`${who(0)} counts ${need} and sees ${need - 1}: 1 that it counts is gone`],
      end,
    },
  };
};

const second = 1000;
const primed = address(0);
const onAll = /The ring is there, and the same on all \d+ peers that answer/;

/** Watches a prime from before to its end; how long after the peers' own reports the screen said each thing, in ms. */
const timesOf = async ({ before, cause, said, probed, end }: Cause, phase: number) => {
  const cluster = scriptedCluster(before);
  const calm = watchElection(cluster.session, primed);
  const shown = primeScreenOf(cluster.session, primed);
  await cluster.advance(4000 + phase);
  const sentences = said.map(says);
  expect(sentences.every((one) => one.test(shown()))).toBe(false);
  cluster.become(cause);
  const why = await cluster.until(shown, sentences);
  const facts = probed === undefined ? 0 : why + (await cluster.until(shown, [says(probed)]));
  await cluster.advance(2000 + phase);
  expect(shown()).not.toMatch(/The ring is there/);
  cluster.become(ringed(end, [0]));
  const there = await cluster.until(shown, [says(`The ring is there`)]);
  // The others have heard of it by now.
  cluster.become(ringed(end, upTo(end.length)));
  const same = await cluster.until(shown, [onAll]);
  calm();
  await cluster.session.stop();
  return { why, there, same, facts: facts - probeTakes };
};

describe.each([
  [5, [0, 60, 130, 210, 290, 370]],
  [60, [0, 150]],
])('a prime in a cluster of %i', (count, phases) => {
  it.each(Object.entries(causes(count)))(
    'is told of within a second of the peers’ own reports: %s',
    async (_, one) => {
      for (const phase of phases) {
        const times = await timesOf(one, phase);
        expect(
          Object.entries(times).filter(([, ms]) => ms > second),
          `at ${phase}`,
        ).toEqual([]);
      }
    },
  );
});
