#!/usr/bin/env bash
# A network in network namespaces: a PMS host, a router, a proxy host and an internet of its own. There is no uplink: nothing leaves it.
#
#   lab.sh up [NAME]                       build it (NAME: up to eight of a-z0-9, default "lab"; labs do not see each other)
#   lab.sh down [NAME]                     remove everything that carries the name, also after a crash or kill -9
#   lab.sh status [NAME]                   what is there, and which policy is in force
#   lab.sh run NAME COMMAND...             up, COMMAND, down; down also on Ctrl-C and on failure
#   lab.sh policy NAME KEY=VALUE...        switch the router (keys and values: see policy_keys below)
#   lab.sh resolver NAME MODE [FILE]       what the PMS host's DNS says: normal rebind sinkhole private nxdomain refused, and those of
#                                          servers/resolver.mjs; FILE: further configuration of its dnsmasq
#   lab.sh squid-include NAME FILE         puts a file of rules before those of the proxies, and has Squid read them
#   lab.sh hosts NAME [LINE...]            further lines of the PMS host's hosts file; none: as at first
#   lab.sh resolv NAME [LINE...]           the PMS host's resolv.conf; none: as at first
#   lab.sh rules NAME [RULE...]            nftables rules of the PMS host itself, for what it sends
#   lab.sh internet NAME JSON              how the internet behaves: {"skewSeconds":0,"cut":[],"stall":[],"delayMs":{HOST:MS},
#                                          "certificate":{HOST:"expired"|"not-yet"|"other-name"}}
#   lab.sh pms NAME start [VAR=VALUE...]   a stand-in for Plex Media Server and its scanner, with this environment; or: stop;
#                                          start-bare-scanner: the same, but the scanner has no environment at all
#   lab.sh pms NAME beside [VAR=VALUE...]  one more Plex Media Server, which serves nothing, beside the one that runs
#   lab.sh pms NAME scan USER_ID [VAR=VALUE...] -- CURL_ARGUMENT... [-- CURL_ARGUMENT...]...
#                                          a stand-in that starts scanners: a curl for each --, again half a second after it has ended
#   lab.sh pms NAME stand-in JSON [VAR=VALUE...]
#                                          the stand-in of src/demo/pms, from the built file, with this configuration and environment
#   lab.sh pms NAME configure JSON         another configuration for it while it runs
#   lab.sh exec NAME HOST COMMAND...       run COMMAND on HOST: pms, router, proxy or net
#   lab.sh proxies [NAME]                  every proxy: name, URL, what it does
#   lab.sh sweep                           remove the labs whose owner (PMS_LAB_OWNER, a process id, at "up") is gone
#   lab.sh possible                        exit 0 when a lab can be built here, else say what is missing
#   lab.sh dir [NAME]                      where its files are: ca.pem, log/, squid/access.log
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hosts_file=${PMS_LAB_HOSTS:-$here/hosts.json}
roles=(pms router proxy net)

# LAN ranges are private; the internet's look public to every classifier, and exist in these namespaces only.
proxy4=10.77.2.2
proxy_name=forward-proxy.int.example.com
lan_dns4=10.77.1.1
world_dns4=45.76.255.53
world_dns6=2a10:dead:beef:ff::53

die() {
  echo "lab: $*" >&2
  exit 2
}

use() {
  name=${1:-lab}
  [[ $name =~ ^[a-z0-9]{1,8}$ ]] || die "a name is up to eight of a-z0-9, not '$name'"
  prefix=pmslab-$name
  dir=/tmp/$prefix
}

ns() { echo "$prefix-$1"; }
on() { ip netns exec "$(ns "$1")" "${@:2}"; }
must_be_up() { [[ -e $dir/policy ]] || die "no lab '$name'; start it with: lab.sh up $name"; }

# ── topology ─────────────────────────────────────────────────────────────────────────────────────────────────────────

link() { # link HOST ROUTER_INTERFACE: the host's end is called eth0
  ip -n "$(ns "$1")" link add eth0 type veth peer name "$2" netns "$(ns router)"
}

wire() { # wire HOST ROUTER_INTERFACE: the same, with a latency
  start router wire perl "$here/servers/wire.pl" "$2" far
  wait_until 'the wire did not come up' ip -n "$(ns router)" link show far
  ip -n "$(ns router)" link set far netns "$(ns "$1")" name eth0
}

address() { # address HOST INTERFACE ADDRESS...
  local host=$1 interface=$2 each
  shift 2
  for each; do ip -n "$(ns "$host")" addr add "$each" dev "$interface"; done
  ip -n "$(ns "$host")" link set "$interface" up
}

default_route() { # default_route HOST 4|6 GATEWAY
  ip -n "$(ns "$1")" "-$2" route replace default via "$3"
}

