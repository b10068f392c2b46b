import { describe, expect, it } from 'vitest';
import { turns } from '../../source/session/turns.ts';
import { fakeClock } from '../support/fake-clock.ts';

describe('turns', () => {
  it('keeps all back until the gate opens, then begins them in order, a gap apart', async () => {
    const { clock, advance } = fakeClock();
    const begun: string[] = [];
    const queue = turns(clock, 20);
    queue.add(() => begun.push(`a ${clock.now()}`));
    queue.add(() => begun.push(`b ${clock.now()}`));
    await advance(500);
    expect(begun).toEqual([]);
    queue.open();
    await advance(20);
    queue.add(() => begun.push(`c ${clock.now()}`));
    await advance(500);
    expect(begun).toEqual(['a 1500', 'b 1520', 'c 1520']);
  });

  it('begins nothing any more when it was stopped', async () => {
    const { clock, advance, pending } = fakeClock();
    const queue = turns(clock, 20);
    queue.open();
    queue.add(() => {
      throw new Error('begun');
    });
    queue.stop();
    await advance(500);
    expect(pending()).toBe(0);
  });
});
