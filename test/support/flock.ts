import { spawnSync } from 'node:child_process';

const here = spawnSync('sh', ['-c', 'command -v flock'], { stdio: 'ignore' }).status === 0;

/** False where tests that need a real flock are left out: it is not installed, and leaving out is allowed. */
export const hasFlock = here || process.env.WEAVE_CONSOLE_NO_SKIP === '1';

if (!hasFlock)
  console.warn('skipped: tests of the lock with real flock, which this machine has not (util-linux)');
