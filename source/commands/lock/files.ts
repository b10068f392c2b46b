/**
 * Where a peer keeps the lock. All are the files of the account that runs the scripts (root in practice), mode 0600:
 * `RUNTIMEDIR/weave-console.lock` the lease: flocked while somebody lives, line 1 its token, last line the last beat;
 * `STATEDIR/lock.json` the record; `lock.guard` flocked while the record is compared and swapped; `lock.running` flocked
 * while a fenced command runs; `lock.before` the record that was last replaced by force; `lock.log` who held it.
 */
export type LockFolders = { readonly runtimeDir: string; readonly stateDir: string };

/** A lease token and a record prefix say which session means itself. Both are compared as text, byte for byte. */
export type Claim = { readonly token: string; readonly prefix: string };

/** First words of what the scripts print, so that a login banner or a refused shell is never taken for an answer. */
export const LEASE_WORD = 'weave-console-lease';
export const LOOK_WORD = 'weave-console-lock';
export const RECORD_WORD = 'weave-console-record';
export const FENCE_WORD = 'weave-console-fence';

/** The exit code of a fenced command that was not run. */
export const FENCED = 73;

/** A record longer than this is read, summed and shown only so far. */
export const MOST_BYTES = 65_536;

/**
 * Succeeds while the lease `$lease` is flocked and says `$token`. The probe is shared, so probes never disturb each
 * other, and one that finds the lease free holds it for an instant only: who takes the lease tries three times.
 */
export const MINE = `mine() {
  IFS= read -r first <"$lease" && [ "$first" = "$token" ] || return 1
  ( exec flock -n -s 7 ) 7<"$lease"
  [ $? = 1 ]
}
`;

/** cksum (md5sum on a small busybox) of a file by way of a variable, so that looking and swapping sum the same bytes, whatever the shell drops. */
export const SUM = `sum() {
  all=$(head -c ${MOST_BYTES} <"$1"; printf .)
  printf '%s' "\${all%.}" | { cksum 2>/dev/null || md5sum; }
}
`;

/** Takes flock `$1` on descriptor `$2` within some 3 s; the pause is a second where sleep knows no fractions. */
export const TAKE = `take() {
  tries=0
  until flock -n "$1" "$2"; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || return 1
    sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries + 9)); }
  done
}
`;