build_network() {
  local role
  for role in "${roles[@]}"; do
    mkdir -p "/etc/netns/$(ns "$role")"
    cp "$dir/hosts" "/etc/netns/$(ns "$role")/hosts"
    echo "nameserver $world_dns4" >"/etc/netns/$(ns "$role")/resolv.conf"
    ip netns add "$(ns "$role")"
    # Duplicate address detection would keep an address unusable for its first second.
    on "$role" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.dad_transmits=0
    ip -n "$(ns "$role")" link set lo up
  done
  echo "nameserver $lan_dns4" >"/etc/netns/$(ns pms)/resolv.conf"
  # Linux sends six ICMP errors a second to one host by default: a burst of refused SYNs would look like drops.
  on router sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000 net.ipv6.icmp.ratelimit=0
  on router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1

  wire pms pms
  link proxy proxy
  link net net
  address router pms 10.77.1.1/24 fd77:1::1/64 2a10:dead:1::1/64
  address pms eth0 10.77.1.2/24 fd77:1::2/64 2a10:dead:1::2/64
  address router proxy 10.77.2.1/24 fd77:2::1/64 2a10:dead:2::1/64
  address proxy eth0 $proxy4/24 fd77:2::2/64 2a10:dead:2::2/64
  address router net 45.76.255.1/24 45.76.255.10/24 45.76.255.20/24 2a10:dead:beef:ff::1/64
  address net eth0 45.76.255.2/24 $world_dns4/24 2a10:dead:beef:ff::2/64 $world_dns6/64
  # Every address of these ranges is the internet server's, without listing them.
  ip -n "$(ns net)" route add local 45.76.0.0/17 dev lo
  ip -n "$(ns net)" -6 route add local 2a10:dead:beef::/64 dev lo
  ip -n "$(ns net)" -6 route add local 64:ff9b::/96 dev lo
  ip -n "$(ns pms)" route add 10.77.0.0/16 via 10.77.1.1
  ip -n "$(ns pms)" -6 route add fd77::/16 via fd77:1::1
  default_route proxy 4 10.77.2.1
  default_route proxy 6 2a10:dead:2::1
  default_route router 4 45.76.255.2
  default_route router 6 2a10:dead:beef:ff::2
  default_route net 4 45.76.255.1
  default_route net 6 2a10:dead:beef:ff::1
}

# ── the router's policy ──────────────────────────────────────────────────────────────────────────────────────────────

# pms4, pms6      the PMS host to the internet: open, drop, reject (ICMP: administratively prohibited),
#                 reject-port (ICMP: port unreachable, nft's default), reset, no-route (the host has no default route),
#                 portal (a captive portal answers), cut-name (a filter resets what names metadata.provider.plex.tv in its
#                 ClientHello), cut-new (a filter resets TLS 1.3, which it does not know), cut-h2 (a filter resets what offers HTTP/2,
#                 as curl does and this tool does not), decrypt-scan (decrypt, for the metadata provider alone), decrypt (a filter answers TLS with
#                 certificates of its own authority), sign-in (a captive portal answers 511)
# mtu             large packets from the internet to the PMS host: open, black-hole (dropped without a word)
# proxy-mtu       large packets from the proxy host to the PMS host: the same
# dns             the PMS host to its name server: open, drop, drop-udp, reject-port
# to-proxy        the PMS host to the proxy host: open, drop, reject, reject-port, reset, few (new connections beyond four a second
#                 are dropped, as by a full table of connections)
# to-proxy6       the same, over IPv6 alone
# proxy-egress    the proxy host to the internet, DNS apart: the same
# proxy-dns       the proxy host to its name server: open, drop, reject-port
policy_keys=(pms4 pms6 mtu proxy-mtu dns to-proxy to-proxy6 proxy-egress proxy-dns)

rule() { # rule MATCH VALUE
  case $2 in
    open | no-route | portal | sign-in | cut-name | cut-new | cut-h2 | decrypt | decrypt-scan) ;;
    drop) echo "    $1 counter drop" ;;
    few) echo "    $1 ct state new limit rate over 4/second burst 5 packets counter drop" ;;
    drop-udp) echo "    $1 meta l4proto udp counter drop" ;;
    reject) echo "    $1 counter reject with icmpx type admin-prohibited" ;;
    reject-port) echo "    $1 counter reject" ;;
    reset) echo "    $1 meta l4proto tcp counter reject with tcp reset" && echo "    $1 counter drop" ;;
    *) die "no such policy value: $2" ;;
  esac
}

