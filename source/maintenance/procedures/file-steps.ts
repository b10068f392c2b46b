import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import {
  editUnchanged,
  framed,
  installUnit,
  printedFile,
  readEnvironmentFile,
  retireEnvironmentFile,
  writeEnvironmentFile,
} from '../../commands/edit-file.ts';
import { unitName, unitPathsArePlain, unitText } from '../../commands/unit.ts';
import { clean } from '../../text/clean.ts';
import { Secret } from '../../text/secret.ts';
import { sameSettingsIn, secretStaysSecret } from '../checks/agreement.ts';
import { fileLists } from '../checks/files.ts';
import { unitLoaded } from '../checks/joining.ts';
import { fileRetired } from '../checks/leaving.ts';
import { newHostFile, otherLinesKept, staysItself } from '../checks/new-file.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { inspectionOf } from '../checks/seeing.ts';
import { newPeerFile, newPeerPreview } from '../environment-edit.ts';
import type { FileState } from '../inspection.ts';
import type { Step } from '../step.ts';
import { block, type Check, pass } from '../verdict.ts';
import { type Plan, step } from './steps.ts';

/** What the environment file of one host is made of. */
export type NewFile = {
  readonly host: InventoryPeer;
  /** The host whose other settings and secrets it gets; `nobody`: it says the list alone. Null: not known, so not written. */
  readonly from: InventoryPeer | 'nobody' | null;
  readonly list: readonly PeerId[];
  /** Whether it sets what the other file sets and nothing else, whatever it sets now. */
  readonly exact?: boolean;
  readonly words: Pick<Step, 'id' | 'title' | 'why'> &
    Partial<Pick<Step, 'group' | 'optional' | 'optionalNow' | 'takesNotes'>>;
  /** What must hold besides what every such file needs. */
  readonly before?: readonly Check[];
  readonly after?: readonly Check[];
};

/** Files as texts, in the order in which they were read; null where one of them did not come whole. */
const textsOf = (printed: readonly (Secret | undefined)[]): readonly string[] | null => {
  const texts = printed.map((one) => (one ? printedFile(one)?.reveal() : undefined));
  return texts.every((text) => text !== undefined) ? texts : null;
};

/** What the file must still be when it is read; null where nobody has seen it. */
const baseOf = (file: FileState | undefined): string | null =>
  file?.state === 'missing' ? 'missing' : (file?.digest ?? null);

/** Writes the whole environment file of a host: the list, and what another host's file sets. `run` names what is kept of the old one. */
export const fileStep = (run: string, given: NewFile): Step => {
  const { host, list, exact = false, words } = given;
  const id = host.address;
  const from = given.from === 'nobody' ? null : given.from;
  /** An empty address is no host's, so that nothing is known of it. */
  const template = given.from === 'nobody' ? null : (given.from?.address ?? '');
  const others = template === null || template === '' || template === id ? [] : [template];
  return step({
    ...words,
    on: id,
    inspects: [id, ...others],
    before: [
      hostReached(id),
      rootThere(id),
      newHostFile(template, id, list),
      ...(template === '' ? [] : [staysItself(template, id, list, exact)]),
      ...others.map((other) => secretStaysSecret(other, id)),
      ...(given.before ?? []),
    ],
    action: {
      kind: 'command',
      command: (world) => {
        const file = inspectionOf(world, id)?.file;
        if (file === undefined || file.state === 'unreadable' || given.from === null) return null;
        const theirs = template === null ? null : inspectionOf(world, template)?.file.mode;
        const mode = theirs === '640' || theirs === '644' ? theirs : '600';
        return writeEnvironmentFile(host, file.digest ?? 'missing', run, mode);
      },
      unchanged: editUnchanged,
      input: {
        reads: (world) =>
          (from === null ? [host] : [from, host]).map((one) => ({
            on: one.address,
            command: readEnvironmentFile(one, baseOf(inspectionOf(world, one.address)?.file)),
          })),
        make: (printed) => {
          const texts = textsOf(from === null ? [printed[0]] : [printed[0], printed[1]]);
          if (texts === null || given.from === null) return null;
          const [member = '', own = ''] = from === null ? ['', ...texts] : texts;
          const made = newPeerFile(member, own === '' ? null : own, list, exact);
          return made === null ? null : framed(new Secret(made));
        },
      },
    },
    after: [
      fileLists(id, () => list),
      ...(template === null ? [] : [exact ? sameSettingsIn(template, id) : otherLinesKept(template, id)]),
      ...(given.after ?? []),
    ],
    undo: `mv ${host.environmentFile}.weave-console-${run} ${host.environmentFile} on ${id}; where there was none before, rm ${host.environmentFile}.`,
    preview: (world) => {
      const theirs = template === null ? null : inspectionOf(world, template)?.file;
      const ours = inspectionOf(world, id)?.file;
      return theirs === undefined || ours === undefined ? [] : newPeerPreview(theirs, ours, list, exact);
    },
  });
};

