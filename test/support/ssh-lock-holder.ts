import { createInterface } from 'node:readline';
import { LOCK_PACE } from '../../source/lock/state.ts';
import { request } from './lock-request.ts';
import { lockConsole } from './lock-site.ts';

/**
 * A console in a process of its own that holds the lock, for tests that kill or stop it. It prints `held` when it has it
 * and has begun a step. For each line that it reads it sends a command, under the fence that it was given at that time, to
 * make the file named in the line, and prints how that ended.
 */
const [config = '', pace = ''] = process.argv.slice(2);
const { fleet, inventory, peers, smith } = lockConsole(config, 'holder', {
  ...LOCK_PACE,
  ...JSON.parse(pace),
});
const acquired = await smith.acquire(request(peers, { cluster: inventory.cluster }));
if (!acquired.ok) throw new Error(JSON.stringify(acquired));
if (!(await acquired.lock.announce({ index: 2, of: 9, id: 'write-list' }))) throw new Error('not announced');
const [first = ''] = peers;
const fence = acquired.lock.fenceOf(first);
if (!fence.ok) throw new Error(fence.why);
console.log('held');
for await (const mark of createInterface({ input: process.stdin })) {
  const outcome = await fleet.changing(first).change(
    fence.wrap({
      name: 'make-mark',
      script: ': >"$1"',
      args: [mark],
      effect: 'changes',
      timeout: 20_000,
      privileged: true,
    }),
  );
  console.log(
    outcome.kind === 'exited' ? `exited ${outcome.code} ${outcome.stdout.trim()}`.trim() : outcome.kind,
  );
}
