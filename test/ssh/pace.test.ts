import { expect, it } from 'vitest';
import { createPace } from '../../source/ssh/pace.ts';
import { fakeClock } from '../support/fake-clock.ts';

const begin = (most: number, gap: number) => {
  const time = fakeClock();
  const pace = createPace(time.clock, most, gap);
  const begun: number[] = [];
  let came = 0;
  const come = (count: number) => {
    for (let one = 0; one < count; one += 1) {
      const mine = came;
      came += 1;
      void pace().then(() => begun.push(mine));
    }
  };
  return { ...time, begun, come };
};

it('lets a few begin at once, and the others a few at a time, in their order', async () => {
  const { begun, come, settle, advance } = begin(4, 8);
  come(10);
  await settle();
  expect(begun).toEqual([0, 1, 2, 3]);
  await advance(8);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  come(1);
  await advance(8);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('makes nobody wait where few begin, and leaves no timer behind', async () => {
  const { begun, come, settle, advance, pending } = begin(4, 8);
  come(3);
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  await advance(8);
  expect(pending()).toBe(0);
  come(4);
  await settle();
  expect(begun).toHaveLength(7);
});
