import type { Command } from '../command.ts';
import { type LockFolders, MINE, RECORD_WORD, SUM, TAKE } from './files.ts';

/** What must stand in the record's place for it to be replaced: nothing, a record with this prefix, or exactly these bytes. */
export type Expected =
  | { readonly kind: 'absent' }
  | { readonly kind: 'own'; readonly prefix: string }
  | { readonly kind: 'exact'; readonly sum: string };

const wordOf = (expected: Expected): string => {
  if (expected.kind === 'own') return expected.prefix;
  return expected.kind === 'exact' ? expected.sum : '';
};

/** `as_expected` and the guard, for the two scripts that swap. An own record is the first line's beginning. */
const COMMON = `say() { printf '${RECORD_WORD} %s\\n' "$1"; exit "$2"; }
${SUM}${TAKE}as_expected() {
  if [ ! -e "$record" ] && [ ! -L "$record" ]; then [ "$kind" = absent ]; return; fi
  [ -f "$record" ] || return 1
  case $kind in
    own) IFS= read -r line <"$record"; case $line in "$value"*) ;; *) return 1 ;; esac ;;
    exact) [ -n "$value" ] && [ "$(sum "$record")" = "$value" ] ;;
    *) return 1 ;;
  esac
}
umask 077
command -v flock >/dev/null || say no-flock 69
`;

const GUARD = `( : >>"$state/lock.guard" ) 2>/dev/null || say cannot 77
[ -O "$state" ] && [ ! -L "$state" ] || say foreign-folder 77
exec 8>>"$state/lock.guard"
take -x 8 || say guarded 75
as_expected || say differs 73
`;

/**
 * The lease is compared too, so that a write that was long on its way can't land after its session was replaced. A
 * record that changes hands waits for no fenced command of the hands before: `running` (held while one runs) is
 * taken first. The second dd has the journal of the file system, and so the rename, written before we say so.
 */
const SWAP = `lease=$1/weave-console.lock state=$2 record=$2/lock.json token=$3 kind=$4 value=$5 mind=$6 new=$7 note=$8
${COMMON}${MINE}[ -d "$state" ] || mkdir -p -m 700 -- "$state" 2>/dev/null
${GUARD}mine 2>/dev/null || say no-lease 75
if [ "$mind" = mind ]; then
  exec 6>>"$state/lock.running"
  flock -n 6 || flock -n 6 || flock -n 6 || say running 75
fi
[ "$kind" != exact ] || cp -f -- "$record" "$state/lock.before" || say failed 74
if ! printf '%s\\n' "$new" | dd of="$state/lock.new" conv=fsync 2>/dev/null; then rm -f -- "$state/lock.new"; say failed 74; fi
[ -z "$note" ] || printf '%s\\n' "$note" >>"$state/lock.log"
mv -f -- "$state/lock.new" "$record" || say failed 74
dd if=/dev/null of="$record" conv=notrunc,fsync 2>/dev/null
say swapped 0
`;

const REMOVE = `state=$1 record=$1/lock.json kind=$2 value=$3 note=$4
${COMMON}if [ ! -e "$state" ]; then say differs 73; fi
${GUARD}[ -z "$note" ] || printf '%s\\n' "$note" >>"$state/lock.log"
rm -f -- "$record" || say failed 74
say swapped 0
`;

/**
 * Compare-and-swap of the record, under the guard and only under our own live lease. Prints swapped | differs | no-lease |
 * running | guarded | cannot | foreign-folder | no-flock | failed; but for swapped nothing was changed. `note` is one line
 * for the peer's own log of who held the lock.
 */
export const swapRecord = (
  folders: LockFolders,
  swap: {
    readonly token: string;
    readonly expected: Expected;
    readonly record: string;
    readonly evenIfRunning: boolean;
    readonly note: string;
  },
): Command<'changes'> => ({
  name: 'lock-record',
  script: SWAP,
  args: [
    folders.runtimeDir,
    folders.stateDir,
    swap.token,
    swap.expected.kind,
    wordOf(swap.expected),
    swap.evenIfRunning || swap.expected.kind === 'own' ? 'ignore' : 'mind',
    swap.record,
    swap.note,
  ],
  effect: 'changes',
  timeout: 20_000,
  privileged: true,
});

/** Removes the record if it is the expected one. Prints as `swapRecord`; `differs` too where there is none. */
export const removeRecord = (
  folders: LockFolders,
  removal: { readonly expected: Expected; readonly note: string },
): Command<'changes'> => ({
  name: 'lock-release',
  script: REMOVE,
  args: [folders.stateDir, removal.expected.kind, wordOf(removal.expected), removal.note],
  effect: 'changes',
  timeout: 20_000,
  privileged: true,
});
