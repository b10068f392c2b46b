import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Place, Result } from '../../source/demo/commands/command.ts';
import { standIns } from '../../source/demo/commands/index.ts';
import type { ScenarioName } from '../../source/demo/scenario-names.ts';
import { play } from '../../source/demo/scenarios.ts';
import { Stage } from '../../source/demo/stage.ts';
import { seededRandom } from '../../source/demo/world/random.ts';

/** Hosts with files, without servers: commands are called, not run by a shell. */
export type Theatre = {
  readonly stage: Stage;
  /** Runs `weave status` and the like on a host, and lets the time pass that it takes. */
  run(host: string, line: string): Promise<Result>;
  close(): void;
};

export const theatre = async (scenario: ScenarioName, peers = 5): Promise<Theatre> => {
  const folder = mkdtempSync(join(tmpdir(), 'weave-demo-test-'));
  writeFileSync(join(folder, 'requests'), '');
  const stage = new Stage(seededRandom(7), Date.UTC(2026, 10, 22), folder);
  stage.populate(peers, 2);
  await play(scenario, stage).catch((problem: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw problem;
  });
  return {
    stage,
    run: (host, line) => {
      const [name = '', ...args] =
        line.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/^'(.*)'$/, '$1')) ?? [];
      const standIn = standIns[name];
      if (standIn === undefined) throw new Error(`no stand-in for ${name}`);
      const place = { machine: stage.machine(host) } as Place;
      return stage.complete(Promise.resolve(standIn(place, args)));
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
};
