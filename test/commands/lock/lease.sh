lease=$1/weave-console.lock token=$2 quiet=$3
say() { printf 'weave-console-lease %s\n' "$1"; }
umask 077
if ! command -v flock >/dev/null; then say no-flock; exit 69; fi
if ( IFS= read -r -t 1 word && [ "$word" = yes ] ) 2>/dev/null <<END
yes
END
then next() { IFS= read -r -t "$quiet" beat; }
elif command -v timeout >/dev/null; then next() { beat=$(exec 9>&-; timeout "$quiet" head -n 1); }
else say no-timeout; exit 69; fi
[ -d "$1" ] || mkdir -p -m 755 -- "$1"
if ! ( : >>"$lease" ) 2>/dev/null; then say cannot; exit 77; fi
exec 9>>"$lease"
if [ -L "$lease" ] || [ ! -f "$lease" ] || [ ! -O "$lease" ]; then say foreign-file; exit 77; fi
flock -n 9 || flock -n 9 || flock -n 9
case $? in
  0) ;;
  1) IFS= read -r first <"$lease"; say "busy $first"; exit 75 ;;
  *) say cannot; exit 77 ;;
esac
if ! printf '%s\n' "$token" >"$lease" || ! chmod 600 "$lease"; then say cannot; exit 77; fi
say held
while next && [ -n "$beat" ]; do
  case $beat in *[!0-9]*) break ;; esac
  IFS= read -r first <"$lease" && [ "$first" = "$token" ] || break
  printf '%s\n' "$beat" >&9
  say "beat $beat"
done
say over
