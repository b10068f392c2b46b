import type { Command } from '../command.ts';
import { LOOK_WORD, type LockFolders, MOST_BYTES, SUM } from './files.ts';

const SCRIPT = `lease=$1/weave-console.lock token=$3 other= state=$2 record=$2/lock.json running=$2/lock.running
is() { printf '%s %s\\n' "$1" "$2"; }
finish() { is ${LOOK_WORD} end; exit 0; }
age() { made=$(stat -c %Y -- "$1") && is "$2" "$((now - made))"; }
${SUM}exec 2>/dev/null
is ${LOOK_WORD} 1
time=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ')
now=\${time%% *}
is clock "\${time#* }"
if ! command -v flock >/dev/null; then is cannot no-flock; finish; fi
above=$state
while [ ! -e "$above" ] && [ "$above" != / ] && [ "$above" != . ]; do above=$(dirname -- "$above"); done
if [ ! -x "$above" ] || { [ -d "$state" ] && [ ! -r "$state" ]; }; then is cannot read; finish; fi
if [ ! -e "$lease" ]; then is lease free
elif [ ! -r "$lease" ]; then is cannot read; finish
else
  ( exec flock -n -s 7 ) 7<"$lease"
  case $? in
    0) is lease free ;;
    1)
      IFS= read -r first <"$lease"
      [ "$first" = "$token" ] || other=yes
      is lease busy
      is token "$first"
      is beat "$(tail -n 1 "$lease")" ;;
    *) is cannot flock; finish ;;
  esac
  age "$lease" beat-age
fi
if [ -r "$running" ]; then
  ( flock -n 7 || flock -n 7 || flock -n 7 ) 7<"$running"
  [ $? = 0 ] || { IFS= read -r first <"$running"; is running "$first"; }
fi
if [ ! -e "$record" ] && [ ! -L "$record" ]; then finish; fi
if [ ! -f "$record" ] || [ ! -r "$record" ]; then is unreadable file; finish; fi
[ -n "$other" ] || is sum "$(sum "$record")"
age "$record" record-age
is record follows
head -c ${MOST_BYTES} "$record"
is '
${LOOK_WORD}' end
`;

/**
 * What a peer shows of the lock: lease, last beat, a fenced command that still runs, the record. Changes nothing.
 * An account that may not read it is told so (`cannot`), never that the lock is free. The record's sum, which it takes to
 * replace it, is left out where a lease other than that of `token` lives: there nobody can.
 */
export const lookAtLock = (folders: LockFolders, token = ''): Command<'reads'> => ({
  name: 'lock-look',
  script: SCRIPT,
  args: [folders.runtimeDir, folders.stateDir, token],
  effect: 'reads',
  timeout: 15_000,
  privileged: true,
});