diverted() { # diverted MATCH ip|ip6 ADDRESS VALUE: to whom the router hands connections instead of the internet
  case $4 in
    portal)
      echo "    $1 tcp dport 80 dnat $2 to $3:9080"
      echo "    $1 tcp dport 443 dnat $2 to $3:9443"
      ;;
    sign-in)
      echo "    $1 tcp dport 80 dnat $2 to $3:9081"
      echo "    $1 tcp dport 443 dnat $2 to $3:9444"
      ;;
    cut-name) echo "    $1 tcp dport 443 dnat $2 to $3:9445" ;;
    cut-new) echo "    $1 tcp dport 443 dnat $2 to $3:9447" ;;
    cut-h2) echo "    $1 tcp dport 443 dnat $2 to $3:9448" ;;
    decrypt) echo "    $1 tcp dport 443 dnat $2 to $3:9446" ;;
    decrypt-scan) echo "    $1 tcp dport 443 dnat $2 to $3:9449" ;;
  esac
}

black_hole() { # black_hole VALUE FROM PORTS: what a path with a smaller MTU does whose ICMP answers are filtered
  [[ $1 == black-hole ]] || return 0
  echo "    iifname \"$2\" oifname \"pms\" tcp sport $3 meta length > 700 counter drop"
}

ruleset() {
  cat <<NFT
table inet lab
delete table inet lab
table inet lab {
  chain input {
    type filter hook input priority filter; policy accept;
$(rule 'iifname "pms" th dport 53' "${policy[dns]}")
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
$(rule 'iifname "pms" oifname "net" meta nfproto ipv4' "${policy[pms4]}")
$(rule 'iifname "pms" oifname "net" meta nfproto ipv6' "${policy[pms6]}")
$(black_hole "${policy[mtu]}" net '{ 443, 9445-9449 }')
$(black_hole "${policy[proxy-mtu]}" proxy 1-65535)
$(rule 'iifname "pms" oifname "proxy"' "${policy[to-proxy]}")
$(rule 'iifname "pms" oifname "proxy" meta nfproto ipv6' "${policy[to-proxy6]}")
$(rule 'iifname "proxy" oifname "net" th dport 53' "${policy[proxy-dns]}")
$(rule 'iifname "proxy" oifname "net" th dport != 53' "${policy[proxy-egress]}")
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
$(diverted 'iifname "pms" ip daddr != 10.77.0.0/16' ip 45.76.255.2 "${policy[pms4]}")
$(diverted 'iifname "pms" ip6 daddr != fd77::/16' ip6 '[2a10:dead:beef:ff::2]' "${policy[pms6]}")
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    iifname "pms" oifname "net" meta nfproto ipv4 snat ip to 45.76.255.10
    iifname "proxy" oifname "net" meta nfproto ipv4 snat ip to 45.76.255.20
  }
}
NFT
}

read_policy() {
  declare -gA policy
  local key
  for key in "${policy_keys[@]}"; do policy[$key]=open; done
  [[ ! -e $dir/policy ]] || source "$dir/policy"
}

