/** First word of what the edit scripts print. */
export const EDIT_WORD = 'weave-console-edit';

/**
 * Exit codes of the edit scripts. Behind all but `unsure` and 0 the file is what it was; none is 73, by which the fence
 * of the lock says that the command did not run.
 */
export const editExit = {
  changed: 65,
  noFolder: 66,
  readOnly: 67,
  noSpace: 68,
  noTool: 69,
  unsure: 70,
  stopped: 71,
  cutInput: 72,
} as const;

/** The exit codes that say: nothing was changed. */
export const editUnchanged: readonly number[] = Object.values(editExit).filter(
  (code) => code !== editExit.unsure,
);

/** sh: `digest` prints the sha256 of its standard input, and nothing on a host without a tool for it. */
const DIGEST = `digest() {
  if command -v sha256sum >/dev/null; then sha256sum; elif command -v openssl >/dev/null; then openssl dgst -sha256 -r; else shasum -a 256; fi 2>/dev/null |
    { read -r d _ && printf '%s' "$d"; }
}
`;

/**
 * Prints `$file` between two lines of our own, if the sha256 of its bytes is `$base` (`missing`: nothing where there is
 * none) before and after: what a person was shown is what is copied.
 */
const PRINT_FILE = `PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
${DIGEST}as_seen() {
  if [ "$base" = missing ]; then [ ! -e "$file" ] && return; else [ "$(digest <"$file")" = "$base" ] && return; fi
  printf '%s\\n' "$file is not what it was when it was looked at: look again." >&2
  exit ${editExit.changed}
}
as_seen
printf '${EDIT_WORD} file\\n'
[ "$base" = missing ] || cat -- "$file" || exit 1
as_seen
printf '${EDIT_WORD} end\\n'
`;

/** The digest stands in no argument, which every user of the host can read: the one password of a file could be guessed by it. */
const TAKE_BASE = `base=
IFS= read -r base
`;

/** Argument: file. Standard input: base. */
export const READ_SCRIPT = `file=$1
${TAKE_BASE}exec </dev/null
${PRINT_FILE}`;

/** Argument: unit. Standard input: base. */
export const READ_UNIT_SCRIPT = `file=$(systemctl show -p FragmentPath -- "$1" </dev/null | sed -n 's/^FragmentPath=//p')
${TAKE_BASE}exec </dev/null
[ -n "$file" ] || exit 1
${PRINT_FILE}`;

/**
 * What all edit scripts do, as POSIX sh for dash and busybox alike. `$file` is replaced only if the sha256 of its bytes is
 * `$base` (`missing` where there must be none), by a rename inside the folder of the real file, so that a symlink stays
 * a symlink and no reader ever sees half a file. The new file begins as a copy (mode, owner, ACL) and is synced before the
 * rename; what it replaces stays beside it as FILE.weave-console-ID. A file that has these bytes already stays untouched.
 * Neither the new file nor what is kept is readable for anybody who can't read the old one, not even for a moment.
 */
