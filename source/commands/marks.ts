import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Command } from './command.ts';
import { ADD_MARK_SCRIPT, marksOtherwise, marksUnwritten, REMOVE_MARKS_SCRIPT } from './marks-script.ts';
import { isPeerName, isRunId, isWeaveAddress } from './weave.ts';

/** Exit codes by which the commands of this file say that they changed nothing. */
export const marksUnchanged: readonly number[] = [marksUnwritten, marksOtherwise];

/** What a mark says of a peer that is about to be reclaimed. `nickname` may be any text; what is odd in it is left out. */
export type NewMark = {
  readonly name: string;
  readonly address: string;
  readonly nickname: string;
  readonly run: string;
  /** Which survivor shall run rmpeer, by address. */
  readonly executor: string;
};

const mark = (name: string, script: string, args: readonly string[]): Command<'changes'> => ({
  name,
  script,
  args,
  effect: 'changes',
  timeout: 20_000,
  privileged: true,
});

const checkedNames = (names: readonly string[]): readonly string[] => {
  const odd = names.find((name) => !isPeerName(name));
  if (odd !== undefined) throw new RangeError(`not a peer name: ${JSON.stringify(odd)}`);
  if (names.length === 0) throw new RangeError('a mark is of a peer name');
  return names;
};

/**
 * Marks on `peer` that this name is reclaimed by this run. A second time it changes nothing. It refuses where another run has
 * a mark of the name that does not say that its rmpeer was not begun.
 */
export const addMark = (peer: InventoryPeer, given: NewMark): Command<'changes'> => {
  checkedNames([given.name]);
  for (const address of [given.address, given.executor])
    if (!isWeaveAddress(address)) throw new RangeError(`not an address: ${JSON.stringify(address)}`);
  if (!isRunId(given.run)) throw new RangeError(`not the id of a run: ${JSON.stringify(given.run)}`);
  const nickname = given.nickname.replace(/[^\w.-]/g, '').slice(0, 64) || '-';
  return mark('mark-reclaimed', ADD_MARK_SCRIPT, [
    peer.stateDir,
    given.name,
    given.address,
    nickname,
    given.run,
    given.executor,
  ]);
};

/** Takes the marks of these names away on `peer`: whoever had them was wiped, and may join again. */
export const removeMarks = (peer: InventoryPeer, names: readonly string[]): Command<'changes'> =>
  mark('unmark-reclaimed', REMOVE_MARKS_SCRIPT, [peer.stateDir, ...checkedNames(names)]);

/** `command`, and when it succeeded `removeMarks`, as one command. */
export const thenRemoveMarks = (
  command: Command<'changes'>,
  peer: InventoryPeer,
  names: readonly string[],
): Command<'changes'> => ({
  ...command,
  script: `${command.script}shift ${command.args.length}\n${REMOVE_MARKS_SCRIPT}`,
  args: [...command.args, peer.stateDir, ...checkedNames(names)],
});
