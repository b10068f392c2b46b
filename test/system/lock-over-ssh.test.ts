import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCK_PACE, type LockPace } from '../../source/lock/state.ts';
import { hasFlock } from '../support/flock.ts';
import { request } from '../support/lock-request.ts';
import {
  demoSite,
  type Holder,
  type LockConsole,
  type LockSite,
  lockConsole,
  sshdSite,
  startHolder,
} from '../support/lock-site.ts';
import { noSshd } from '../support/sshd.ts';

const SITES = [
  ['a real sshd', hasFlock ? noSshd : 'flock is not installed', sshdSite],
  ['the demo cluster', null, demoSite],
] as const;

/** So long a silence is forgiven that nothing but the end of its connection can free the lease of a holder. */
const PATIENT = { ...LOCK_PACE, quiet: 120_000 };
const BRISK = { ...LOCK_PACE, quiet: 3_000, margin: 1_000, beatEvery: 500 };

describe.each(SITES)('the lock on five peers behind %s', (_, skip, startSite) => {
  describe.skipIf(skip !== null)(skip ? `(skipped: ${skip})` : 'over SSH', () => {
    let site: LockSite;
    const consoles: LockConsole[] = [];
    const holders: Holder[] = [];
    const open = (name: string): LockConsole => {
      const one = lockConsole(site.config, name);
      consoles.push(one);
      return one;
    };
    const hold = async (pace: LockPace): Promise<Holder> => {
      const holder = startHolder(site.config, pace);
      holders.push(holder);
      expect(await holder.said()).toBe('held');
      return holder;
    };
    const kill = async (holder: Holder) => {
      holder.child.kill('SIGKILL');
      await holder.gone;
    };
    beforeEach(async () => {
      site = await startSite();
    });
    afterEach(async () => {
      await Promise.all(holders.splice(0).map(kill));
      await Promise.all(consoles.splice(0).map(({ fleet }) => fleet.close()));
      await site.stop();
    });

    /** What another console sees of the lock. */
    const seenBy = async ({ smith, peers }: LockConsole) => (await smith.status(peers)).decision;

    it('is held by one, seen by the other, and free after it was given back', async () => {
      const [anna, ben] = [open('anna'), open('ben')];
      expect((await seenBy(ben)).kind).toBe('take');
      const acquired = await anna.smith.acquire(
        request(anna.peers, { who: 'anna@laptop', target: '10.9.9.9' }),
      );
      if (!acquired.ok) throw new Error(JSON.stringify(acquired));
      const { lock } = acquired;
      await expect.poll(() => lock.report().have, { timeout: 30_000 }).toBe(5);
      expect(await lock.announce({ index: 2, of: 9, id: 'write-list' })).toBe(true);

      const held = await seenBy(ben);
      expect(held).toMatchObject({
        kind: 'held',
        by: { who: 'anna@laptop', procedure: 'add-peer', target: '10.9.9.9', step: { index: 2, of: 9 } },
      });
      const refused = await ben.smith.acquire(request(ben.peers, { who: 'ben@desk' }));
      expect(refused).toMatchObject({ ok: false, result: { kind: 'refused', why: { kind: 'held' } } });
      expect(lock.report()).toMatchObject({ kind: 'held', have: 5 });

      expect(await lock.leave('release')).toEqual({ kind: 'released', leftOn: [] });
      expect((await seenBy(ben)).kind).toBe('take');
      const next = await ben.smith.acquire(request(ben.peers, { who: 'ben@desk' }));
      expect(next.ok && (await next.lock.leave('release'))).toEqual({ kind: 'released', leftOn: [] });
    });

    it('is left behind, with what it was held for, when its holder is killed', async () => {
      const ben = open('ben');
      const holder = await hold(PATIENT);
      expect((await seenBy(ben)).kind).toBe('held');
      await kill(holder);
      const killedAt = performance.now();
      await expect
        .poll(() => seenBy(ben), { timeout: 30_000, interval: 100 })
        .toMatchObject({
          kind: 'left-behind',
          record: { who: 'anna@laptop', step: { index: 2, of: 9, id: 'write-list' } },
          peers: ben.peers,
        });
      console.info(`free on all ${Math.round(performance.now() - killedAt)} ms after SIGKILL of the holder`);
    });

    it('is lost by a holder that was stopped, whose next command changes nothing', async () => {
      const ben = open('ben');
      const holder = await hold(BRISK);
      const mark = (name: string) => join(dirname(site.config), name);
      holder.child.stdin?.write(`${mark('before')}\n`);
      expect(await holder.said()).toBe('exited 0');
      expect(existsSync(mark('before'))).toBe(true);

      holder.child.kill('SIGSTOP');
      await expect
        .poll(() => seenBy(ben), { timeout: 30_000 })
        .toMatchObject({ kind: 'left-behind', peers: ben.peers });
      holder.child.stdin?.write(`${mark('after')}\n`);
      holder.child.kill('SIGCONT');
      expect(await holder.said()).toBe('exited 73 weave-console-fence lease');
      expect(existsSync(mark('after'))).toBe(false);
    });
  });
});
