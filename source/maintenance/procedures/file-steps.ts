import type { InventoryPeer, PeerId } from '../../cluster/inventory.ts';
import {
  editUnchanged,
  framed,
  installUnit,
  printedFile,
  readEnvironmentFile,
  writeEnvironmentFile,
} from '../../commands/edit-file.ts';
import { unitName, unitPathsArePlain } from '../../commands/unit.ts';
import { Secret } from '../../text/secret.ts';
import { sameSettingsIn } from '../checks/agreement.ts';
import { fileLists } from '../checks/files.ts';
import { unitLoaded } from '../checks/joining.ts';
import { newHostFile, otherLinesKept } from '../checks/new-file.ts';
import { hostReached, rootThere } from '../checks/new-host.ts';
import { inspectionOf } from '../checks/seeing.ts';
import { newPeerFile, newPeerPreview } from '../environment-edit.ts';
import type { Step } from '../step.ts';
import { block, pass } from '../verdict.ts';
import { step } from './steps.ts';

/** What the environment file of one host is made of. `from`: the host whose other settings and secrets it gets; null: none. */
export type NewFile = {
  readonly host: InventoryPeer;
  readonly from: InventoryPeer | null;
  readonly list: readonly PeerId[];
  /** Whether it sets what the other file sets and nothing else, whatever it sets now. */
  readonly exact?: boolean;
  readonly words: Pick<Step, 'id' | 'title' | 'why'> & Partial<Pick<Step, 'group' | 'optional'>>;
};

/** Writes the whole environment file of a host: the list, and what another host's file sets. `run` names what is kept of the old one. */
export const fileStep = (run: string, { host, from, list, exact = false, words }: NewFile): Step => {
  const id = host.address;
  const template = from?.address ?? '';
  return step({
    ...words,
    on: id,
    inspects: [id, ...(template === '' || template === id ? [] : [template])],
    before: [hostReached(id), rootThere(id), newHostFile(template, id, list)],
    action: {
      kind: 'command',
      command: (world) => {
        const file = inspectionOf(world, id)?.file;
        if (file === undefined || file.state === 'unreadable' || from === null) return null;
        const theirs = inspectionOf(world, template)?.file.mode;
        const mode = theirs === '640' || theirs === '644' ? theirs : '600';
        return writeEnvironmentFile(host, file.digest ?? 'missing', run, mode);
      },
      unchanged: editUnchanged,
      input:
        from === null
          ? undefined
          : {
              reads: [
                { on: template, command: readEnvironmentFile(from) },
                { on: id, command: readEnvironmentFile(host) },
              ],
              make: ([theirs, ours]) => {
                const texts = [theirs, ours].map((printed) =>
                  printed ? printedFile(printed)?.reveal() : undefined,
                );
                const [member, before] = texts;
                if (member === undefined || before === undefined) return null;
                const made = newPeerFile(member, before === '' ? null : before, list, exact);
                return made === null ? null : framed(new Secret(made));
              },
            },
    },
    after: [fileLists(id, () => list), exact ? sameSettingsIn(template, id) : otherLinesKept(template, id)],
    undo: `mv ${host.environmentFile}.weave-console-${run} ${host.environmentFile} on ${id}; where there was none before, rm ${host.environmentFile}.`,
    preview: (world) => {
      const [theirs, ours] = [inspectionOf(world, template)?.file, inspectionOf(world, id)?.file];
      return theirs === undefined || ours === undefined ? [] : newPeerPreview(theirs, ours, list, exact);
    },
  });
};

/** Installs the unit on a host that has none yet. */
export const unitStep = (host: InventoryPeer, words: Pick<Step, 'id'> & Partial<Pick<Step, 'group'>>): Step =>
  step({
    ...words,
    title: `Install ${unitName(host.unit)} on ${host.address}`,
    why: 'The unit of the Weave Net guide, where the host has none yet.',
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
    ],
    action: {
      kind: 'command',
      command: () => (unitPathsArePlain(host) ? installUnit(host) : null),
      unchanged: editUnchanged,
    },
    after: [unitLoaded(host.address)],
    undo: `rm /etc/systemd/system/${unitName(host.unit)} && systemctl daemon-reload on ${host.address}.`,
  });