set_policy() {
  read_policy
  local pair rules
  for pair; do
    [[ " ${policy_keys[*]} " == *" ${pair%%=*} "* ]] || die "no such policy key: ${pair%%=*} (known: ${policy_keys[*]})"
    policy[${pair%%=*}]=${pair#*=}
  done
  rules=$(ruleset)
  on router nft -f - <<<"$rules"
  if [[ ${policy[pms4]} == no-route ]]; then
    ip -n "$(ns pms)" route flush default
  else
    default_route pms 4 10.77.1.1
  fi
  if [[ ${policy[pms6]} == no-route ]]; then
    ip -n "$(ns pms)" -6 route flush default
  else
    default_route pms 6 2a10:dead:1::1
  fi
  declare -p policy | sed 's/^declare -A/declare -gA/' >"$dir/policy"
}

# ── certificates ─────────────────────────────────────────────────────────────────────────────────────────────────────

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" 2>>"$dir/log/openssl.log"; }

new_root() { # new_root NAME SUBJECT
  new_key "$dir/$1.key"
  openssl req -x509 -new -key "$dir/$1.key" -subj "$2" -days 30 -out "$dir/$1.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>>"$dir/log/openssl.log"
}

signed() { # signed OUT KEY SUBJECT ISSUER EXTENSIONS
  openssl req -new -key "$2" -subj "$3" 2>>"$dir/log/openssl.log" |
    openssl x509 -req -CA "$dir/$4.pem" -CAkey "$dir/$4.key" -set_serial "0x$(openssl rand -hex 8)" -days 20 \
      -extfile <(echo "$5") -out "$1" 2>>"$dir/log/openssl.log"
}

make_certificates() {
  local host leaf
  new_root ca "/O=Lab/CN=Lab Root CA"
  new_root bump-ca "/O=Example Inspection/CN=Example Inspection CA"
  new_key "$dir/intermediate.key"
  signed "$dir/intermediate.pem" "$dir/intermediate.key" "/O=Lab/CN=Lab Issuing CA" ca \
    $'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign'
  new_key "$dir/leaf.key"
  while read -r host; do
    leaf=$dir/certificates/$host.pem
    signed "$leaf" "$dir/leaf.key" "/CN=$host" intermediate "subjectAltName=DNS:$host,DNS:*.$host"
    cat "$dir/intermediate.pem" >>"$leaf"
  done < <(node "$here/servers/zone.mjs" tls-names "$hosts_file")
  signed "$dir/proxy.pem" "$dir/leaf.key" "/CN=$proxy_name" intermediate "subjectAltName=DNS:$proxy_name,IP:$proxy4,IP:fd77:2::2"
  cat "$dir/intermediate.pem" "$dir/leaf.key" >>"$dir/proxy.pem"
  cat "$dir/bump-ca.pem" "$dir/bump-ca.key" >"$dir/bump.pem"
  signed "$dir/portal.pem" "$dir/leaf.key" "/CN=portal.example" bump-ca "subjectAltName=DNS:portal.example"
  signed "$dir/decrypt.pem" "$dir/leaf.key" "/CN=plex.tv" bump-ca "subjectAltName=DNS:plex.tv,DNS:*.plex.tv,DNS:*.provider.plex.tv,DNS:*.plexapp.com"
  signed "$dir/other-name.pem" "$dir/leaf.key" "/CN=www.example.net" intermediate "subjectAltName=DNS:www.example.net"
  dated expired 20200101000000Z 20200201000000Z
  dated not-yet 20900101000000Z 20900201000000Z
  for leaf in other-name expired not-yet; do cat "$dir/intermediate.pem" >>"$dir/$leaf.pem"; done
}

dated() { # dated NAME START END: signed by the issuing authority for that time (`x509 -req` takes no dates)
  local ca=$dir/$1-ca
  mkdir "$ca"
  : >"$ca/index"
  echo 01 >"$ca/serial"
  printf '%s\n' '[ca]' 'default_ca=a' '[a]' "database=$ca/index" "serial=$ca/serial" "new_certs_dir=$ca" 'default_md=sha256' 'policy=p' '[p]' 'commonName=supplied' >"$ca/conf"
  openssl req -new -key "$dir/leaf.key" -subj /CN=plex.tv -out "$ca/request" 2>>"$dir/log/openssl.log"
  openssl ca -batch -notext -config "$ca/conf" -cert "$dir/intermediate.pem" -keyfile "$dir/intermediate.key" -in "$ca/request" -out "$dir/$1.pem" \
    -startdate "$2" -enddate "$3" -extfile <(echo "subjectAltName=DNS:plex.tv,DNS:*.plex.tv,DNS:*.provider.plex.tv") 2>>"$dir/log/openssl.log"
}

# ── servers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

start() { # start ROLE LOG COMMAND...: in the background, away from the terminal, its output in log/LOG.log
  local namespace log=$2
  namespace=$(ns "$1")
  shift 2
  ip netns exec "$namespace" setsid "$@" </dev/null >>"$dir/log/$log.log" 2>&1 &
}

wait_until() { # wait_until COMPLAINT COMMAND...: until the command succeeds, half a minute at most
  local complaint=$1 tries
  shift
  for ((tries = 0; tries < 600; tries++)); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.05
  done
  tail -n 20 "$dir"/log/*.log >&2
  die "$complaint (waited half a minute)"
}

listens() { # listens ROLE tcp|udp PORT
  local flag=-t
  [[ $2 == tcp ]] || flag=-u
  [[ -n $(on "$1" ss -Hln $flag "sport = :$3") ]]
}

wait_for_port() { wait_until "nothing listens on $2 port $3 of $1" listens "$@"; }

port() { awk -F'\t' -v name="$1" '$1 == name { print $3 }' "$here/proxies.tsv"; }

start_internet() {
  echo '{}' >"$dir/internet.json"
  node "$here/servers/zone.mjs" dnsmasq "$hosts_file" >"$dir/zone.conf"
  start net internet node "$here/servers/internet.mjs" "$dir" "$hosts_file"
  start net middlebox node "$here/servers/middlebox.mjs" "$dir"
  start net dns dnsmasq --keep-in-foreground --conf-file="$dir/zone.conf" --pid-file= --user=root --log-facility=- --log-queries
  wait_for_port net udp 53
  wait_for_port net tcp 443
  wait_for_port net tcp 9446
}

stop_resolver() {
  local file pid
  for file in "$dir"/resolver.pid "$dir"/resolver-behind.pid; do
    [[ -s $file ]] || continue
    pid=$(<"$file")
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
    rm -f "$file"
  done
}

start_resolver() { # start_resolver MODE [FILE]: the PMS host's name server, on the router as in most homes
  local options=() upstream=(--server=$world_dns4) behind=
  case $1 in
    normal) ;;
    rebind) options=(--stop-dns-rebind) ;;
    sinkhole) options=(--address=/plex.tv/0.0.0.0 --address=/plex.tv/::) ;;
    private) options=(--address=/metadata.provider.plex.tv/10.77.9.9 --address=/metadata.provider.plex.tv/fd77:9::9) ;;
    nxdomain) options=('--address=/#/') upstream=() ;;
    stale) options=(--address=/metadata.provider.plex.tv/45.76.200.1 --address=/metadata.provider.plex.tv/2a10:dead:beef:fe::1) ;;
    no-aaaa | servfail | nat64 | slow | truncated) # what dnsmasq cannot do, a name server behind it does
      behind=$1
      upstream=(--server=127.0.0.1#5353)
      ;;
    refused) upstream=() ;; # a name server without an upstream answers REFUSED
    *) die "no such resolver mode: $1" ;;
  esac
  stop_resolver
  if [[ -n $behind ]]; then
    start router resolver-behind node "$here/servers/resolver.mjs" "$behind" "$world_dns4" "$dir/resolver-behind.pid"
    wait_for_port router udp 5353
  fi
  start router resolver dnsmasq --keep-in-foreground "--conf-file=${2:-/dev/null}" --pid-file="$dir/resolver.pid" --user=root --no-resolv --no-hosts \
    --interface=pms --bind-dynamic --cache-size=0 --log-facility=- --log-queries \
    --host-record=$proxy_name,$proxy4,fd77:2::2 --host-record=proxy6.int.example.com,fd77:2::2 \
    --host-record=proxies.int.example.com,10.77.2.1 --host-record=proxies.int.example.com,$proxy4 "${upstream[@]}" "${options[@]}"
  wait_for_port router udp 53
  echo "$1" >"$dir/resolver"
}

start_proxies() {
  squid_configuration >"$dir/squid.conf"
  printf 'lab:%s\n' "$(openssl passwd -apr1 'se:cr@t')" >"$dir/htpasswd"
  /usr/lib/squid/security_file_certgen -c -s "$dir/squid/certificates" -M 4MB >/dev/null
  chown -R proxy: "$dir/squid" "$dir/htpasswd" "$dir/bump.pem" "$dir/proxy.pem"
  # Squid keeps its TLS session cache in /dev/shm under a fixed name: its own /dev/shm lets two labs run, and leaves nothing behind.
  start proxy squid unshare --mount sh -c "mount -t tmpfs tmpfs /dev/shm && exec squid -N -f $dir/squid.conf"
  printf '%s\n' "Port $(port tinyproxy)" "User proxy" "Group proxy" "Timeout 20" "ConnectPort 443" "LogLevel Notice" >"$dir/tinyproxy.conf"
  start proxy tinyproxy tinyproxy -d -c "$dir/tinyproxy.conf"
  start proxy socks node "$here/servers/socks.mjs" "$(port socks)"
  start proxy socks-auth node "$here/servers/socks.mjs" "$(port socks-auth)" lab 'se:cr@t'
  start proxy misbehaving node "$here/servers/misbehaving.mjs" "$dir" "$here/proxies.tsv"
  local each
  for each in allowed tinyproxy socks socks-auth silent; do wait_for_port proxy tcp "$(port "$each")"; done
}

include_rules() { # include_rules FILE
  sed -i "0,/^http_access/s|^http_access|include $1\nhttp_access|" "$dir/squid.conf"
  on proxy squid -k parse -f "$dir/squid.conf" 2>&1 | grep -E 'FATAL|ERROR' && die "Squid objects to $1"
  kill -HUP "$(<"$dir/squid/squid.pid")"
  sleep 1
  wait_for_port proxy tcp "$(port allowed)"
}

# One Squid, one port for each way of treating a client.
squid_configuration() {
  cat <<SQUID
visible_hostname $proxy_name
cache_effective_user proxy
http_port $(port allowed) name=allowed
http_port $(port denied-scan) name=denied-scan
http_port $(port denied-all) name=denied-all
http_port $(port auth) name=auth
http_port $(port bump) name=bump ssl-bump generate-host-certificates=on tls-cert=$dir/bump.pem
http_port $(port open) name=open
http_port $(port redirects) name=redirects
http_port $(port own-agent) name=own-agent
http_port $(port no-tunnels) name=no-tunnels
http_port $(port pms-agent) name=pms-agent
http_port $(port bump-scan) name=bump-scan ssl-bump generate-host-certificates=on tls-cert=$dir/bump.pem
https_port $(port tls) name=tls tls-cert=$dir/proxy.pem

acl on_denied_scan myportname denied-scan
acl on_denied_all myportname denied-all
acl on_auth myportname auth
acl on_open myportname open
acl scan dstdomain metadata.provider.plex.tv
acl catalogue dstdomain "$dir/allowed-names"
acl tls_ports port 443 8443
auth_param basic program /usr/lib/squid/basic_ncsa_auth $dir/htpasswd
auth_param basic children 1
auth_param basic realm Lab Realm
acl known proxy_auth REQUIRED
http_access deny CONNECT !tls_ports
http_access deny on_denied_all
http_access deny on_denied_scan scan
acl on_blocked_scan myportname redirects
deny_info 302:http://block.example.com/policy?host=%H on_blocked_scan
http_access deny scan on_blocked_scan
http_access deny on_auth !known
acl on_own_agent myportname own-agent
acl doctor browser ^pms-proxy-doctor
http_access deny on_own_agent doctor
acl on_no_tunnels myportname no-tunnels
http_access deny on_no_tunnels CONNECT
acl on_pms_agent myportname pms-agent
acl pms browser ^PlexMediaServer
http_access deny on_pms_agent pms
http_access allow on_open
http_access allow catalogue
http_access deny all

sslcrtd_program /usr/lib/squid/security_file_certgen -s $dir/squid/certificates -M 4MB
sslcrtd_children 2 startup=1
tls_outgoing_options cafile=$dir/ca.pem
acl client_hello at_step SslBump1
ssl_bump peek client_hello
acl on_bump_scan myportname bump-scan
acl scan_name ssl::server_name metadata.provider.plex.tv
ssl_bump splice on_bump_scan !scan_name
ssl_bump bump all

dns_nameservers $world_dns4
# Squid's own defaults are 30 s and 60 s: it would still be waiting when the client has given up.
dns_timeout 1 second
connect_timeout 1 second
forward_max_tries 2
dns_retransmit_interval 1 second
# No answer outlives a change of policy.
negative_dns_ttl 1 second
positive_dns_ttl 2 seconds
shutdown_lifetime 0 seconds
cache deny all
cache_mem 8 MB
max_filedescriptors 4096
pinger_enable off
pid_filename $dir/squid/squid.pid
cache_log $dir/squid/cache.log
access_log stdio:$dir/squid/access.log squid
coredump_dir $dir/squid
SQUID
}

set_hosts() { # set_hosts [LINE...]: written in place, since the PMS host has the file mounted
  { cat "$dir/hosts" && printf '%s\n' "$@"; } >"/etc/netns/$(ns pms)/hosts"
}

set_resolv() { # set_resolv [LINE...]: the same for its resolv.conf
  local lines=("nameserver $lan_dns4")
  [[ $# == 0 ]] || lines=("$@")
  printf '%s\n' "${lines[@]}" >"/etc/netns/$(ns pms)/resolv.conf"
}

set_rules() { # set_rules [RULE...]: of nftables, on the PMS host itself, for what it sends
  printf '%s\n' 'table inet own' 'delete table inet own' 'table inet own {' '  chain output {' \
    '    type filter hook output priority filter; policy accept;' "$@" '  }' '}' | on pms nft -f -
}

# ── the PMS host ─────────────────────────────────────────────────────────────────────────────────────────────────────

# The PMS host has its own process namespace as well: a PMS of another lab, or of this machine, is not found in it.
start_pms_host() {
  start pms pms-host unshare --pid --fork --kill-child --mount-proc --uts bash -c 'hostname plex; while :; do sleep 86400 & wait $!; done'
  local outer=$!
  wait_until 'the PMS host did not start' grep -q . "/proc/$outer/task/$outer/children"
  tr -d ' ' <"/proc/$outer/task/$outer/children" >"$dir/pms-host.pid"
  mkdir -p "$dir/usr/lib/plexmediaserver/Resources"
  local program
  for program in 'Plex Media Server' 'Plex Media Scanner'; do cp /bin/sleep "$dir/usr/lib/plexmediaserver/$program"; done
  cp "$dir/ca.pem" "$dir/usr/lib/plexmediaserver/Resources/cacert.pem"
  mkdir "$dir/usr/lib/plexmediaserver/scanning"
  cp /bin/bash "$dir/usr/lib/plexmediaserver/scanning/Plex Media Server"
  cp "$(command -v curl)" "$dir/usr/lib/plexmediaserver/scanning/Plex Media Scanner"
}

in_pms_host() { nsenter --target "$(<"$dir/pms-host.pid")" --mount --uts --net --pid --wdns="$PWD" -- "$@"; }

pms_programs() { # the running programs of PMS: process id and name
  local pid exe
  for pid in $(ip netns pids "$(ns pms)"); do
    exe=$(readlink "/proc/$pid/exe" || true)
    [[ $exe != "$dir/"*usr/lib/plexmediaserver/* ]] || echo "$pid ${exe##*/}"
  done
}

