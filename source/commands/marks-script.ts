/** The exit code that says: the file of marks is what it was. */
export const marksUnwritten = 74;

/** Writes the file of marks anew in one rename: root's alone, whole or not at all. `$state` is the folder. */
const PUT = `exec </dev/null
umask 077
file=$state/reclaimed new=$state/.reclaimed.new
fail() {
  rm -f -- "$new"
  printf '%s\\n' "$file could not be written: is the disk full, or read-only? It is what it was." >&2
  exit ${marksUnwritten}
}
put() {
  sync -- "$new" 2>/dev/null || sync
  mv -f -- "$new" "$file" || fail
  sync -- "$state" 2>/dev/null || sync
}
`;

/** Arguments: state folder, peer name, address, nickname, run. One line for each name and run. */
export const ADD_MARK_SCRIPT = `state=$1 name=$2 address=$3 nickname=$4 run=$5
${PUT}mkdir -p -- "$state" || fail
[ ! -e "$file" ] || ! awk -v name="$name" -v run="$run" '$1 == name && $5 == run { found = 1 } END { exit !found }' "$file" || exit 0
now=$(date +%s)
case $now in '' | *[!0-9]*) now=0 ;; esac
{ { [ ! -e "$file" ] || awk 1 "$file"; } && printf '%s %s %s %s %s\\n' "$name" "$address" "$nickname" "$now" "$run"; } >"$new" || fail
put
`;

/** Arguments: state folder, peer names. */
export const REMOVE_MARKS_SCRIPT = `state=$1
shift
${PUT}[ -e "$file" ] || exit 0
awk -v names=" $* " 'index(names, " " $1 " ") == 0' "$file" >"$new" || fail
put
`;
