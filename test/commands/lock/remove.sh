state=$1 record=$1/lock.json kind=$2 value=$3 note=$4
say() { printf 'weave-console-record %s\n' "$1"; exit "$2"; }
sum() {
  all=$(head -c 65536 <"$1"; printf .)
  printf '%s' "${all%.}" | { cksum 2>/dev/null || md5sum; }
}
take() {
  tries=0
  until flock -n "$1" "$2"; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || return 1
    sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries + 9)); }
  done
}
as_expected() {
  if [ ! -e "$record" ] && [ ! -L "$record" ]; then [ "$kind" = absent ]; return; fi
  [ -f "$record" ] || return 1
  case $kind in
    own) IFS= read -r line <"$record"; case $line in "$value"*) ;; *) return 1 ;; esac ;;
    exact) [ -n "$value" ] && [ "$(sum "$record")" = "$value" ] ;;
    *) return 1 ;;
  esac
}
umask 077
command -v flock >/dev/null || say no-flock 69
if [ ! -e "$state" ]; then say differs 73; fi
( : >>"$state/lock.guard" ) 2>/dev/null || say cannot 77
[ -O "$state" ] && [ ! -L "$state" ] || say foreign-folder 77
exec 8>>"$state/lock.guard"
take -x 8 || say guarded 75
as_expected || say differs 73
[ -z "$note" ] || printf '%s\n' "$note" >>"$state/lock.log"
rm -f -- "$record" || say failed 74
say swapped 0
