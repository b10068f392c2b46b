import { HARMLESS } from './harmless.ts';

/**
 * awk: the lines of a unit with everything left out that may be a secret. Lines that end in `\` are joined first, as
 * systemd does: CR LF too, and without the comments in between. Known directives stand as they are, of `Environment=` only
 * harmless variables, of command lines only what the documented ones are made of, and addresses. With `secrets` set it prints instead,
 * for digests, the number of each line that has something left out, and the line. Needs `own`.
 */
export const CUT_UNIT = String.raw`${HARMLESS}
function cut(text) { hid = 1; return "(removed)" kept(text) }
function assignment(word,  at, name, value) {
  at = index(word, "="); name = substr(word, 1, at - 1); value = substr(word, at + 1)
  if (name !~ /^[A-Za-z_][A-Za-z0-9_]*$/) return cut(word)
  if (value == "" || (harmless(toupper(name)) && !telling(tolower(value)))) return value ~ /[ \t]/ ? "\"" word "\"" : word
  hid = 1
  return name "=(removed)" (toupper(name) ~ /PASS|SECRET|TOKEN|KEY|CRED|AUTH|PRIVATE/ ? "" : kept(value))
}
function environment(value,  i, c, quoted, word, has, out) {
  value = value " "
  for (i = 1; i <= length(value); i++) {
    c = substr(value, i, 1)
    if (quoted == "" && (c == " " || c == "\t")) {
      if (has) out = out (out == "" ? "" : " ") assignment(word)
      word = ""; has = 0
    } else if (quoted == "" && (c == "\"" || c == "\047")) { quoted = c; has = 1 }
    else if (c == quoted) quoted = ""
    else { word = word c; has = 1 }
  }
  return out (has ? (out == "" ? "" : " ") assignment(word) : "")
}
function usual(word) {
  return word ~ /^\$([A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})$/ ||
    word ~ /^(weave|docker|launch|stop|start|attach|wait|rm|reset|prime|connect|forget|setup|expose|true|;)$/ ||
    word ~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(:[0-9]+|\/[0-9]+)?$/ ||
    word ~ /^[-@:+!]*\/(usr|etc|bin|sbin|opt|var|run|dev|lib)\/[A-Za-z0-9_.@\/-]*$/
}
function command(value,  n, i, word, w, next_one, quoted, said, out, last) {
  n = split(value, word, /[ \t]+/)
  for (i = 1; i <= n; i++) {
    w = word[i]
    if (w == "") continue
    if (quoted != "") { said = cut(w); if (substr(w, length(w)) == quoted) quoted = "" }
    else if (next_one == "hide") {
      said = cut("")
      next_one = ""
      c = substr(w, 1, 1)
      if ((c == "\"" || c == "\047") && (length(w) == 1 || substr(w, length(w)) != c)) quoted = c
    } else if (next_one == "show" && !telling(tolower(w)) && w !~ /["\047]/) { said = w; next_one = "" }
    else if (w ~ /^-/ && !usual(w)) {
      next_one = ""
      if (!odd(w) && !telling(tolower(w)) && w !~ /["\047]/) {
        said = w
        if (w !~ /=/ && w ~ /^--?(ipalloc-|name$|nickname$|port$|host$|log-level$|mtu$|conn-limit$|trusted-subnets$|dns-|http-addr$|status-addr$|metrics-addr$|bridge-|datapath$|hostname-|H$)/) next_one = "show"
      } else {
        hid = 1
        if (match(w, /^--?[A-Za-z][A-Za-z0-9-]*=/)) {
          said = substr(w, 1, RLENGTH) "(removed)"
          c = substr(w, RLENGTH + 1, 1)
          if ((c == "\"" || c == "\047") && substr(w, length(w)) != c) quoted = c
        } else if (w ~ /^--[a-z][a-z0-9-]*$/ || w ~ /^-[A-Za-z]$/) { said = w; next_one = "hide" }
        else said = cut(w)
      }
    } else { next_one = ""; said = usual(w) ? w : cut(w) }
    if (said == "(removed)" && last == said) continue
    out = out (out == "" ? "" : " ") said
    last = said
  }
  return out
}
function show(  at, key, value) {
  hid = 0; count++
  sub(/\r$/, "", line)
  at = index(line, "="); key = substr(line, 1, at - 1); value = substr(line, at + 1)
  gsub(/^[ \t]+|[ \t]+$/, "", key); sub(/^[ \t]+/, "", value)
  if (line ~ /^[ \t]*$/ || line ~ /^[ \t]*\[[A-Za-z0-9-]+\][ \t]*$/) said = line
  else if (line ~ /^[ \t]*[#;]/) said = "#"
  else if (!at || key !~ /^[A-Za-z][A-Za-z0-9-]*$/) said = cut(line)
  else if (key == "EnvironmentFile") said = line
  else if (key == "Environment") said = key "=" environment(value)
  else if (key ~ /^Exec[A-Za-z]+$/) said = key "=" command(value)
  else if (!telling(tolower(value)) && key ~ /^(Description|Documentation|Requires|Requisite|Wants|BindsTo|PartOf|Upholds|Conflicts|Before|After|OnFailure|OnSuccess|Condition[A-Za-z]+|Assert[A-Za-z]+|DefaultDependencies|StartLimit[A-Za-z]+|RequiresMountsFor|Type|ExitType|RemainAfterExit|GuessMainPID|PIDFile|Restart[A-Za-z]*|Timeout[A-Za-z]*|RuntimeMaxSec|WatchdogSec|SuccessExitStatus|Kill[A-Za-z]+|SendSIG[A-Z]+|FinalKillSignal|NotifyAccess|Sockets|PassEnvironment|UnsetEnvironment|User|Group|SupplementaryGroups|UMask|WorkingDirectory|RootDirectory|Nice|OOM[A-Za-z]+|Limit[A-Z]+|CPU[A-Za-z]+|Memory[A-Za-z]+|Tasks[A-Za-z]+|IO[A-Za-z]+|Slice|Delegate|Standard(Input|Output|Error)|Syslog[A-Za-z]+|LogLevelMax|LogRateLimit[A-Za-z]+|Private[A-Za-z]+|Protect[A-Za-z]+|NoNewPrivileges|CapabilityBoundingSet|AmbientCapabilities|[A-Za-z]+(Paths|Directory|DirectoryMode)|WantedBy|RequiredBy|Also|Alias|RefuseManual[A-Za-z]+|IgnoreOnIsolate|CollectMode)$/) said = line
  else said = key "=" cut(value)
  if (!secrets) print said
  else if (hid) print count " " line
  line = ""
}
more && /^[ \t]*[#;]/ { next }
{ line = line $0; more = 0 }
!/^[ \t]*[#;]/ && /\\\r?$/ { sub(/\\\r?$/, " ", line); more = 1; next }
{ show() }
END { if (line != "" && !secrets) print "(cut)" }`;
