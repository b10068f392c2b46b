lease=$1/weave-console.lock state=$2 record=$2/lock.json token=$3 kind=$4 value=$5 mind=$6 new=$7 note=$8
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
mine() {
  IFS= read -r first <"$lease" && [ "$first" = "$token" ] || return 1
  ( exec flock -n -s 7 ) 7<"$lease"
  [ $? = 1 ]
}
[ -d "$state" ] || mkdir -p -m 700 -- "$state" 2>/dev/null
( : >>"$state/lock.guard" ) 2>/dev/null || say cannot 77
[ -O "$state" ] && [ ! -L "$state" ] || say foreign-folder 77
exec 8>>"$state/lock.guard"
take -x 8 || say guarded 75
as_expected || say differs 73
mine 2>/dev/null || say no-lease 75
if [ "$mind" = mind ]; then
  exec 6>>"$state/lock.running"
  flock -n 6 || flock -n 6 || flock -n 6 || say running 75
fi
[ "$kind" != exact ] || cp -f -- "$record" "$state/lock.before" || say failed 74
if ! printf '%s\n' "$new" | dd of="$state/lock.new" conv=fsync 2>/dev/null; then rm -f -- "$state/lock.new"; say failed 74; fi
[ -z "$note" ] || printf '%s\n' "$note" >>"$state/lock.log"
mv -f -- "$state/lock.new" "$record" || say failed 74
dd if=/dev/null of="$record" conv=notrunc,fsync 2>/dev/null
say swapped 0
