import { CUT_UNIT } from './cut-unit.ts';
import { HARMLESS } from './harmless.ts';
import { PROBE_SCRIPT } from './probe-script.ts';

/** First and last line of what the inspection prints after the probe's own part. */
export const INSPECT_BEGIN = 'weave-console-inspect 1';
export const INSPECT_END = 'weave-console-inspect 1 end';

/** Stands in a file's lines for a value that may be secret. */
export const BLANK = '(removed)';

/** A line with a blank in a diff, where what is hidden is not what the other line hides. */
export const anotherBlank = (line: string): string => line.replace(BLANK, '(removed, another)');

/**
 * awk: an environment file as systemd reads it, line for line, comments without their text, and of variables only the
 * harmless ones with their values. Unlike the probe's it keeps every line break, so that the number of a line is its
 * number in the file. Of PEERS only a list with an option that may carry a password is blanked: host names may hold any
 * word. With `secrets` set it prints what it would blank out instead, a name and a value a line, for digests; without
 * quotes where they say nothing. An empty value is no secret: weave takes it for none. Needs `own`.
 */
const BLANK_ENVIRONMENT = String.raw`${HARMLESS}
function strange(list,  n, i, word) {
  n = split(list, word, /[ \t\r\n"\047\\]+/)
  for (i = 1; i <= n; i++) if (odd(word[i])) return 1
  return 0
}
function flush(  name, lines, hide, plain) {
  name = toupper(key); sub(/[ \t]+$/, "", name)
  hide = name == "PEERS" ? strange(raw) : !harmless(name) || telling(tolower(raw))
  if (hide) {
    plain = raw; sub(/^[ \t]+/, "", plain); sub(/[ \t\r]+$/, "", plain)
    if (plain ~ /^"[^"\\]*"$/ || plain ~ /^\047[^\047]*\047$/) plain = substr(plain, 2, length(plain) - 2)
    gsub(/\n/, "\\n", plain)
    if (plain != "") {
      hidden = hidden name " " plain "\n"
      lines = raw; gsub(/[^\n]/, "", lines)
      raw = "\"${BLANK}" (name ~ /^PEERS$|PASS|SECRET|TOKEN|KEY|CRED|AUTH|PRIVATE/ ? "" : kept(plain)) lines "\""
    }
  }
  out = out key "=" raw
  key = raw = ""
}
{ text = text $0 "\n" }
END {
  state = "prekey"; size = length(text)
  for (p = 1; p <= size; p++) {
    c = substr(text, p, 1); newline = (c == "\n" || c == "\r"); blank = (newline || c == " " || c == "\t")
    if (state == "prekey") {
      if (c == "#" || c == ";") { out = out c; state = "comment" }
      else if (blank) out = out c
      else { key = c; state = "key" }
    } else if (state == "key") {
      if (newline) { out = out "(unparsable line)" c; key = ""; state = "prekey" }
      else if (c == "=") { raw = ""; state = "prevalue" }
      else key = key c
    } else if (state == "comment") {
      if (newline) { out = out c; state = "prekey" }
    } else if (newline && (state == "prevalue" || state == "value")) { flush(); out = out c; state = "prekey" }
    else {
      raw = raw c
      if (state == "prevalue") {
        if (c == "\047") state = "single"; else if (c == "\"") state = "double"
        else if (c == "\\") state = "escape"; else if (!blank) state = "value"
      } else if (state == "value") { if (c == "\\") state = "escape" }
      else if (state == "escape") state = "value"
      else if (state == "single") { if (c == "\047") state = "prevalue" }
      else if (state == "double") { if (c == "\"") state = "prevalue"; else if (c == "\\") state = "doublescape" }
      else if (state == "doublescape") state = "double"
    }
  }
  if (state == "key") out = out "(unparsable line)"
  else if (state != "prekey" && state != "comment") {
    open = (state == "single" || state == "double" || state == "doublescape" || state == "escape")
    flush()
  }
  if (secrets) { printf "%s", hidden; exit }
  printf "%s", out
  if (open) exit 3
}`;

/**
 * The inspection: the probe, and then what only a procedure asks: the environment file and the unit line for line, leftovers, routes,
 * names that resolve, ports that answer, containers on the weave network. Reads only; its probes of ports are TCP
 * connections that say nothing. Of all that it does not show it tells a salted digest, so that two hosts can be compared.
 * Arguments: the probe's eight, `attached` or `-`, then ADDRESS HOST PORT for each to ask.
 */