pms_runs() { [[ $(pms_programs) == *'Plex Media S'*'Plex Media S'* ]]; }
pms_is_gone() { [[ -z $(pms_programs) ]]; }

stop_pms() {
  local pid name
  while read -r pid name; do kill -9 "$pid" 2>/dev/null || true; done < <(pms_programs)
  wait_until 'the PMS stand-in did not end' pms_is_gone
}

start_pms() { # start_pms BEFORE_SCANNER VAR=VALUE...
  local before_scanner=$1
  shift
  stop_pms
  # The shell starts the scanner and then becomes PMS: the scanner is a child of PMS, with the same environment.
  in_pms_host env -i "PLEX_MEDIA_SERVER_HOME=$dir/usr/lib/plexmediaserver" "$@" /bin/sh -c '
    $0 "$PLEX_MEDIA_SERVER_HOME/Plex Media Scanner" infinity & exec "$PLEX_MEDIA_SERVER_HOME/Plex Media Server" infinity' \
    "$before_scanner" </dev/null >/dev/null 2>&1 &
  wait_until 'the PMS stand-in did not start' pms_runs
}

another_pms() { # another_pms VAR=VALUE...: beside the one that runs; it serves nothing
  in_pms_host env -i "$@" "$dir/usr/lib/plexmediaserver/Plex Media Server" infinity </dev/null >/dev/null 2>&1 &
}

