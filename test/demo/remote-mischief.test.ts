import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { remoteMischief, serveMischief } from '../../source/demo/remote-mischief.ts';
import type { Mischief } from '../../source/ports.ts';

/** The two ends of an IPC channel, which copies what it carries. */
const channel = () => {
  const child = new EventEmitter();
  const parent = new EventEmitter();
  const carry = (to: EventEmitter) => (message: unknown) => {
    queueMicrotask(() => to.emit('message', JSON.parse(JSON.stringify(message))));
    return true;
  };
  return {
    inChild: Object.assign(child, { send: carry(parent) }),
    inParent: Object.assign(parent, { send: carry(child), connected: true }),
  };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('mischief in another process', () => {
  it('offers what can be done there, does it, and tells of what can be done next', async () => {
    let broken = false;
    const there: Mischief = {
      items: () => [broken ? { id: 'mend', label: 'Mend it' } : { id: 'break', label: 'Break it' }],
      run: async (id) => {
        if (id !== 'break') throw new Error('no such thing');
        broken = true;
        return 'It broke.';
      },
    };
    const { inChild, inParent } = channel();
    serveMischief(inChild, there);
    const here = remoteMischief(inParent as never);
    await settled();
    expect(here.items()).toEqual([{ id: 'break', label: 'Break it' }]);
    expect(await here.run('break')).toBe('It broke.');
    await settled();
    expect(here.items()).toEqual([{ id: 'mend', label: 'Mend it' }]);
    await expect(here.run('other')).rejects.toThrow('no such thing');
  });

  it('fails what was asked of a process that ends', async () => {
    const { inParent } = channel();
    const here = remoteMischief(inParent as never);
    const asked = here.run('anything');
    inParent.emit('exit', 0);
    await expect(asked).rejects.toThrow('The demo cluster ended.');
  });

  it('serves nobody without a channel', () => {
    const lonely = new EventEmitter();
    serveMischief(lonely, {
      items: () => {
        throw new Error('asked');
      },
      run: async () => '',
    });
    expect(lonely.listenerCount('message')).toBe(0);
  });
});