export const INSPECT_SCRIPT = `${PROBE_SCRIPT}attached=$9
shift 9
own=$(hostname || uname -n)
cut_unit='${CUT_UNIT.replaceAll("'", `'\\''`)}'
blank_environment='${BLANK_ENVIRONMENT.replaceAll("'", `'\\''`)}'
more=\${limit%4}
[ -z "$limit" ] || more=\${more}20
become() {
  if [ "$sudo" = sudo ] && [ "$(id -u)" != 0 ] && $limit sudo -n true; then root='sudo -n'; fi
}
stamp() {
  if s=$($root stat -c '%i %Z %z' -- "$1"); then printf '%s\\n' "$s" | { read -r i t _ n _ && case $n in *.*) printf '%s.%s.%s' "$i" "$t" "\${n#*.}" ;; *) printf '%s.%s' "$i" "$t" ;; esac; }
  else $root ls -dilnc -- "$1" | { read -r i _ _ _ _ _ a b c _ && printf '%s.%s.%s.%s' "$i" "$a" "$b" "$c"; }; fi
}
environment_file() {
  real=$($root readlink -f -- "$envfile")
  [ -n "$real" ] || real=$envfile
  is file-path "$real"
  if $root test -L "$envfile"; then is file-symlink yes; fi
  there "$real"
  case $? in 1) no file missing; $root test -w "$(dirname -- "$real")" && is file-writable yes; return ;; 2) no file unreadable; return ;; esac
  $root test -f "$real" || { no file unreadable; return; }
  if attributes=$($root stat -c '%a %U:%G' -- "$real"); then is file-mode "\${attributes%% *}"; is file-owner "\${attributes#* }"; fi
  if $root test -w "$real" && $root test -w "$(dirname -- "$real")"; then is file-writable yes; fi
  is file-stamp "$(stamp "$real")"
  size=$($root cat -- "$real" | wc -c)
  has awk && [ "$size" -le 65536 ] || { no file unreadable; return; }
  before=$($root cat -- "$real" | sum)
  [ "$($root cat -- "$real" | tr -d '\\000' | wc -c)" -eq "$size" ] || is file-odd 'holds NUL bytes'
  text=$($root cat -- "$real" | awk -v own="$own" "$blank_environment"; code=$?; printf .; exit $code)
  case $? in 0) ;; 3) is file-odd 'ends inside a quotation or after a \\' ;; *) no file unreadable; return ;; esac
  text=\${text%.}
  [ -n "$before" ] && [ "$($root cat -- "$real" | sum)" = "$before" ] || { no file unreadable; return; }
  is file-digest "$before"
  $root cat -- "$real" | awk -v own="$own" -v secrets=1 "$blank_environment" | while read -r name value; do
    is file-secret "$name $(printf '%s %s' "$salt" "$value" | sum)"
  done
  if [ "$size" -gt 0 ]; then is file-line "\${text%"$nl"}"; else is file-empty yes; fi
}
unit_file() {
  show=$($limit systemctl show "$unit" -p FragmentPath,DropInPaths,NeedDaemonReload) || return
  is unit-reload "$(printf '%s\\n' "$show" | sed -n 's/^NeedDaemonReload=//p')"
  for file in $(printf '%s\\n' "$show" | sed -n 's/^DropInPaths=//p'); do
    if text=$($root cat -- "$file"); then is unit-drop-in "$(printf '%s %s' "$salt" "$text" | sum) \${file##*/}"; else is unit-drop-in "- \${file##*/}"; fi
  done
  file=$(printf '%s\\n' "$show" | sed -n 's/^FragmentPath=//p')
  [ -n "$file" ] && $root test -f "$file" && $root test -r "$file" && [ "$($root cat -- "$file" | wc -c)" -le 65536 ] || return
  is unit-path "$file"
  is unit-file-stamp "$(stamp "$file")"
  is unit-file-digest "$($root cat -- "$file" | sum)"
  is unit-line "$($root cat -- "$file" | awk -v own="$own" "$cut_unit")"
  $root cat -- "$file" | awk -v own="$own" -v secrets=1 "$cut_unit" | while read -r at line; do
    is unit-secret "$at $(printf '%s %s' "$salt" "$line" | sum)"
  done
}
reach() {
  case $1 in *:*) url=telnet://[$1]:$2 ;; *) url=telnet://$1:$2 ;; esac
  if has curl; then
    said=$(exec 2>&1 >/dev/null; $limit curl -q -sv --noproxy '*' --connect-timeout 3 -m 3 "$url")
    case "$? $said" in
      *'Connected to '*) echo open; return ;;
      '7 '*'Connection refused'*) echo refused; return ;;
      '7 '*) echo unreachable; return ;;
      '28 '*) echo timeout; return ;;
      '6 '*) echo unknown; return ;;
    esac
  fi
  if [ -n "$limit" ] && has bash; then
    said=$(exec 2>&1; $limit bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2")
    case "$? $said" in
      '0 '*) echo open ;;
      '124 '* | '143 '*) echo timeout ;;
      *'Connection refused'*) echo refused ;;
      *'not known'* | *'resolution'*) echo unknown ;;
      *) echo unreachable ;;
    esac
  elif has nc && $limit nc -z -w 3 "$1" "$2"; then echo open
  else echo unknown
  fi
}
ask() {
  if has getent; then
    $limit getent ahosts "$2" >/dev/null
    case $? in 0) is resolves "yes $1" ;; 2) is resolves "no $1" ;; esac
  fi
  is reaches "$(reach "$2" "$3") $1"
}
on_network() {
  list=$($root $more "$weave" ps)
  code=$?
  if [ "$code" != 0 ]; then no attached "weave ps ended with exit code $code"; return; fi
  is attached-known yes
  [ -z "$list" ] || is attached "$list"
  names=$($root $limit docker ps --format '{{.ID}} {{.Names}}')
  [ -z "$names" ] || is container-name "$names"
}
commands() {
  has flock || return
  there "$kept/lock.running"
  case $? in 1) is running no; return ;; 2) return ;; esac
  $root flock -n -s "$kept/lock.running" true
  case $? in 0) is running no ;; 1) is running yes ;; esac
}
inspect() {
  become
  commands
  environment_file
  unit_file
  leftovers
  routes
  if version=$($root $limit docker version --format '{{.Server.Version}}') && [ -n "$version" ]; then is docker "$version"
  else no docker 'docker does not answer on this host'; fi
  [ "$attached" != attached ] || on_network
  asked=0
  while [ $# -ge 3 ]; do
    ask "$1" "$2" "$3" &
    shift 3
    asked=$((asked + 1))
    [ $((asked % 16)) -ne 0 ] || wait
  done
  wait
}
out=$(inspect "$@")
printf '%s\\n' '${INSPECT_BEGIN}' "$out" '${INSPECT_END}'
`;
