import type { Mischief } from '../ports.ts';
import { reboot } from './commands/systemctl.ts';
import type { Machine } from './machine/machine.ts';
import type { SshServer } from './ssh-server.ts';
import type { Stage } from './stage.ts';
import { prime } from './world/ipam.ts';
import { runningOn } from './world/weaver.ts';

type Deed = {
  readonly label: string;
  readonly possible: () => boolean;
  readonly run: () => Promise<string> | string;
};

/** `h1-h3`; a single one by itself. */
const span = (ids: readonly string[]): string => (ids.length > 1 ? `${ids[0]}-${ids.at(-1)}` : `${ids[0]}`);

/** Of a large cluster only some peers are offered for ill treatment. */
const victims = (stage: Stage): readonly Machine[] =>
  stage.peers.length <= 8 ? stage.peers : [...stage.peers.slice(0, 3), ...stage.peers.slice(-3)];

const deedsOn = (stage: Stage, machine: Machine, server: SshServer): [string, Deed][] => {
  const { world } = stage;
  const { host } = machine;
  const { id } = host;
  const running = () => runningOn(host) !== null;
  const answering = () => running() && host.weaver?.hung === false;
  const deed = (
    verb: string,
    label: string,
    possible: () => boolean,
    run: () => Promise<string> | string,
  ): [string, Deed] => [`${verb} ${id}`, { label, possible, run }];
  return [
    deed('kill', `Kill weave on ${id}`, running, () => {
      world.exit(id, 137);
      return `weave on ${id} was killed with SIGKILL.`;
    }),
    deed('stop', `Stop weave on ${id}`, answering, async () => {
      await machine.stop();
      world.exit(id, 0);
      return `weave.service on ${id} was stopped.`;
    }),
    deed(
      'start',
      `Start weave on ${id}`,
      () => host.up && !running(),
      async () =>
        (await machine.start()) ? `weave.service on ${id} runs.` : `weave.service on ${id} did not start.`,
    ),
    deed(
      'off',
      `Power off ${id}`,
      () => host.up,
      () => {
        world.powerOff(id);
        return `${id} lost its power.`;
      },
    ),
    deed(
      'boot',
      `Boot ${id}`,
      () => !host.up,
      () => {
        world.boot(id);
        return `${id} boots.`;
      },
    ),
    deed(
      'reboot',
      `Reboot ${id}`,
      () => host.up,
      () => {
        reboot(machine, true);
        return `${id} goes down and comes back in about 20 s.`;
      },
    ),
    deed('hang', `Hang weave on ${id} (SIGSTOP)`, answering, () => {
      world.hang(id, true);
      return `weave on ${id} accepts connections and answers nothing.`;
    }),
    deed(
      'resume',
      `Resume weave on ${id} (SIGCONT)`,
      () => running() && !answering(),
      () => {
        world.hang(id, false);
        return `weave on ${id} goes on.`;
      },
    ),
    deed(
      'udp',
      `Block UDP on ${id}`,
      () => host.up && !host.udpBlocked,
      () => {
        world.blockUdp(id, true);
        return `UDP to and from ${id} is dropped.`;
      },
    ),
    deed(
      'no-udp',
      `Let UDP through to ${id}`,
      () => host.udpBlocked,
      () => {
        world.blockUdp(id, false);
        return `UDP to and from ${id} gets through again.`;
      },
    ),
    deed(
      'drop',
      `Drop the console's SSH connections to ${id}`,
      // Not only while there are some: the list may be made before the console connects.
      () => host.up,
      () => {
        server.dropConnections();
        return `SSH connections to ${id} were dropped.`;
      },
    ),
    deed(
      'mute',
      `Let SSH to ${id} fall silent`,
      () => host.up && !server.frozen(),
      () => {
        server.freeze(true);
        return `Nothing passes on SSH connections to ${id}, and nobody is told.`;
      },
    ),
    deed(
      'unmute',
      `Let SSH to ${id} speak again`,
      () => server.frozen(),
      () => {
        server.freeze(false);
        return `SSH connections to ${id} pass data again.`;
      },
    ),
    deed('prime', `Run weave prime on ${id}`, answering, () => {
      const weaver = runningOn(host);
      if (weaver !== null) prime(world, weaver, () => {});
      return `weave prime runs on ${id}.`;
    }),
  ];
};

/** What can be done to a host that is no member: its SSH and its power; all, once weave is on it. */
const deedsOnSpare = (stage: Stage, machine: Machine, server: SshServer): [string, Deed][] =>
  deedsOn(stage, machine, server).map(([id, deed]) => {
    const always = /^(?:drop|mute|unmute|off|boot|reboot) /.test(id);
    return [id, { ...deed, possible: () => (always || machine.host.weaver !== null) && deed.possible() }];
  });

/** The menu of what can be broken and mended; only what makes sense now is offered. */
export const mischiefOf = (
  stage: Stage,
  serverOf: (machine: Machine) => SshServer,
  tick: () => void,
): Mischief => {
  const { world } = stage;
  let cut = false;
  const ids = stage.peers.map(({ host }) => host.id);
  const half = Math.min(ids.length - 1, Math.floor(ids.length / 2) + 1);
  const network: [string, Deed][] = [
    [
      'cut',
      {
        label: `Cut the network: ${span(ids.slice(0, half))} | ${span(ids.slice(half))}`,
        possible: () => !cut && ids.length > 1,
        run: () => {
          world.cut(ids.slice(0, half), ids.slice(half));
          cut = true;
          return 'The network is cut in two, silently: weave notices in 34 to 53 s.';
        },
      },
    ],
    [
      'heal',
      {
        label: 'Heal the network',
        possible: () => cut || world.anyCut,
        run: () => {
          world.heal();
          cut = false;
          return 'The network is whole again: weave comes back at its next retry.';
        },
      },
    ],
  ];
  const deeds = new Map([
    ...network,
    ...victims(stage).flatMap((machine) => deedsOn(stage, machine, serverOf(machine))),
    ...stage.spares.flatMap((machine) => deedsOnSpare(stage, machine, serverOf(machine))),
  ]);
  return {
    items: () => [...deeds].filter(([, deed]) => deed.possible()).map(([id, { label }]) => ({ id, label })),
    run: async (id) => {
      const deed = deeds.get(id);
      if (deed === undefined) throw new Error(`There is nothing called ${id} to do.`);
      tick();
      if (!deed.possible()) return 'That is not possible now.';
      return deed.run();
    },
  };
};
