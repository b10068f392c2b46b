import type { InventoryPeer } from '../../cluster/inventory.ts';
import {
  editUnchanged,
  framed,
  installUnit,
  printedFile,
  readUnitFile,
  replaceUnit,
} from '../../commands/edit-file.ts';
import { anotherBlank } from '../../commands/inspect-script.ts';
import { unitName, unitPathsArePlain } from '../../commands/unit.ts';
import { lineDiff } from '../../text/line-diff.ts';
import { Secret } from '../../text/secret.ts';
import { unitLoaded } from '../checks/joining.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { inspectionOf } from '../checks/seeing.ts';
import { unitAsNoted, unitFitsThere, unitLikeThat, unitReplaceable } from '../checks/units.ts';
import type { UnitFile } from '../inspection.ts';
import type { Action, Step } from '../step.ts';
import type { World } from '../world.ts';
import { step } from './steps.ts';

/** What a unit is made like. `noted`: the host to copy from and the stamp of its unit; empty: the documented one. */
export type UnitCopy = {
  readonly host: InventoryPeer;
  readonly members: readonly InventoryPeer[];
  readonly noted: readonly string[] | undefined;
  readonly optional: string;
};

/** The lines of `one`, told apart from those of `other` also where they look the same and hide something else. */
const toldApart = (one: UnitFile, other: UnitFile): readonly string[] => {
  const theirs = new Set(other.hidden.values());
  return one.lines.map((line, at) => {
    const digest = one.hidden.get(at);
    return digest === undefined || theirs.has(digest) || !other.lines.includes(line)
      ? line
      : anotherBlank(line);
  });
};

/** What the new unit changes, line by line, without what is secret in either. */
const preview = (world: World, from: string, id: string): readonly string[] => {
  const [theirs, ours] = [inspectionOf(world, from)?.unitFile, inspectionOf(world, id)?.unitFile];
  if (theirs === undefined || ours === undefined) return [];
  const lines = lineDiff(ours.lines, toldApart(theirs, ours));
  if (lines.some((line) => !line.startsWith('  '))) return lines;
  return ours.digest === theirs.digest
    ? ['  The file stays as it is; systemd is told to read it.']
    : ['  What differs is not shown here: a comment, or only blanks.'];
};

/** Makes the unit of a host that of another, byte by byte, and has systemd read it. Weave is not touched. */
export const copyUnitStep = (run: string, { host, members, noted, optional }: UnitCopy): Step => {
  const id = host.address;
  const [from] = noted ?? [];
  const source = members.find(({ address }) => address === from) ?? null;
  const base = (world: World) => inspectionOf(world, id)?.unitFile.digest ?? null;
  const load = (world: World) => {
    const unit = inspectionOf(world, id)?.facts.unit;
    return unit?.known ? unit.value.load : null;
  };
  const action: Action = {
    kind: 'command',
    command: (world) => {
      if (noted === undefined || load(world) === null) return null;
      const missing = load(world) === 'not-found';
      if (source === null) return missing && unitPathsArePlain(host) ? installUnit(host) : null;
      const digest = missing ? 'missing' : base(world);
      return digest === null ? null : replaceUnit(host, digest, run);
    },
    unchanged: editUnchanged,
    ...(source === null
      ? {}
      : {
          input: {
            reads: (world) => [
              {
                on: source.address,
                command: readUnitFile(source, inspectionOf(world, source.address)?.unitFile.digest ?? null),
              },
            ],
            make: ([printed]: readonly Secret[]) => {
              const text = printed === undefined ? '' : (printedFile(printed)?.reveal() ?? '');
              return text === '' ? null : framed(new Secret(text));
            },
          },
        }),
  };
  return step({
    id: `unit:${id}`,
    title: `Align the unit of ${id}`,
    why: `${from === undefined ? 'The documented unit, where there is none.' : `Byte by byte the unit of ${from}, which most have.`} Nothing is restarted: how weave is stopped, and whether it is restarted, follows the new unit from now on, how it is started from its next start on.`,
    on: id,
    optional,
    inspects: [id, ...(from === undefined || from === id ? [] : [from])],
    before: [
      hostReached(id),
      rootThere(id),
      unitAsNoted(noted),
      unitReplaceable(from, id),
      unitFitsThere(source, host),
    ],
    action,
    after: [from === undefined ? unitLoaded(id) : unitLikeThat(from, id)],
    undo: `In /etc/systemd/system on ${id}: mv ${unitName(host.unit)}.weave-console-${run} ${unitName(host.unit)} && systemctl daemon-reload; where there was none before, rm ${unitName(host.unit)}.`,
    preview: (world) => (from === undefined ? [] : preview(world, from, id)),
  });
};
