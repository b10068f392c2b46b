import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

const bare = '--peers 127.0.0.1,127.0.0.2';

describe('without a terminal', () => {
  it.each([
    [`restart 127.0.0.1 ${bare}`, `weave-console plan restart 127.0.0.1 ${bare}`],
    [`restart --all ${bare}`, `weave-console plan restart --all ${bare}`],
    [`align ${bare}`, `weave-console plan align ${bare}`],
    [`${bare} --port 2222 add 127.0.0.3`, `weave-console plan add 127.0.0.3 ${bare} --port 2222`],
    [`resume ${bare}`, 'weave-console lock show'],
  ])('%s begins nothing, and says what to do: %s', async (line, instead) => {
    const { code, stdout, stderr } = await runCli(line.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/run it in a terminal \(.*\)\. Nothing was begun\.\n/);
    expect(stderr).toContain(`\n  ${instead}   `);
  });
});
