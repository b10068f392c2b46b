import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, handOver, takeOver } from '../../../source/demo/world/ipam.ts';
import { addressText, parseRange } from '../../../source/demo/world/range.ts';
import {
  claim,
  donate,
  emptyRing,
  merge,
  type Ring,
  shares,
  transfer,
} from '../../../source/demo/world/ring.ts';
import { runningOn } from '../../../source/demo/world/weaver.ts';
import { Bench, ids } from './build.ts';

const range = parseRange('10.32.0.0/12');
const seed = (name: string) => ({ name, nickname: name });
const total = (ring: Ring) => shares(ring).reduce((sum, { size }) => sum + size, 0);
const text = (ring: Ring) =>
  shares(ring).map(({ start, size, owner, version }) => `${addressText(start)}/${size} ${owner} v${version}`);

describe('a ring', () => {
  it('is halved again and again among its seeds, in order of names', () => {
    expect(text(claim(range, ['c', 'a', 'b'].map(seed)))).toEqual([
      '10.32.0.0/524288 a v0',
      '10.40.0.0/262144 b v0',
      '10.44.0.0/262144 c v0',
    ]);
  });

  it('gives away the upper half of the largest share', () => {
    const ring = donate(claim(range, ['a', 'b'].map(seed)), 'b', seed('c')) as Ring;
    expect(text(ring)).toEqual(['10.32.0.0/524288 a v0', '10.40.0.0/262144 b v1', '10.44.0.0/262144 c v0']);
    expect(ring.nicknames.get('c')).toBe('c');
    expect(donate(ring, 'nobody', seed('d'))).toBeNull();
  });

  const base = claim(range, ['a', 'b'].map(seed));
  const taken = transfer(base, 'b', seed('a'), 101);

  it.each([
    ['nothing is learnt from an empty one', merge(base, emptyRing(range), 'a'), { ring: base }],
    ['an empty one learns all', merge(emptyRing(range), base, 'c'), { ring: base }],
    ['a higher version wins', merge(base, taken, 'c'), { ring: taken }],
    ['a lower version changes nothing', merge(taken, base, 'c'), { ring: taken }],
    [
      'what we own is ours to change',
      merge(base, taken, 'b'),
      { conflict: 'Received update for IP range I own at 10.40.0.0 v0: incoming message says owner a v101' },
    ],
    [
      'one version has one owner',
      merge(taken, transfer(base, 'b', seed('c'), 101), 'd'),
      { conflict: 'Inconsistent entries for 10.40.0.0: owned by a but incoming message says c' },
    ],
    [
      'seeds must be the same',
      merge(base, claim(range, [seed('z')]), 'a'),
      { conflict: 'IP allocation was seeded by different peers (received: [z(z)], ours: [a(a) b(b)])' },
    ],
  ])('%s', (_rule, got, expected) => expect(got).toMatchObject(expected));

  it('remembers a merge only for those whom it does not concern', () => {
    expect(merge(base, taken, 'c')).toHaveProperty('ring');
    expect(merge(base, taken, 'b')).toHaveProperty('conflict');
  });

  it('always sums to the whole range, whatever happens to the peers', () => {
    const deed = fc.record({
      what: fc.constantFrom('allocate', 'kill', 'start', 'rmpeer', 'reset', 'cut', 'heal', 'off'),
      on: fc.integer({ min: 1, max: 4 }),
      to: fc.integer({ min: 1, max: 4 }),
      seconds: fc.integer({ min: 0, max: 90 }),
    });
    fc.assert(
      fc.property(fc.integer(), fc.array(deed, { maxLength: 25 }), (dice, deeds) => {
        const bench = new Bench(4, dice);
        const { world } = bench;
        bench.up(ids(4));
        bench.prime('h1');
        bench.pass(3);
        for (const { what, on, to, seconds } of deeds) {
          const id = `h${on}`;
          const host = world.host(id);
          const weaver = runningOn(host);
          if (what === 'cut') world.cut([id], ids(4));
          else if (what === 'heal') world.heal();
          else if (what === 'off') host.up ? world.powerOff(id) : world.boot(id);
          else if (weaver === null) {
            if (what === 'start' && host.up) bench.launch(id);
          } else if (what === 'kill') world.exit(id, 137);
          else if (what === 'allocate') allocate(world, weaver, 'c');
          else if (what === 'rmpeer') takeOver(world, weaver, `h${to}`);
          else if (what === 'reset') {
            handOver(world, weaver);
            world.wipe(id);
          }
          bench.pass(seconds);
          for (const one of world.weavers())
            if (one.ring.tokens.length > 0) expect(total(one.ring)).toBe(range.size);
        }
      }),
      { numRuns: 60 },
    );
  });
});
