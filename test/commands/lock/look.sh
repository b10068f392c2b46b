lease=$1/weave-console.lock token=$3 other= state=$2 record=$2/lock.json running=$2/lock.running
is() { printf '%s %s\n' "$1" "$2"; }
finish() { is weave-console-lock end; exit 0; }
age() { made=$(stat -c %Y -- "$1") && is "$2" "$((now - made))"; }
sum() {
  all=$(head -c 65536 <"$1"; printf .)
  printf '%s' "${all%.}" | { cksum 2>/dev/null || md5sum; }
}
exec 2>/dev/null
is weave-console-lock 1
time=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ')
now=${time%% *}
is clock "${time#* }"
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
head -c 65536 "$record"
is '
weave-console-lock' end
