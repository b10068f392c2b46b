import { goTime } from './go-time.ts';
import { peerText, type Weaver } from './weaver.ts';
import type { World } from './world.ts';

/** A row of `Router.Connections`. */
export type ConnectionRow = {
  readonly Address: string;
  readonly Outbound: boolean;
  readonly State: string;
  readonly Info: string;
  readonly Attrs: { readonly encrypted?: boolean; readonly mtu: number; readonly name: string } | null;
};

/** The rows that a weaver reports, live connections first (`status.go`). */
export const connectionRows = (world: World, weaver: Weaver): ConnectionRow[] => {
  const encrypted = weaver.options.password !== null;
  const mtu = encrypted ? 1414 : 1438;
  const live = [...weaver.ends].map((end): ConnectionRow => {
    const info = `sleeve ${peerText(end.peer)}`;
    return {
      Address: end.address,
      Outbound: end.outbound,
      State: end.link.established ? 'established' : 'pending',
      Info: encrypted ? `encrypted   ${info}` : info,
      Attrs: {
        ...(encrypted ? { encrypted } : {}),
        mtu: end.link.established ? mtu : 65_535,
        name: 'sleeve',
      },
    };
  });
  const dead = [...weaver.targets].flatMap(([Address, target]): ConnectionRow[] => {
    const row = (State: string, Info: string) => [{ Address, Outbound: true, State, Info, Attrs: null }];
    if (target.state === 'attempting')
      return target.lastError === null ? row('connecting', '') : row('retrying', target.lastError);
    if (target.state !== 'waiting') return [];
    const until =
      target.tryAfter === null
        ? 'never'
        : goTime(world.wall(weaver.host, target.tryAfter), target.tryAfter - weaver.startedAt);
    return target.lastError === null
      ? row('waiting', `until: ${until}`)
      : row('failed', `${target.lastError}, retry: ${until}`);
  });
  return [...live, ...dead];
};
