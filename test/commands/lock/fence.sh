lease=$1/weave-console.lock state=$2 record=$2/lock.json token=$3 prefix=$4
refuse() { printf 'weave-console-fence %s\n' "$1"; exit 73; }
mine() {
  IFS= read -r first <"$lease" && [ "$first" = "$token" ] || return 1
  ( exec flock -n -s 7 ) 7<"$lease"
  [ $? = 1 ]
}
take() {
  tries=0
  until flock -n "$1" "$2"; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || return 1
    sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries + 9)); }
  done
}
umask 077
command -v flock >/dev/null || refuse no-flock
( : >>"$state/lock.running" ) 2>/dev/null || refuse record
exec 8>>"$state/lock.running"
take -x 8 || refuse busy
mine 2>/dev/null || refuse lease
IFS= read -r line <"$record" || refuse record
case $line in "$prefix"*) ;; *) refuse record ;; esac
shift 4
printf '%s\n' "$1" >"$state/lock.running"
name=$1 script=$2
shift 2
trap '' PIPE
sh -c "$script" "$name" "$@" 8>&-
exit $?
