/**
 * awk functions that say what of a host's settings may be shown. `harmless`: the documented variables of the weave script
 * and of its containers that hold numbers, addresses and switches; every other variable may hold a secret, whatever it is
 * called. `odd`: a word that begins as an option and is none of `weave launch` that is known to hold no secret. `telling`:
 * text, in small letters, that names a secret, or has the account of a URL. `kept`: of a value that is not shown, what
 * says whose it is, for that must not be copied to another host: addresses, `own` (the name of this host), names for the
 * launch.
 */
export const HARMLESS = String.raw`
function harmless(name) {
  return name ~ /^(WEAVE_(MTU|NO_FASTDP|NO_PLUGIN|NO_MULTICAST_ROUTE|DEBUG|PORT|HTTP_ADDR|STATUS_ADDR|METRICS_ADDR|CONTAINER_NAME|VERSION|CIDR|PEERS|EXPOSE_IP|LOG_LEVEL)|CHECKPOINT_DISABLE|IPALLOC_(RANGE|INIT|DEFAULT_SUBNET)|HOSTNAME_(MATCH|REPLACEMENT)|CONN_LIMIT|EXPECT_NPC|NO_MASQ_LOCAL|LOG_LEVEL|DOCKER_(BRIDGE|HOST))$/
}
function odd(word) {
  return word ~ /^-/ && word !~ /^--?(ipalloc-(range|init|default-subnet)|name|nickname|port|host|log-level|mtu|conn-limit|trusted-subnets|dns-[a-z-]+|http-addr|status-addr|metrics-addr|bridge-[a-z-]+|datapath|no-restart|resume|no-discovery|no-dns|without-dns|no-fastdp|no-multicast-route|no-rewrite-hosts|no-default-ipalloc|plugin|proxy|hostname-(from-label|match|replacement)|rewrite-inspect|H)(=.*)?$/
}
function telling(low) { return low ~ /pass|secret|token|credential|private|:\/\/[^ \t\n]*@/ }
function kept(text,  n, i, word, out) {
  n = split(text, word, /[^A-Za-z0-9_.-]+/)
  for (i = 1; i <= n; i++) {
    if (word[i] ~ /^--?(nick)?name$/ && i < n) { out = out " " word[i] " " word[i + 1]; i++ }
    else if (word[i] ~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/ || is_own(word[i])) out = out " " word[i]
  }
  return out
}
function is_own(word) {
  return own != "" && word != "" && (word == own || index(word, own ".") == 1 || index(own, word ".") == 1)
}`;