scan() { # scan USER_ID VAR=VALUE... -- CURL_ARGUMENT... [-- CURL_ARGUMENT...]...
  stop_pms
  local programs=$dir/usr/lib/plexmediaserver/scanning user=$1 variables=() script='' each
  shift
  while [[ $# -gt 0 && $1 != -- ]]; do
    variables+=("$1")
    shift
  done
  for each; do
    if [[ $each == -- ]]; then
      script+="${script:+; sleep 0.5; done & }while :; do '$programs/Plex Media Scanner' --silent --output /dev/null --cacert '$dir/ca.pem'"
    else
      script+=" $(printf %q "$each")"
    fi
  done
  in_pms_host setpriv --reuid "$user" --regid "$user" --clear-groups env -i "PATH=$PATH" "${variables[@]}" "$programs/Plex Media Server" -c "$script; sleep 0.5; done" </dev/null >/dev/null 2>&1 &
  wait_until 'the scanning PMS stand-in did not start' pms_scans
}

stand_in() { # stand_in JSON VAR=VALUE...
  local order log=$dir/log/pms-stand-in.log tries
  order=$(node -e 'const [, directory, cacert, settings] = process.argv
    const { port = 32400, ...config } = JSON.parse(settings)
    process.stdout.write(JSON.stringify({ role: "pms-starter", directory, port, config: { cacert, ...config } }))' \
    "$dir/pms" "$dir/ca.pem" "$1")
  for ((tries = 0; tries < 3; tries++)); do
    stop_pms
    wait_until 'the files of the last PMS stand-in are still there' test ! -e "$dir/pms"
    : >"$log"
    in_pms_host setsid env -i "${@:2}" "$(command -v node)" "$here/../../dist/pms-proxy-doctor.js" demo-inside "$order" \
      </dev/null >"$log" 2>&1 &
    wait_until 'the PMS stand-in did not start' has_decided "$log"
    ! grep -q '"state":"ready"' "$log" || return 0
  done
  die "the PMS stand-in did not start: $(<"$log")"
}

has_decided() { grep -qE '"state":"ready"|did not start' "$1"; } # on a busy machine it gives up by itself

configure() { # configure JSON: renamed into place, as the stand-in reads it at any moment
  node -e 'const [, cacert, config] = process.argv
    process.stdout.write(JSON.stringify({ cacert, ...JSON.parse(config) }))' "$dir/ca.pem" "$1" >"$dir/pms/stand-in.json.new"
  mv "$dir/pms/stand-in.json.new" "$dir/pms/stand-in.json"
}

pms_scans() { [[ $(pms_programs) == *'Plex Media Server'* ]]; }

# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────

requirements() {
  local tool missing=()
  [[ $(id -u) == 0 ]] || die 'needs root'
  for tool in ip:iproute2 nft:nftables /usr/lib/squid/security_file_certgen:squid-openssl tinyproxy:tinyproxy dnsmasq:dnsmasq-base openssl:openssl curl:curl nsenter:util-linux perl:perl-base node:nodejs; do
    command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
  done
  [[ ${#missing[@]} == 0 ]] || die "missing packages: ${missing[*]}"
  [[ -c /dev/net/tun ]] || die 'no /dev/net/tun'
  unshare --net --pid --fork true 2>/dev/null || die 'network namespaces are not allowed here'
}

up() {
  requirements
  [[ ! -e $dir && -z $(namespaces) ]] || die "lab '$name' is there already (or its remains: lab.sh down $name)"
  trap remove EXIT
  trap 'exit 130' INT TERM
  mkdir -p "$dir/log" "$dir/certificates" "$dir/squid"
  if [[ -n ${PMS_LAB_OWNER:-} ]]; then
    # Renamed into place: the sweep of another run takes an empty file for that of an owner who is gone.
    identity "$PMS_LAB_OWNER" >"$dir/owner.new"
    mv "$dir/owner.new" "$dir/owner"
  fi
  printf '127.0.0.1 localhost plex\n::1 localhost ip6-localhost\n' >"$dir/hosts"
  node "$here/servers/zone.mjs" squid "$hosts_file" >"$dir/allowed-names"
  build_network
  set_policy
  make_certificates
  start_internet
  start_resolver normal
  start_proxies
  start_pms_host
  trap - EXIT INT TERM
}

# Not `ip netns list`: it stumbles over namespaces of other labs that go away meanwhile.
namespaces() {
  local each
  for each in /run/netns/"$prefix"-*; do
    [[ ! -e $each ]] || basename "$each"
  done
}

remove() {
  local each pids
  for each in $(namespaces); do
    pids=$(ip netns pids "$each")
    [[ -z $pids ]] || kill -9 $pids 2>/dev/null || true
    ip netns del "$each"
  done
  rm -rf /etc/netns/"$prefix"-{pms,router,proxy,net}
  [[ ! -d /etc/netns ]] || rmdir --ignore-fail-on-non-empty /etc/netns
  # What was just killed may still hold its log open for a moment: removing it is no race, the directory is ours.
  rm -rf "$dir"
}

# A process by its id and the time of its start: ids are used again.
identity() { echo "$1 $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20)"; }

sweep() {
  local file owner
  for file in /tmp/pmslab-*/owner; do
    [[ -e $file ]] || continue
    owner=$(<"$file")
    [[ $(identity "${owner% *}") != "$owner" ]] || continue
    file=${file%/owner}
    use "${file#/tmp/pmslab-}"
    remove
  done
}

status() {
  local each
  if [[ -z $(namespaces) ]]; then
    echo "lab '$name': down"
    [[ ! -e $dir ]] || echo "remains in $dir"
    return
  fi
  read_policy
  echo "lab '$name': up, files in $dir"
  for each in "${policy_keys[@]}"; do echo "  $each=${policy[$each]}"; done
  echo "  resolver $(<"$dir/resolver")"
  for each in $(namespaces); do echo "  $each: $(ip netns pids "$each" | wc -l) processes"; done
}

proxies() {
  awk -F'\t' -v host=$proxy4 '!/^#/ { printf "%-16s %-40s %s\n", $1, $2 "://" host ":" $3 ($2 ~ /^pac/ ? "/proxy.pac" : ""), $4 }' "$here/proxies.tsv"
}

command=${1:-}
use "${2:-}"
shift $(($# < 2 ? $# : 2))
case $command in
  up) up ;;
  down) remove ;;
  status) status ;;
  run)
    trap remove EXIT
    trap 'exit 130' INT TERM
    (up)
    "$@"
    ;;
  policy) must_be_up && set_policy "$@" ;;
  hosts) must_be_up && set_hosts "$@" ;;
  resolv) must_be_up && set_resolv "$@" ;;
  rules) must_be_up && set_rules "$@" ;;
  resolver) must_be_up && start_resolver "${1:-normal}" "${@:2}" ;;
  squid-include) must_be_up && include_rules "${1:?a file}" ;;
  internet)
    must_be_up
    node -e 'JSON.parse(process.argv[1])' "${1:?a JSON object}"
    # Renamed into place: the internet reads it at any moment.
    echo "$1" >"$dir/internet.json.new" && mv "$dir/internet.json.new" "$dir/internet.json"
    ;;
  pms)
    must_be_up
    case ${1:-} in
      beside) another_pms "${@:2}" ;;
      start) start_pms '' "${@:2}" ;;
      start-bare-scanner) start_pms 'env -i' "${@:2}" ;;
      scan) scan "${@:2}" ;;
      stand-in) stand_in "${2:?a JSON object}" "${@:3}" ;;
      configure) configure "${2:?a JSON object}" ;;
      stop) stop_pms ;;
      *) die 'pms NAME start [VAR=VALUE...], start-bare-scanner [VAR=VALUE...], scan USER_ID [VAR=VALUE...] -- CURL_ARGUMENT... or stop' ;;
    esac
    ;;
  exec)
    must_be_up
    if [[ ${1:-} == pms ]]; then in_pms_host "${@:2}"; else on "${1:?which host: pms, router, proxy or net}" "${@:2}"; fi
    ;;
  proxies) proxies ;;
  possible) requirements ;;
  sweep) sweep ;;
  dir) echo "$dir" ;;
  *)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
