import type { InventoryPeer } from '../cluster/inventory.ts';
import type { Command } from './command.ts';
import { ADD_MARK_SCRIPT, marksUnwritten, REMOVE_MARKS_SCRIPT } from './marks-script.ts';
import { isPeerName, isWeaveAddress } from './weave.ts';

/** Exit codes by which the commands of this file say that they changed nothing. */
export const marksUnchanged: readonly number[] = [marksUnwritten];

/** What a mark says of a peer that is about to be reclaimed. `nickname` may be any text; what is odd in it is left out. */
export type NewMark = {
  readonly name: string;
  readonly address: string;
  readonly nickname: string;
  readonly run: string;
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

/** Marks on `peer` that this name is reclaimed by this run. A second time it changes nothing. */
export const addMark = (peer: InventoryPeer, given: NewMark): Command<'changes'> => {
  checkedNames([given.name]);
  if (!isWeaveAddress(given.address))
    throw new RangeError(`not an address: ${JSON.stringify(given.address)}`);
  if (!/^[A-Za-z0-9][\w-]{0,63}$/.test(given.run))
    throw new RangeError(`not the id of a run: ${JSON.stringify(given.run)}`);
  const nickname = given.nickname.replace(/[^\w.-]/g, '').slice(0, 64) || '-';
  return mark('mark-reclaimed', ADD_MARK_SCRIPT, [
    peer.stateDir,
    given.name,
    given.address,
    nickname,
    given.run,
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
