import { launchOptions } from '../../../source/demo/machine/machine.ts';
import { prime } from '../../../source/demo/world/ipam.ts';
import { seededRandom } from '../../../source/demo/world/random.ts';
import { reportOf, type WeaveReport } from '../../../source/demo/world/report.ts';
import type { Weaver } from '../../../source/demo/world/weaver.ts';
import { runningOn } from '../../../source/demo/world/weaver.ts';
import { World } from '../../../source/demo/world/world.ts';

/** Hosts h1..hN at 10.77.0.11 and up, and the few words in which tests speak of them. */
export class Bench {
  readonly world: World;
  readonly addresses: string[];

  constructor(hosts: number, seed = 1) {
    this.world = new World(seededRandom(seed), Date.UTC(2026, 10, 22, 11, 0, 0));
    this.addresses = Array.from({ length: hosts }, (_, index) => `10.77.0.${11 + index}`);
    this.addresses.forEach((address, index) => {
      this.world.addHost(`h${index + 1}`, address);
    });
  }

  launch(id: string, args: readonly string[] = this.addresses): Weaver {
    return this.world.launch(id, launchOptions(['--no-restart', ...args]));
  }

  /** Launches on these hosts and lets them find each other. */
  up(ids: readonly string[], args: readonly string[] = this.addresses): void {
    for (const id of ids) this.launch(id, args);
    this.pass(5);
  }

  pass(seconds: number): void {
    this.world.advance(this.world.now + seconds * 1000);
  }

  weaver(id: string): Weaver {
    const weaver = runningOn(this.world.host(id));
    if (weaver === null) throw new Error(`no weave runs on ${id}`);
    return weaver;
  }

  report(id: string): WeaveReport {
    return reportOf(this.world, this.weaver(id));
  }

  prime(id: string): void {
    prime(this.world, this.weaver(id), () => {});
  }

  /** Nicknames in Router.Peers. */
  peers(id: string): string[] {
    return this.report(id)
      .Router.Peers.map(({ NickName }) => NickName)
      .sort();
  }

  /** `10.32.0.0/262144 h1 v0` for each token. */
  ring(id: string): string[] {
    return (this.report(id).IPAM.Entries ?? []).map(
      ({ Token, Size, Nickname, Version }) => `${Token}/${Size} ${Nickname} v${Version}`,
    );
  }

  owners(id: string): string[] {
    return [...new Set((this.report(id).IPAM.Entries ?? []).map(({ Nickname }) => Nickname))].sort();
  }

  /** State and Info of the row with that address; undefined when there is none. */
  row(id: string, address: string): { state: string; info: string } | undefined {
    const row = this.report(id).Router.Connections?.find((one) => one.Address === `${address}:6783`);
    return row && { state: row.State, info: row.Info };
  }

  established(id: string): number {
    return (this.report(id).Router.Connections ?? []).filter(({ State }) => State === 'established').length;
  }
}

export const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `h${index + 1}`);