export const EDIT_COMMON = `umask 077
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
nl='
'
refuse() {
  printf '${EDIT_WORD} refused %s\\n' "$2"
  printf '%s\\n' "$3 Nothing was changed." >&2
  exit "$1"
}
${DIGEST}look() {
  real=$(readlink -f -- "$file" 2>/dev/null) || real=
  [ -n "$real" ] || real=$file
  dir=$(dirname -- "$real")
  new=$dir/.\${real##*/}.weave-console-$id
  kept=$real.weave-console-$id
  [ -n "$(digest </dev/null)" ] || refuse ${editExit.noTool} no-tool "This host has no sha256sum, openssl or shasum, without which a file can't be replaced safely."
  [ -d "$dir" ] || refuse ${editExit.noFolder} no-folder "The folder $dir is not there."
  unchanged || refuse ${editExit.changed} changed "$file is not what it was when it was looked at: look again."
}
unchanged() {
  if [ "$base" = missing ]; then [ ! -e "$real" ] && [ ! -L "$real" ]; return; fi
  [ -f "$real" ] && [ -r "$real" ] && [ "$(digest <"$real")" = "$base" ]
}
attributes() { stat -c '%a %u %g' -- "$1" 2>/dev/null || ls -ldn -- "$1" | { read -r m _ u g _; printf '%s %s %s' "$m" "$u" "$g"; }; }
begin() {
  [ "$base" = missing ] || [ -w "$real" ] || refuse ${editExit.readOnly} read-only "$real may not be written by this user, or is on a read-only file system."
  trap 'rm -f -- "$new"' EXIT
  trap 'exit ${editExit.stopped}' HUP INT TERM
  rm -f -- "$new" 2>/dev/null
  ( set -C; : >"$new" ) 2>/dev/null || refuse ${editExit.readOnly} read-only "No file can be made in $dir by this user."
  if [ "$base" = missing ]; then chmod "$mode" -- "$new" || refuse ${editExit.readOnly} read-only "The mode of a new file in $dir can't be set."
  else
    cp -a -- "$real" "$new" 2>/dev/null || refuse ${editExit.noSpace} no-space "A copy of $real could not be written to $dir: is the disk full?"
    [ "$(attributes "$real")" = "$(attributes "$new")" ] || refuse ${editExit.readOnly} read-only "Mode and owner of $real could not be kept."
  fi
}
finish() {
  sync -- "$new" 2>/dev/null || sync
  unchanged || refuse ${editExit.changed} changed "$file was changed by somebody else a moment ago: look again."
  want=$(digest <"$new")
  if [ "$want" = "$base" ]; then rm -f -- "$new"; printf '${EDIT_WORD} done\\n'; return; fi
  made=
  if [ "$base" != missing ] && [ ! -e "$kept" ]; then
    ln -- "$real" "$kept" 2>/dev/null || { cp -a -- "$real" "$kept" 2>/dev/null && [ "$(attributes "$real")" = "$(attributes "$kept")" ]; } ||
      { rm -f -- "$kept"; refuse ${editExit.noSpace} no-space "What $real is now could not be kept beside it."; }
    made=$kept
  fi
  trap 'exit ${editExit.unsure}' HUP INT TERM
  mv -f -- "$new" "$real" 2>/dev/null || { [ -z "$made" ] || rm -f -- "$made"; refuse ${editExit.readOnly} read-only "$real could not be replaced."; }
  sync -- "$dir" 2>/dev/null || sync
  if [ "$(digest <"$real")" != "$want" ]; then
    printf '${EDIT_WORD} unsure\\n'
    printf '%s\\n' "$real was replaced, but what was read back is not what was written. What it was is in $kept." >&2
    exit ${editExit.unsure}
  fi
  printf '${EDIT_WORD} done\\n'
}
`;

/** After `EDIT_COMMON`: the base is the first line of standard input. */
const READ_BASE = `${TAKE_BASE}case $base in missing) ;; '' | *[!0-9a-f]*) refuse ${editExit.cutInput} cut-input "What the file must still be did not arrive." ;; esac
`;

/** Arguments: file, id, first line, last line (0 0: a new line at the end), the line, mode of a new file. Standard input: base. */
export const SET_PEERS_SCRIPT = `file=$1 id=$2 from=$3 to=$4 line=$5 mode=$6
${EDIT_COMMON}${READ_BASE}exec </dev/null
look
cr=$(printf '\\r')
eol=$nl lead=
if [ "$base" != missing ]; then
  case $(head -n 1 -- "$real") in *"$cr") eol=$cr$nl ;; esac
  lines=$(wc -l <"$real")
  if [ "$from" -gt 0 ]; then
    case $(sed -n "\${to}p" <"$real") in *"$cr") eol=$cr$nl ;; *) eol=$nl ;; esac
    [ "$to" -le "$lines" ] || eol=\${eol%"$nl"}
  elif [ -s "$real" ] && [ -n "$(tail -c 1 -- "$real")" ]; then lead=$eol
  fi
fi
content() {
  if [ "$base" = missing ]; then printf '%s%s' "$line" "$eol"; return; fi
  if [ "$from" -eq 0 ]; then cat -- "$real" && printf '%s%s%s' "$lead" "$line" "$eol"; return; fi
  if [ "$from" -gt 1 ]; then head -n $((from - 1)) -- "$real" || return; fi
  printf '%s%s' "$line" "$eol" && tail -n +$((to + 1)) -- "$real"
}
begin
content >"$new" 2>/dev/null && [ "$(content | digest)" = "$(digest <"$new")" ] ||
  refuse ${editExit.noSpace} no-space "The new content could not be written to $dir: is the disk full?"
finish
`;

