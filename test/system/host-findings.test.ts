import { describe, expect, it } from 'vitest';
import { startDemo } from '../../source/demo/cluster.ts';
import { places } from '../../source/demo/machine/files.ts';
import type { ScenarioName } from '../../source/demo/scenario-names.ts';
import type { Stage } from '../../source/demo/stage.ts';
import { runCli } from '../support/cli.ts';
import { found, mends, readStatus } from '../support/status.ts';

/** `status --once` on a demo whose hosts were changed behind weave's back. */
const look = async (scenario: ScenarioName, change: (stage: Stage) => void, format = '--json') => {
  const demo = await startDemo({ scenario, seed: 1 });
  try {
    change(demo.stage);
    return await runCli(['status', '--once', format, '--config', demo.configFile]);
  } finally {
    await demo.stop();
  }
};

const append = (stage: Stage, index: number, lines: string): void => {
  const files = stage.peers[index]?.files;
  files?.write(places.environmentFile, `${files.read(places.environmentFile)}${lines}`);
};

describe('what only the hosts can tell', () => {
  it('another password and a name that does not resolve, before anything is restarted', async () => {
    const { code, stdout } = await look('healthy', (stage) => {
      for (const index of [0, 1, 2, 3, 4])
        append(stage, index, `WEAVE_PASSWORD="${index === 2 ? 'hunter3' : 'hunter2'}"\n`);
      const [, second] = stage.peers;
      if (second !== undefined) stage.writeList(second, [...stage.addresses.slice(0, 4), 'nosuchhost']);
      append(stage, 1, "WEAVE_PASSWORD='hunter2'\n");
    });
    expect(stdout).not.toContain('hunter');
    const document = readStatus(stdout);
    expect(found(document)).toEqual([
      'warning password-mismatch: 13',
      'warning list-unresolvable: 12',
      'warning list-drift: 12',
    ]);
    expect(mends(document)).toEqual(['align', 'align', 'align']);
    expect(stdout).not.toMatch(/[0-9a-f]{64}/);
    expect(code).toBe(3);
  });

  it('what an earlier weave left on a spare and on hosts of a cluster to be made', async () => {
    const { stdout, code } = await look(
      'fresh-hosts',
      (stage) => {
        const [first] = stage.peers;
        const [spare] = stage.spares;
        for (const machine of [first, spare])
          if (machine !== undefined) machine.host.bridge = '8a:5c:00:11:22:33';
      },
      '--plain',
    );
    expect(stdout).toContain('WARNING not-primed: Weave is not installed on any of the 5 hosts');
    expect(stdout).toContain('; mesh none, no weave on any host\n');
    expect(stdout).toContain('  mend: weave-console bootstrap\n');
    expect(stdout).toMatch(/^127\.77\.0\.11 +- +no weave /m);
    expect(stdout).toContain('WARNING leftover: An earlier weave left something on 127.77.0.11\n');
    expect(stdout).toContain(
      'INFO leftover: An earlier weave left something on h6 (127.77.0.16), no member\n',
    );
    expect(stdout).toContain('has a weave bridge of an earlier life.');
    expect(code).toBe(4);
  });
});
