import type { PeerId } from '../../cluster/inventory.ts';
import { BLANK } from '../../commands/inspect-script.ts';
import { referenceOf } from '../settings.ts';
import { block, type Check, pass, unknown, warn } from '../verdict.ts';
import type { World } from '../world.ts';
import { filesOf } from './agreement.ts';
import { called, calledAll, inspectionOf, reporting, watchOf } from './seeing.ts';

/** Whether a line of a unit may set a password: one that hides something, and is not about other variables alone. */
const mayEncrypt = (line: string): boolean =>
  line.includes(BLANK) && (/^Exec/.test(line) || line.includes('WEAVE_PASSWORD'));

/**
 * Whether weave encrypts after its next start by what this host's file sets; null where there is no file to go by, or
 * where an option, the unit or a drop-in may set a password that is not told.
 */
export const encryptsByFile = (world: World, id: PeerId): boolean | null => {
  const it = inspectionOf(world, id);
  if (it?.file.state !== 'there') return null;
  if (it.file.secrets.includes('WEAVE_PASSWORD')) return true;
  const { lines, dropIns } = it.unitFile;
  const elsewhere = it.file.secretDigests.has('PEERS') || dropIns.length > 0 || lines.some(mayEncrypt);
  return elsewhere ? null : false;
};

/** Whether most of these run with encryption; null where none of them tells. */
const mostEncrypt = (world: World, ids: readonly PeerId[]): boolean | null => {
  const told = reporting(world, ids).flatMap(({ report: { encryption } }) => encryption ?? []);
  return told.length === 0 ? null : told.filter(Boolean).length * 2 > told.length;
};

/** Who of these runs with another password than this host's file has, as the last probes of the session tell. */
const runOtherwise = (world: World, id: PeerId, others: readonly PeerId[]): readonly PeerId[] => {
  const told = (one: PeerId) => {
    const facts = watchOf(world, one)?.facts;
    return facts?.kind === 'facts' ? facts.facts.environment : null;
  };
  const file = told(id)?.passwordDigest ?? null;
  if (file === null) return [];
  return others.filter((one) => {
    const running = told(one)?.runningPasswordDigest ?? null;
    return running !== null && running !== file;
  });
};

/**
 * The peer would encrypt if, and only if, the others do: a running weave has not read what was written to the file since
 * it started, and peers that encrypt can't be linked with peers that don't.
 */
export const encryptsAsOthers = (id: PeerId, others: readonly PeerId[]): Check => ({
  id: `encrypts:${id}`,
  title: `${id} comes back with the encryption that the others run with`,
  judge: (world) => {
    if (others.length === 0) return pass(`${called(world, id)} is the only peer.`);
    const [theirs, ours] = [mostEncrypt(world, others), encryptsByFile(world, id)];
    const name = called(world, id);
    if (theirs === null) return unknown('Nobody else tells whether it encrypts.');
    if (ours === null) return pass(`Whether ${name} will encrypt is not for its file alone to say.`);
    const apart = ours && theirs ? runOtherwise(world, id, others) : [];
    if (apart.length > 0)
      return block(
        `The file of ${name} has another WEAVE_PASSWORD than ${calledAll(world, apart)} ${apart.length > 1 ? 'run' : 'runs'} with: it would come back without a link to ${apart.length > 1 ? 'them' : 'it'}. Correct its file first; if all are to change, that takes a restart of all together.`,
      );
    return ours === theirs
      ? pass(`The file of ${name} ${ours ? 'sets a' : 'sets no'} password, as the others run.`)
      : block(
          `The file of ${name} sets ${ours ? 'a' : 'no'} password, and the others run ${theirs ? 'with' : 'without'} encryption: it would come back without a link to any of them. Correct its file first; if all are to change, that takes a restart of all together.`,
        );
  },
});

/** The file that the others are made like sets a password where the running peers have one. */
export const encryptionKept = (ids: readonly PeerId[]): Check => ({
  id: 'encryption-kept',
  title: 'What is written everywhere fits the encryption of the running peers',
  judge: (world) => {
    const reference = referenceOf(filesOf(world, ids));
    const running = mostEncrypt(world, ids);
    const written = reference === null ? null : encryptsByFile(world, reference);
    if (running === null || written === null || reference === null)
      return pass('Nothing tells of another encryption.');
    const name = called(world, reference);
    if (running && !written)
      return block(
        `The running peers encrypt, and the file of ${name}, which most agree with, sets no WEAVE_PASSWORD: it would be taken out of all files, and whoever starts next could not be linked with the others. Put it back into the files that lack it first.`,
      );
    return written && !running
      ? warn(
          `The running peers do not encrypt, and WEAVE_PASSWORD will be in all files as on ${name}: whoever starts next can't be linked with those that still run without it. Then all must be restarted together.`,
        )
      : pass(`The running peers ${running ? 'encrypt' : 'do not encrypt'}, and so they will.`);
  },
});
