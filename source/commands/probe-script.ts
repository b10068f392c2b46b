import { HARMLESS } from './harmless.ts';
import { HOST_FUNCTIONS } from './host-script.ts';

/** First and last line of what the probe prints; output without both was cut, or never came from the probe. */
export const PROBE_BEGIN = 'weave-console-probe 1';
export const PROBE_END = 'weave-console-probe 1 end';

/**
 * awk: an environment file as systemd's `src/basic/env-file.c` reads it, with what may be secret taken out. Comments
 * and unparsable lines lose their text, variables that are not known to be harmless their value, launch options that may
 * carry a password their argument, blanks in quotes and all. With `want` set it prints nothing but the value of the
 * variable of that name, as systemd would have it; with `hidden` the names of those that lost their value.
 * Runs on mawk, gawk and busybox awk.
 */
const CUT_ENVIRONMENT = String.raw`${HARMLESS}
function out(said) { if (want == "" && !hidden) printf "%s", said }
function flush(  name, low, at, quoted, ch, plain) {
  name = toupper(key); sub(/[ \t]+$/, "", name); low = tolower(value)
  if (name == want) { wanted = value; sub(/[ \t]+$/, "", wanted) }
  if (name != "PEERS" && !harmless(name)) {
    if (value != "") { raw = "(removed)"; if (name ~ /^[A-Z_][A-Z0-9_]*$/) names = names name "\n" }
  } else if (low ~ /(^|[ \t\n"\047])-|pass|secret|token|credential|private/) {
    for (at = 1; at <= length(value); at++) {
      ch = substr(value, at, 1)
      if (ch == "\\") continue
      if (quoted == "" && (ch == "\"" || ch == "\047")) { quoted = ch; continue }
      if (quoted != "" && ch == quoted) { quoted = ""; continue }
      plain = plain (quoted != "" && ch ~ /[ \t\n\r]/ ? "\001" : ch)
    }
    gsub(/[ \t\n\r]+/, " ", plain); gsub(/["\047]/, "", plain)
    n = split(plain, word, " "); value = ""; hide = 0
    for (i = 1; i <= n; i++) {
      low = tolower(word[i])
      if (hide) { word[i] = "(removed)"; hide = 0 }
      else if (odd(word[i]) || low ~ /pass|secret|token|credential|private/) {
        if (sub(/[=:].*/, "=(removed)", word[i]) == 0) {
          if (word[i] ~ /^-[^-]./) word[i] = substr(word[i], 1, 2) "(removed)"
          else hide = 1
        }
      }
      value = value (i > 1 ? " " : "") word[i]
    }
    gsub("\001", " ", value)
    raw = value ~ /:\/\/[^ ]*@/ ? "(removed)" : "\"" value "\""
  }
  else if (low ~ /:\/\/[^ \t\n]*@/) raw = "(removed)"
  out(key "=" raw "\n")
  key = value = raw = ""
}
{ text = text $0 "\n" }
END {
  state = "prekey"; size = length(text)
  for (p = 1; p <= size; p++) {
    c = substr(text, p, 1); newline = (c == "\n" || c == "\r"); blank = (newline || c == " " || c == "\t")
    if (state == "prekey") {
      if (c == "#" || c == ";") { out(c); state = "comment" }
      else if (newline) out(c)
      else if (!blank) { key = c; state = "key" }
    } else if (state == "key") {
      if (newline) { out("(unparsable line)\n"); key = ""; state = "prekey" }
      else if (c == "=") { raw = value = ""; state = "prevalue" }
      else key = key c
    } else if (state == "comment") {
      if (newline) { out(c); state = "prekey" }
    } else if (newline && (state == "prevalue" || state == "value")) { flush(); state = "prekey" }
    else {
      raw = raw c
      if (state == "prevalue") {
        if (c == "\047") state = "single"; else if (c == "\"") state = "double"
        else if (c == "\\") state = "escape"; else if (!blank) { value = value c; state = "value" }
      } else if (state == "value") { if (c == "\\") state = "escape"; else value = value c }
      else if (state == "escape") { if (!newline) value = value c; state = "value" }
      else if (state == "single") { if (c == "\047") state = "prevalue"; else value = value c }
      else if (state == "double") {
        if (c == "\"") state = "prevalue"; else if (c == "\\") state = "doublescape"; else value = value c
      } else if (state == "doublescape") { if (c != "\n") value = value c; state = "double" }
    }
  }
  if (state == "key") out("(unparsable line)\n")
  else if (state != "prekey" && state != "comment") flush()
  printf "%s", hidden ? names : wanted
}`;

