/**
 * sh functions that the probe and the inspection share. They use what the probe's script defines (`is`, `no`, `has`,
 * `limit`, `root`), print fields as it does, and only read. `unresolved` takes a list of peers from which secrets are cut,
 * since what it asks for goes to name servers; a word after an option may be its argument and is not asked for.
 */
export const HOST_FUNCTIONS = `nl='
'
leftovers() {
  if names=$($root $limit docker ps -a --format '{{.Names}}'); then
    case "$nl$names$nl" in *"\${nl}weave$nl"*) is left-container yes ;; *) is left-container no ;; esac
    case "$nl$names$nl" in *"\${nl}weavedb$nl"*) is left-volume yes ;; *) is left-volume no ;; esac
  fi
  if has ip; then
    if $limit ip -o link show dev weave >/dev/null; then is left-bridge yes; elif $limit ip -o link show dev lo >/dev/null; then is left-bridge no; fi
  elif [ -d /sys/class/net/lo ]; then
    if [ -e /sys/class/net/weave ]; then is left-bridge yes; else is left-bridge no; fi
  fi
}
routes() {
  if ! has ip; then no routes 'this host has no ip command'
  elif routes=$($limit ip route list); then is routes-known yes; [ -z "$routes" ] || is route "$routes"
  else no routes 'ip route list failed'; fi
}
last_words() {
  said=$({ $root $limit journalctl -u "$unit" -n 40 --no-pager -o cat; $root $limit docker logs --tail 20 weave 2>&1; } |
    sed -n -e '/overlaps with existing route/p' -e '/ lookup [^ ]*.*: /p' | head -n 4)
  [ -z "$said" ] || is last-words "$said"
}
unresolved() {
  [ -n "$limit" ] && has getent || return
  asked=0 option=
  for entry in $1; do
    [ -z "$option" ] || { option=; continue; }
    case $entry in -*=*) continue ;; -*) option=$entry; continue ;; esac
    case $entry in *[!A-Za-z0-9._:-]* | *:*:*) continue ;; esac
    name=\${entry%%:*}
    case $name in '' | *[!0-9.]*) ;; *) continue ;; esac
    asked=$((asked + 1))
    [ $asked -le 32 ] || break
    { $limit getent ahosts "$name" >/dev/null; [ $? != 2 ] || is unresolved "$entry"; } &
  done
  wait
}
`;
