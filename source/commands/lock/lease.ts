import type { Millis } from '../../cluster/trouble.ts';
import type { Command } from '../command.ts';
import { LEASE_WORD } from './files.ts';

/**
 * Nothing runs under the lock: a child would inherit descriptor 9 and keep it. The reader is the shell's own `read -t`
 * where there is one (busybox, bash), else `timeout head` with the descriptor closed (dash); busybox' own timeout leaves
 * a watcher behind that would hold the output open. A file that somebody planted in the runtime folder is not used.
 */
const SCRIPT = `lease=$1/weave-console.lock token=$2 quiet=$3
say() { printf '${LEASE_WORD} %s\\n' "$1"; }
umask 077
if ! command -v flock >/dev/null; then say no-flock; exit 69; fi
if ( IFS= read -r -t 1 word && [ "$word" = yes ] ) 2>/dev/null <<END
yes
END
then next() { IFS= read -r -t "$quiet" beat; }
elif command -v timeout >/dev/null; then next() { beat=$(exec 9>&-; timeout "$quiet" head -n 1); }
else say no-timeout; exit 69; fi
[ -d "$1" ] || mkdir -p -m 755 -- "$1"
if ! ( : >>"$lease" ) 2>/dev/null; then say cannot; exit 77; fi
exec 9>>"$lease"
if [ -L "$lease" ] || [ ! -f "$lease" ] || [ ! -O "$lease" ]; then say foreign-file; exit 77; fi
flock -n 9 || flock -n 9 || flock -n 9
case $? in
  0) ;;
  1) IFS= read -r first <"$lease"; say "busy $first"; exit 75 ;;
  *) say cannot; exit 77 ;;
esac
if ! printf '%s\\n' "$token" >"$lease" || ! chmod 600 "$lease"; then say cannot; exit 77; fi
say held
while next && [ -n "$beat" ]; do
  case $beat in *[!0-9]*) break ;; esac
  IFS= read -r first <"$lease" && [ "$first" = "$token" ] || break
  printf '%s\\n' "$beat" >&9
  say "beat $beat"
done
say over
`;

/**
 * Holds the lease of a peer for as long as number lines come on standard input, one within each `quiet`; each is
 * answered. To be opened, not run: it ends at the end of input, after `quiet` without a line, or when the file is no
 * longer the one it locked. First line: held | busy TOKEN | cannot | foreign-file | no-flock | no-timeout.
 */
export const leaseCommand = (
  runtimeDir: string,
  lease: { readonly token: string; readonly quiet: Millis },
): Command<'changes'> => ({
  name: 'lock-lease',
  script: SCRIPT,
  args: [runtimeDir, lease.token, String(Math.max(1, Math.ceil(lease.quiet / 1000)))],
  effect: 'changes',
  timeout: 20_000,
  privileged: true,
});
