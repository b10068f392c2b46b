import type { PeerId } from '../../cluster/inventory.ts';
import { type Millis, notDeadBy } from '../../cluster/trouble.ts';
import { block, type Check, pass, unknown, type Verdict, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { calledDead, configuredName, nameToReclaim, refWords, strangers } from './dead-name.ts';
import { bringsBack } from './enabling.ts';
import {
  away,
  called,
  calledAll,
  inspectionOf,
  listed,
  reporting,
  seen,
  watchOf,
  whyNotInspected,
} from './seeing.ts';

/** What the host itself shows of weave: anything that runs is a live peer. */
const byHost = (world: World, id: PeerId, name: string): Verdict => {
  const inspection = world.inspections.get(id);
  if (inspection === undefined) return unknown(`${name} was not inspected yet.`);
  if (inspection.kind === 'failed') {
    const against = notDeadBy(inspection.why);
    return against === null
      ? pass(
          `SSH does not reach ${name} (${inspection.why.kind}): what a person knows of it is all there is.`,
        )
      : unknown(
          `The host of ${name} ${against}, so whether weave runs there can't be told: ${whyNotInspected(world, id)}`,
        );
  }
  const { unit, container } = inspection.facts;
  const remove = `If it is to go, remove it: weave-console remove ${id}.`;
  if (container.known && ['running', 'paused', 'restarting'].includes(container.value.status))
    return block(
      `${name} lives: its weave container is ${container.value.status}. rmpeer would not refuse, and two peers would own the same addresses. ${remove}`,
    );
  if (unit.known && ['active', 'activating', 'reloading'].includes(unit.value.active))
    return block(`${name} lives: its unit is ${unit.value.active}. ${remove}`);
  if (!container.known)
    return unknown(`Whether a weave container runs on ${name} could not be told: ${container.because}.`);
  if (!unit.known) return unknown(`The unit of ${name} is not known: ${unit.because}.`);
  return pass(
    `On ${name} the container is ${container.value.status}, the unit ${unit.value.active || 'not active'}.`,
  );
};

/** It tells no report, and its host shows no weave that runs. rmpeer itself does not refuse a live peer. */
export const deadThere = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'dead',
  title: `Weave on ${id} does not run`,
  never: true,
  judge: (world) => {
    const name = calledDead(world, id, survivors);
    const it = seen(world, id);
    if (it.kind === 'report')
      return block(
        `${name} lives: it told a report just now. rmpeer would not refuse, and two peers would own the same addresses. If it is to go, remove it: weave-console remove ${id}.`,
      );
    if (!it.looked) return unknown(`${name}: ${it.why}.`);
    if (watchOf(world, id)?.look?.kind === 'garbled')
      return block(`${name} lives: something answered for its weave just now, and ${it.why}.`);
    return byHost(world, id, name);
  },
});

/** Who of these sees the peer of that name, by gossip or by a link of its own. */
const seeing = (world: World, survivors: readonly PeerId[], name: string): readonly PeerId[] =>
  reporting(world, survivors)
    .filter(
      ({ report }) =>
        report.peers.some((peer) => peer.name === name) ||
        report.connections.some(
          ({ state, peer }) => peer?.name === name && (state === 'established' || state === 'pending'),
        ) ||
        report.ipam?.entries.some((entry) => entry.owner === name && entry.known),
    )
    .map(({ id }) => id);

/** No survivor knows it any more: in Peers, by a link, or as an owner in sight. */
export const unseen = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'unseen',
  title: `Every survivor reports ${id} as unknown`,
  never: true,
  judge: (world) => {
    const reports = reporting(world, survivors);
    if (reports.length === 0) return unknown('No survivor told a report just now.');
    const dead = calledDead(world, id, survivors);
    const name = nameToReclaim(world, id, survivors);
    if (name === null) return pass(`${dead} has no name that anybody could see.`);
    const twin = reports.find(({ report }) => report.name === name);
    if (twin)
      return block(
        `${called(world, twin.id)} itself has the peer name ${name}: it lives under that address.`,
      );
    const by = seeing(world, survivors, name);
    return by.length > 0
      ? block(
          `${calledAll(world, by)} still ${by.length > 1 ? 'see' : 'sees'} ${dead}: it lives, or died a moment ago. Wait a minute and look again; while anybody sees it, it must not be reclaimed.`,
        )
      : pass(
          `${calledAll(
            world,
            reports.map((one) => one.id),
          )} do not know ${dead} any more.`,
        );
  },
});

/** Who sees a silent member; where nobody knows its name, who sees a peer that is none of the members by name. */
const seeingSilent = (world: World, silent: PeerId, members: readonly PeerId[]): readonly PeerId[] => {
  const name = configuredName(world, silent);
  if (name !== null) return seeing(world, members, name);
  const names = new Set(members.map((member) => configuredName(world, member)));
  return reporting(world, members)
    .filter(({ report }) => report.peers.some((peer) => !names.has(peer.name)))
    .map(({ id }) => id);
};