/**
 * The probe: one POSIX sh script for dash and busybox alike that only reads. It gathers everything first and prints it in
 * one piece, as lines `= FIELD TEXT` (known) and `! FIELD REASON` (not known). Every line of remote content gets its
 * `= FIELD ` here, so no content can pass for another field. Whatever could hang is run by `timeout` where there is one.
 * Arguments: unit, environment file, weave script, machine id file, boot id file, `sudo` or `no-sudo`,
 * folder of the console's own state, salt. Of the unit, of the password of weave, of what the running container has for it, and
 * of every other variable that it does not show it tells a salted digest, so that hosts can be compared; nothing without a
 * salt. What only a stopped weave makes interesting is asked only where it doesn't run.
 */
export const PROBE_SCRIPT = `unit=$1 envfile=$2 weave=$3 machine=$4 boot=$5 sudo=$6 kept=$7 salt=$8
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
set -f
exec 2>/dev/null </dev/null
is() { printf '%s\\n' "$2" | while IFS= read -r l || [ -n "$l" ]; do printf '= %s %s\\n' "$1" "$l"; done; }
no() { printf '! %s %s\\n' "$1" "$2"; }
has() { command -v "$1" >/dev/null; }
clock() {
  t=$(date +%s%3N)
  case $t in *[!0-9]* | '') t= ;; esac
  if [ \${#t} -ge 13 ]; then is clock-ms "$t"; else is clock-s "$(date +%s)"; fi
}
limit=
if timeout 4 true; then limit='timeout 4'; elif timeout -t 4 true; then limit='timeout -t 4'; fi
root=
sum() {
  if has sha256sum; then sha256sum; elif has openssl; then openssl dgst -sha256 -r; elif has shasum; then shasum -a 256; fi |
    { read -r d _ && printf '%s' "$d"; }
}
there() {
  $root test -e "$1" && return 0
  d=$(dirname -- "$1")
  while [ ! -e "$d" ] && [ "$d" != / ] && [ "$d" != . ]; do d=$(dirname -- "$d"); done
  [ -n "$root" ] || [ -x "$d" ] || return 2
  return 1
}
${HOST_FUNCTIONS}line() {
  if v=$($root head -n 1 -- "$2") && [ -n "$v" ]; then is "$1" "$v"
  elif there "$2"; then no "$1" "$2 is empty or may not be read"
  else no "$1" "$2 is not there"; fi
}
units() {
  if ! has systemctl; then no unit 'this host has no systemctl'; return; fi
  show=$($limit systemctl show "$unit" -p LoadState,ActiveState,SubState,UnitFileState,Result,ExecMainStatus,Restart,FragmentPath,DropInPaths)
  code=$?
  case $show in *LoadState=*) is unit "$show" ;; *) no unit "systemctl show ended with exit code $code"; return ;; esac
  files=$(printf '%s\\n' "$show" | sed -n -e 's/^FragmentPath=//p' -e 's/^DropInPaths=//p' | tr '\\n' ' ')
  case $files in *[!\\ ]*) ;; *) return ;; esac
  if [ -n "$salt" ] && text=$($root cat -- $files) && [ -n "$text" ]; then
    is unit-digest "$(printf '%s %s' "$salt" "$text" | sum)"
  fi
}
container() {
  if ! has docker; then no container 'this host has no docker'; return; fi
  state=$($root $limit docker inspect -f '{{json .State}} {{json .HostConfig.RestartPolicy}}' weave)
  code=$?
  if [ "$code" = 0 ]; then is container "$state"; return; fi
  if [ "$code" = 124 ]; then no container 'docker did not answer within 4 s'; return; fi
  if names=$($root $limit docker ps -a --format '{{.Names}}'); then
    case "
$names
" in *"
weave
"*) no container "docker inspect ended with exit code $code" ;; *) is container-absent yes ;; esac
  elif [ -z "$DOCKER_HOST" ] && [ -z "$root" ] && [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
    no container 'this user may not talk to docker'
  else no container 'docker does not answer on this host'; fi
}
running_password() {
  case $state in *'"Running":true'*) ;; *) return ;; esac
  told=$($root $limit docker inspect -f '{{range .Args}}{{println "-" .}}{{end}}{{range .Config.Env}}{{println .}}{{end}}' weave) || return
  case $nl$told in *"$nl- --password"* | *"$nl- -password"*) return ;; esac
  runs=$(printf '%s\\n' "$told" | sed -n 's/^WEAVE_PASSWORD=//p' | sed -e 's/[ \t]*$//' -e 1q)
  [ -z "$runs" ] || is running-password-digest "$(printf '%s %s' "$salt" "$runs" | sum)"
}
environment() {
  there "$envfile"
  case $? in 1) no environment missing; return ;; 2) no environment unreadable; return ;; esac
  if ! $root test -f "$envfile" || ! size=$($root wc -c <"$envfile" || $root cat -- "$envfile" | wc -c); then no environment unreadable; return; fi
  if ! has awk || ! [ "$size" -le 65536 ] || ! raw=$($root cat -- "$envfile"); then no environment unreadable; return; fi
  text=$(printf '%s\\n' "$raw" | awk "$cut_environment") || { no environment unreadable; return; }
  is environment "$text"
  is environment-digest "$(printf '%s\\n' "$text" | sum)"
  value_of() { awk -v want="$1" "$cut_environment"; }
  case $text in *WEAVE_PASSWORD*) [ -z "$salt" ] || {
    is password-digest "$(printf '%s %s' "$salt" "$(printf '%s\\n' "$raw" | value_of WEAVE_PASSWORD)" | sum)"
    running_password
  } ;;
  esac
  [ -z "$salt" ] || for name in $(printf '%s\\n' "$raw" | awk -v hidden=1 "$cut_environment"); do
    is environment-secret "$name $(printf '%s %s' "$salt" "$(printf '%s\\n' "$raw" | value_of "$name")" | sum)"
  done
  unresolved "$(printf '%s\\n' "$text" | value_of PEERS)"
}
marks() {
  there "$kept/reclaimed"
  case $? in 1) is reclaimed-known yes; return ;; 2) no reclaimed "this user may not look into $kept"; return ;; esac
  if text=$($root head -c 65536 -- "$kept/reclaimed"); then is reclaimed-known yes; [ -z "$text" ] || is reclaimed "$text"
  else no reclaimed "$kept/reclaimed may not be read by this user"; fi
}
cut_environment='${CUT_ENVIRONMENT.replaceAll("'", `'\\''`)}'
all() {
  clock
  is hostname "$(hostname || uname -n)"
  is user "$(id -un || id -u)"
  is uid "$(id -u)"
  if [ "$sudo" = sudo ] && [ "$(id -u)" != 0 ]; then
    if $limit sudo -n true; then root='sudo -n'; is sudo yes; else is sudo no; fi
  fi
  line machine-id "$machine"
  line boot-id "$boot"
  units
  container
  case $state in *'"Running":true'* | *'"Status":"running"'*) ;; *) leftovers; routes ;; esac
  case $show$state in *ActiveState=failed* | *'"ExitCode":'[1-9]*) last_words ;; esac
  if v=$($root sed -n '/^SCRIPT_VERSION=/{s///p;q;}' "$weave") && [ -n "$v" ]; then is script-version "$v"
  elif there "$weave"; then no script-version "$weave has no SCRIPT_VERSION line, or may not be read"
  else no script-version "$weave is not there"; fi
  environment
  marks
  for t in flock curl docker systemctl timeout sha256sum awk sudo journalctl; do if has $t; then is tool $t; fi; done
  clock
}
out=$(all)
printf '%s\\n' '${PROBE_BEGIN}' "$out" '${PROBE_END}'
`;
