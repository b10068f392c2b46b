import { expect, it } from 'vitest';
import { createGate } from '../../source/ssh/gate.ts';

const turns = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

it('lets so many in under one key, in order, whatever happens under another', async () => {
  const gate = createGate(2);
  const inside: string[] = [];
  const leave = new Map<string, () => void>();
  for (const [name, key] of [
    ['a', 'x'],
    ['b', 'x'],
    ['c', 'x'],
    ['d', 'x'],
    ['e', 'y'],
  ] as const) {
    void gate.enter(key).then((out) => {
      inside.push(name);
      leave.set(name, out);
    });
  }
  await turns();
  expect(inside).toEqual(['a', 'b', 'e']);
  leave.get('b')?.();
  await turns();
  expect(inside).toEqual(['a', 'b', 'e', 'c']);
  // Leaving twice gives no second place.
  leave.get('b')?.();
  await turns();
  expect(inside).toEqual(['a', 'b', 'e', 'c']);
  leave.get('a')?.();
  leave.get('c')?.();
  await turns();
  expect(inside.at(-1)).toBe('d');
  leave.get('d')?.();
  void gate.enter('x').then(() => inside.push('f'));
  await turns();
  expect(inside.at(-1)).toBe('f');
});