/** One check for each survivor: who is silent can't be asked, and must be as dead as the one that is reclaimed. */
export const survivorsTold = (id: PeerId, survivors: readonly PeerId[]): readonly Check[] =>
  survivors.map((one) => ({
    id: `told:${one}`,
    title: `${one} tells what it sees of ${id}`,
    never: true,
    judge: (world) => {
      const it = seen(world, one);
      const who = called(world, one);
      if (it.kind === 'report') return pass(`${who} told a report just now.`);
      if (!it.looked) return unknown(`${who}: ${it.why}.`);
      const by = seeingSilent(world, one, [id, ...survivors]);
      if (by.length > 0)
        return block(
          `${who} does not tell what it sees (${it.why}), and ${calledAll(world, by)} ${by.length > 1 ? 'see' : 'sees'} it${configuredName(world, one) === null ? ', or a peer that is none of the members' : ''}: it lives and must be asked. Mend the way to it first.`,
        );
      const host = byHost(world, one, who);
      if (host.level === 'unknown') return host;
      if (host.level === 'block')
        return block(
          `Weave runs on ${who} and does not answer (${it.why}): it may see what the others don't. Mend or stop it first.`,
        );
      if (away(world).includes(one)) return pass(`${who} is silent, as was acknowledged.`);
      return warn(
        `${who} is silent, too (${it.why}), and no survivor sees it, so it can't be asked. If weave runs there, cut off together with ${calledDead(world, id, survivors)}, the same addresses would be handed out twice. Go on only if it is as surely stopped.`,
      );
    },
  }));

/** Nobody else owns space, is out of sight and no member here: it could be cut off together with the dead one, and live. */
export const strangersDead = (id: PeerId, survivors: readonly PeerId[]): Check => ({
  id: 'strangers',
  title: 'No owner of address space is out of sight that is no member here',
  never: true,
  judge: (world) => {
    const dead = nameToReclaim(world, id, survivors);
    const out = strangers(world, survivors, id).filter(({ name }) => name !== dead);
    return out.length === 0
      ? pass('Nobody else is out of sight who is no member here.')
      : warn(
          `${listed(out.map(refWords))} ${out.length > 1 ? 'own address space, are out of sight and are no members' : 'owns address space, is out of sight and is no member'} here, so nobody asked: cut off together with ${calledDead(world, id, survivors)}, it would look the same. Go on only if it is known to be as surely stopped, and add it to the cluster's config if it is not.`,
        );
  },
});

/** How long a person's word that a peer is dead is gone by without asking again, in ms. */
const wordHolds: Millis = 30 * 60_000;

/** Where SSH does not show it, that the peer is dead is a person's word: of this session, and not an old one. */
export const saidLately = (step: string, id: PeerId): Check => ({
  id: 'said',
  title: `That weave on ${id} is stopped was made sure of lately`,
  never: true,
  judge: (world) => {
    const name = called(world, id);
    if (world.said === undefined) return pass('A person is asked when the change is made.');
    if (inspectionOf(world, id) !== null) return pass(`The host of ${name} shows itself that it is stopped.`);
    const at = world.said.get(step);
    return at !== undefined && world.now - at <= wordHolds
      ? pass(`A person made sure that weave on ${name} is stopped.`)
      : warn(
          `That weave on ${name} is stopped, disabled and will be wiped was said more than half an hour ago, or before this change was taken up again. Somebody may have switched the host on since: look there once more, and go on only if it is still so.`,
        );
  },
});

/** The unit does not start with the host; where SSH does not reach it that is a person's word. */
export const disabledOrAway = (id: PeerId): Check => ({
  id: 'disabled',
  title: `Weave does not start with ${id}, as far as SSH tells`,
  judge: (world) => {
    const inspection = world.inspections.get(id);
    if (inspection === undefined) return unknown(`${id} was not inspected yet.`);
    if (inspection.kind === 'failed')
      return pass(`SSH does not reach ${called(world, id)}: that it is disabled was said by a person.`);
    const { unit } = inspection.facts;
    const name = called(world, id);
    if (!unit.known) return unknown(`The unit of ${name} is not known: ${unit.because}.`);
    const { enabled, load } = unit.value;
    if (load === 'not-found') return pass(`${name} has no unit that could start weave.`);
    return enabled.startsWith('enabled')
      ? block(`The unit of ${name} is ${enabled}: ${bringsBack(enabled)} with its old data.`)
      : pass(`The unit of ${name} is ${enabled || 'not enabled'}.`);
  },
});