/** Before `look`: how long the content is that stands on standard input. */
const READ_SIZE = `size=
IFS= read -r size
case $size in '' | *[!0-9]*) refuse ${editExit.cutInput} cut-input "The content did not arrive." ;; esac
`;

/** `$file` from standard input. */
const WRITE_INPUT = `look
begin
cat >"$new" 2>/dev/null || refuse ${editExit.noSpace} no-space "The content could not be written to $dir: is the disk full?"
[ "$(wc -c <"$new")" -eq "$size" ] || refuse ${editExit.cutInput} cut-input "The content did not arrive whole."
finish
`;

/** Arguments: file, id, mode of a new file. Standard input: base, the number of bytes on a line, then the content. */
export const WRITE_SCRIPT = `file=$1 id=$2 mode=$3
${EDIT_COMMON}${READ_BASE}${READ_SIZE}${WRITE_INPUT}`;

/** Arguments: file, id. Standard input: base. The file is kept beside its place under another name. */
export const RETIRE_SCRIPT = `file=$1 id=$2
${EDIT_COMMON}${READ_BASE}exec </dev/null
look
if [ "$base" = missing ]; then printf '${EDIT_WORD} done\\n'; exit 0; fi
[ ! -e "$kept" ] || kept=$kept.retired
mv -- "$real" "$kept" 2>/dev/null || refuse ${editExit.readOnly} read-only "$real could not be moved."
sync -- "$dir" 2>/dev/null || sync
printf '${EDIT_WORD} done\\n'
`;

/** `$file` in the folder that this host's systemd reads the administrator's units from. */
const ADMINS_UNIT = `for folder in $(systemctl show -p UnitPath </dev/null | sed -n 's/^UnitPath=//p'); do
  case $folder in */etc/systemd/system) file=$folder/$unit; break ;; esac
done
[ -n "$file" ] || refuse ${editExit.noTool} no-folder "systemd does not say where it reads units from."
`;

/**
 * Argument: unit. Standard input: the number of bytes on a line, then the text of the unit. It goes where this host's
 * systemd says that it reads the administrator's units from. One that is there with other bytes is left alone.
 */
export const INSTALL_UNIT_SCRIPT = `unit=$1 base=missing id=unit mode=644 file=
${EDIT_COMMON}${READ_SIZE}text=$(cat && printf .)
text=\${text%.}
content() { printf '%s' "$text"; }
[ "$(content | wc -c)" -eq "$size" ] || refuse ${editExit.cutInput} cut-input "The unit did not arrive whole."
${ADMINS_UNIT}real=$(readlink -f -- "$file" 2>/dev/null) || real=$file
if [ -f "$real" ] && [ "$(digest <"$real")" = "$(content | digest)" ]; then printf '${EDIT_WORD} done\\n'
else
  look
  begin
  content >"$new" 2>/dev/null && [ "$(content | digest)" = "$(digest <"$new")" ] ||
    refuse ${editExit.noSpace} no-space "The unit could not be written to $dir: is the disk full?"
  finish
fi
exec systemctl daemon-reload
`;

/**
 * Arguments: unit, id. Standard input: base, the number of bytes on a line, then the text of the unit. It replaces the
 * administrator's unit, never one that a package has put elsewhere, and has systemd read it; weave is not touched by that.
 */
export const REPLACE_UNIT_SCRIPT = `unit=$1 id=$2 mode=644 file=
${EDIT_COMMON}${READ_BASE}${READ_SIZE}if [ "$base" = missing ]; then
${ADMINS_UNIT}else
  file=$(systemctl show -p FragmentPath -- "$unit" </dev/null | sed -n 's/^FragmentPath=//p')
  case $file in */etc/systemd/system/"$unit") ;; *) refuse ${editExit.noTool} no-folder "systemd reads $unit from \${file:-nowhere}, which is not the administrator's place for it." ;; esac
fi
${WRITE_INPUT}exec systemctl daemon-reload </dev/null
`;
