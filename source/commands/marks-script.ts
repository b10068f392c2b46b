/** The exit code that says: the file of marks is what it was. */
export const marksUnwritten = 74;

/**
 * The exit code that says: the marks of this name there are not those that this maintenance may go by. Another one ran rmpeer,
 * or may have; or its own mark is not there, or names another survivor. The file of marks is what it was.
 */
export const marksOtherwise = 78;

/**
 * Writes the file of marks anew in one rename: root's alone, whole or not at all. `$state` is the folder, `$also` what else
 * was not done where it fails. `$old` is what the file holds, `$text` what it shall hold, and that is read back before the
 * rename: the awk of busybox ends with 0 on a full disk, and where it could not read. What awk answers here is 10 and more:
 * 1 and 2 are its own for trouble, and the shell's.
 */
const PUT = `exec </dev/null
umask 077
file=$state/reclaimed new=$state/.reclaimed.new
fail() {
  rm -f -- "$new"
  printf '%s\\n' "$file could not be written: is the disk full, or read-only? It is what it was.$also" >&2
  exit ${marksUnwritten}
}
otherwise() {
  rm -f -- "$new"
  printf '%s\\n' "$file $1: it is what it was.$also" >&2
  exit ${marksOtherwise}
}
lines() { [ -z "$1" ] || printf '%s\\n' "$1"; }
put() {
  lines "$text" 2>/dev/null >"$new"
  [ -f "$new" ] && [ "$(cat -- "$new")" = "$text" ] || fail
  sync -- "$new" 2>/dev/null || sync
  mv -f -- "$new" "$file" || fail
  sync -- "$state" 2>/dev/null || sync
}
old=
[ ! -e "$file" ] || old=$(cat -- "$file") || fail
`;

/**
 * Arguments: state folder, peer name, address, nickname, run, and which survivor shall run rmpeer. One line for each name and
 * run. Nothing is added beside a mark of another run that does not say that its rmpeer was not begun.
 */
export const ADD_MARK_SCRIPT = `state=$1 name=$2 address=$3 nickname=$4 run=$5 on=$6 also=
${PUT}mkdir -p -- "$state" || fail
lines "$old" | awk -v name="$name" -v run="$run" -v on="$on" '$1 != name { next }
$5 == run { if ($6 == on) mine = 1; else odd = 1; next }
$7 != "marked" { odd = 1 }
END { exit odd ? 11 : mine ? 10 : 12 }'
case $? in
12) ;;
10) exit 0 ;;
11) otherwise "has another mark of $name, under which rmpeer was run or may have been" ;;
*) fail ;;
esac
now=$(date +%s)
case $now in '' | *[!0-9]*) now=0 ;; esac
text=$(lines "$old" && printf '%s %s %s %s %s %s marked\\n' "$name" "$address" "$nickname" "$now" "$run" "$on")
put
`;

/**
 * Part of the script of rmpeer: says in the mark of `$name` and `$run` that rmpeer is begun, right before it is, on the one
 * survivor that the mark names. `$state` and `$on` (this survivor) are set. Where it can't, the script ends.
 */
export const BEGIN_MARK = `also=' rmpeer was not run.'
${PUT}[ -e "$file" ] || otherwise "is not there"
text=$(lines "$old" | awk -v name="$name" -v run="$run" -v on="$on" '$1 == name && $5 == run { if ($6 == on) mine = 1; else odd = 1; $7 = "begun" }
$1 == name && $5 != run && $7 != "marked" { odd = 1 }
{ print }
END { exit odd ? 11 : mine ? 12 : 10 }')
case $? in
12) ;;
10) otherwise "has no mark of $name by this maintenance" ;;
11) otherwise "has another mark of $name, under which rmpeer was run or may have been" ;;
*) fail ;;
esac
put
`;

/** Arguments: state folder, peer names. */
export const REMOVE_MARKS_SCRIPT = `state=$1 also=
shift
${PUT}[ -e "$file" ] || exit 0
text=$(lines "$old" | awk -v names=" $* " 'index(names, " " $1 " ") == 0') || fail
put
`;