/** Installs the unit on a host that has none yet. */
export const unitStep = (
  host: InventoryPeer,
  words: Pick<Step, 'id'> & Partial<Pick<Step, 'group' | 'optional' | 'optionalNow' | 'takesNotes'>>,
): Step =>
  step({
    ...words,
    title: `Install ${unitName(host.unit)} on ${host.address}`,
    why:
      host.siteUnit === null
        ? 'The unit of the Weave Net guide, where the host has none yet.'
        : `The unit of ${host.siteUnit.path}, where the host has none yet.`,
    on: host.address,
    before: [
      hostReached(host.address),
      {
        id: 'plain-paths',
        title: 'The paths can stand in a unit',
        never: true,
        judge: () =>
          unitPathsArePlain(host)
            ? pass('The paths can stand in a unit as they are.')
            : block(
                `A path configured for ${host.address} has characters that systemd would read as its own.`,
              ),
      },
      {
        id: 'unit-reads-file',
        title: 'The unit reads the environment file',
        judge: () =>
          unitText(host).includes(host.environmentFile)
            ? pass(`The unit reads ${host.environmentFile}.`)
            : block(
                `The unit of ${host.siteUnit?.path} does not name ${host.environmentFile}: weave would start without the list, as a cluster of its own.`,
              ),
      },
    ],
    action: {
      kind: 'command',
      command: () => (unitPathsArePlain(host) ? installUnit(host) : null),
      unchanged: editUnchanged,
    },
    after: [unitLoaded(host.address)],
    preview: (world) => {
      const unit = inspectionOf(world, host.address)?.facts.unit;
      return unit?.known && unit.value.load === 'not-found'
        ? unitText(host)
            .trimEnd()
            .split('\n')
            .map((line) => `+ ${clean(line, 300)}`)
        : [];
    },
    undo: `rm /etc/systemd/system/${unitName(host.unit)} && systemctl daemon-reload on ${host.address}.`,
  });

/** Takes the environment file of a host away that goes: kept beside its place. */
export const retireStep = ({ target, id: run }: Pick<Plan, 'target' | 'id'>): Step => {
  const id = target.address;
  return step({
    id: 'retire-file',
    title: `Take ${target.environmentFile} away on ${id}`,
    why: 'With the old list a start by hand would bring it back into the cluster. The file is kept beside its place, with what secrets it has.',
    on: id,
    optional: 'The host is going away, or is installed anew.',
    before: [hostReached(id), rootThere(id)],
    action: {
      kind: 'command',
      command: (world) => {
        const file = inspectionOf(world, id)?.file;
        return file?.digest ? retireEnvironmentFile(target, file.digest, run) : null;
      },
      unchanged: editUnchanged,
    },
    after: [fileRetired(id)],
    undo: `mv ${target.environmentFile}.weave-console-${run} ${target.environmentFile} on ${id}.`,
  });
};
