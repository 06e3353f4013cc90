import { isKnownWord } from './vocabulary.ts';

/**
 * Words of English, of systems, of proxies and of PMS that lines of logs and files of settings are made of, besides those of
 * {@link isKnownWord}; each in its simplest form. First names and places are no part of it, even where they are words as well.
 */
const WORDS: ReadonlySet<string> = new Set(
  (
    'aac aarch able abort abs absence absent abstract acceptable acceptedeula acceptor accessible accidents according achieve acid ' +
    'ack acknowledgment acl acquire acquit act action activating activity actual add addedat adders additional additions addr ' +
    'adjacent adjust administrator admit adopt adsdetection advance advertise advice advise aes affected affects affinity ' +
    'affordable afresh afternoon afterward age aggregate aggregation ago agree agreements ahead aiff aim air alac alarm alias ' +
    'align alike allback alloc allocate allocation allowednetworks allowsync almost alone along alpha alphabets alpine alt alter ' +
    'alternative although always amazing ambiguous amd among amount amp ampersand analytics ancestor anchor android anew ' +
    'annotation announce announcements anonymous anonymousmachineidentifier answer anyone anything anyway anywhere apart ape ' +
    'aperture apiversion apos apostrophe app apparent apparmor appdata appear appearance append appendix apple appletv applewebkit ' +
    'appliance applicable appstore apr arch architecture archive arg argv aria arm armv around arp arpa arrive artefact article ' +
    'artifact artistic artwork ascending ascii ash aside asio ask asker aspect aspectratio assembly assert assertion assets assign ' +
    'assist assistant assume assumptions asterisk asustor async asynchronously ate atm atmos atob atoi attach attachment attack ' +
    'attacker attend attr attribute attribution audience audiochannellayout audiochannels audiocodec audioprofile audit august ' +
    'author authoritative auto autoload automatic autumn average avg avi avoid await aware awk backbone backdated backend ' +
    'background backlog backoff backquote backslash backstop backticks backtrace backup backward bak balance balancer ban ' +
    'bandwidth bar bare baseline basename bash bashcompinit bashrc basis batch bear became become beforehand began begun behalf ' +
    'behaved behaves behaviour believed belong bench benchmark beside best better beyond bidi bif big bigint bin bindsto ' +
    'binstalled birth bitdepth bitoffsets bitrate black blamed blank blind blob block blocklists blog blur bluray bmp bold bom ' +
    'book boost boot border born bottom boundary box braces bracket branch brd break breakage bridge brief bright brightness bring ' +
    'broadcast broadcom broke brotli brought brown browse bsd budget buf bug build builder built builtin bulk bullet bump bundle ' +
    'burn burner burst bury buser busy busybox butler butlertask buttler button bypass caa cachedev cadence calc calculate ' +
    'calendar caller came camel camera cancel cancellable candidate canonical cap capacity capital capitalised caption captive ' +
    'capture capwap car care career carp carriage carrier carry case cast cat catalog catalogue catch category cbc cdata cdn ceil ' +
    'cell cent center central centre century certain certainty certchain certificateuuid certificateversion certify certproblem ' +
    'cest cet cfg cgi cgnat cgroup cgroupfs chacha challenge chance channel chapter chapterdb chapterized chapterthumbs char chart ' +
    'chat checkfiles checkip checkout checksum child childcount children chinese chmod choice choking choose chose chosen chown ' +
    'chroma chromalocation chromasubsampling chrome chromecast chromium cidr cinema circle circumstances citation cite cjs claim ' +
    'claimname classic classify classname cleanup clear cli click clip clock clone closest cluster clusterip clusterplex cmdline ' +
    'cname coalesced codec codedheight codedwidth codel cold collapse collateral collation collator collect collection collector ' +
    'collide colon color colorprimaries colorrange colorspace colorterm colortrc colour column combined come comfortable comic ' +
    'commat commence comment commercial commit common commonest community comp compact companion company comparable compare ' +
    'comparison compatible compgen compile compiler complains complaint completeness completion component compose compress compute ' +
    'concat concern concert conclude conclusion concurrency concurrent conf confidentiality configmap configmapkeyref confirm ' +
    'confirmation conflict conmon conn consent consequence consider consist consistent console constant constraints construct ' +
    'consume consumers cont contain container containerenv containerport contentrating contenv context continuation contract ' +
    'contraction contradict contradictions controller conversation conversion cookie cool coordinator coredump corner correct ' +
    'correctness corrupt cors cost counter country course cover coverage coverartarchive cpp cpu cpuquota crack crash crate ' +
    'crawler crc create cred credential credits creditsdetection cri crio critic critical critico critique crl crlf cron crop ' +
    'cross crt crun crypto css csv ctrl ctx ctype cue cure curlopt cursor curve customcertificatedomain customcertificatekey ' +
    'customcertificatepath customconnections customer cutoff cutter cwd cword cycle dadfailed daemon daemonset daily damage dark ' +
    'darwin dash dasharray dashboard datagram dataset dateext daterange day dbus deactivating dead deadline deal dealt death ' +
    'debounce debuggers dec decades decay december decidable decide decimal decision deck declaration declare decodable decoder ' +
    'decompress decoration decrease deduced deep deepanalysisversion deeper deepest deferred define definition defs degraded ' +
    'deinterlace del dele deletemedia deletion delimited delimiter delimiting deliver delivery delta demand demo demux denial ' +
    'depend dependency deploy deployment deprecated der derive desc descendants descends describe description descriptor design ' +
    'desired desk dest destination destroy detached detect detection determine detour dev developer development deviceid dgram ' +
    'dhcp diagnose diagnosis diagnostics dial dialect dict dictionary didn die diff differ difference difficult dig digital dim ' +
    'dir direction directive dirname disagree disagreements discourse discovery discriminated discriminator disguise disk ' +
    'disobeying disobeys disown dispatch dispatcher display displaytitle dispose disposition disruption dist distance distinct ' +
    'distinguish distributed distributions distrust div divide dll dlna dlnaenabled dlt dmp dms dnat dnsconfig dnsdomainis dnskey ' +
    'dnsmasq dnspolicy dnsresolve dnt doc docker dockerenv dockerfile doctor doctype documentation doer doh doing dolby dollar ' +
    'domainname dormant dot dotenv double doubt dovi download downstream dozen dpkg dpo dport draft drain draw drawn dri drift ' +
    'drive driver drop dropin dsa dsf dsm dst dstdom dstdomain dtls dts dual due dumb dump dumpcap duplex duration dvd dvr dying ' +
    'dylib dynamic dynamicuser eac eaddrinuse eaddrnotavail eae eafnosupport eager eai earlier earliest east eat ebusy ecdhe ecdsa ' +
    'ech echo ecma ecn economy ecpublickey edge edit editcap editor edns edquot edt effect effective effort egress ehostdown eight ' +
    'eio either elapsed elect elimination ellipsis elliptic elsewhere embed emby emergency emit emoji emphasis employ enable ' +
    'enableipv encapsulated encode encoder encounter encrypt endace endian endless enforce enhanced enlarged enodata enonet ' +
    'enoprotoopt enough enqueue enrich entity entrypoint enum envelope environ environmentfile environmentvariables enxio ' +
    'epilogues epoch equal equalizer equest equiv era erspan esac esbuild escape eservfail esrch essential est establish estale ' +
    'etag etc eth ether ethernet ethertype eui eula eval evaluate even ever everyday everything everywhere evict evidence exact ' +
    'examined example exceed except exception excess exchange exclude excludedportrange excludefields exclusion exclusive exe exec ' +
    'execreload execstart execstartpost execstartpre execstop execute execution exempt exemption exercises exhausted exhaustion ' +
    'expand expansion expect expectation experiment expiry explain explanation explicit explore exponent exporter expose ' +
    'exposition expr extend extendeddisplaytitle extensible external extinct extract extractor facet facility fact factor factory ' +
    'fade fall fallback fallen family far fast faster fault favorite february feed feedback fel fell fenced fences fetch few fewer ' +
    'fexecve ffmpeg ffprobe fib fibre ficlone fiction fifo fifth fifty figcaption fight figure filename filesystem fill films fin ' +
    'final finalizer findstr fine fingerprint fingerprinter finite fire firefox firetv firewall firewire firstup fit five fix flac ' +
    'flat flatten flatter flavored float floor flow flush flv fnv focus fold follow font food foot footer forbid force foreground ' +
    'foreign foremost foreseen forever forged forget forgot forgotten fork formatter former formerr formula forty forum forward ' +
    'four fourth fps fraction fragment frame framerate framework freeze frequent fresh fri friday friend friendlyname front ' +
    'frontend fseventlibraryupdatesenabled fsgroup fstat ftph fts fulfil fully further furthest future gaierror gain game gap ' +
    'garbage gate gather gauge gbps gcm gdmenabled gecko gelf gender general generalized generate generation generator geneve ' +
    'genre genuine geo getent getenv geteuid getproxies getters getty getuid gid gif gim gis gist git github glibc glitch glob ' +
    'global glued gmt gnu goaccess goal goes going golang gone good grabbers grade grammar grandchild grandparent ' +
    'grandparentratingkey grants granularity grapheme gravest gravity graylog grease green greeting grep grew grid groovy ground ' +
    'groundwork groupname grow grown gtp guard guardian guess guid guide gunzip hair half halved halves hand handful handle hang ' +
    'hap happen happy hard hardware harm harmless harmonize hash hashtags hasscalingmatrix hcl hdlc hdr hdtv headaches headline ' +
    'health healthcheck healthy heart heartbeat heavy height held help helper hence hero hevc hex hexadecimal hidden hidepid hier ' +
    'hierarchy higher highest highlight hinfo hint history hkdf hlg hls hmac hoisted hole homedir honoured honours hook horror ' +
    'hostaliases hostile hostless hostnetwork hostport hot hotio hotspot hour house however href htb htm htpc httpget httplib ' +
    'httplog httpp httpproxy httpr hub huge human hundred hundredth hup hurt hypervisor hyphen iana icmp icmpv ico icons icp icu ' +
    'ident identify idna ids idx ied ieee ies ietf ifs igd ignore image imap imeout img immediate immutable imp impact implement ' +
    'implicit important impossible impostor improve ims imul inactive include includeextras includefields includemarkers ' +
    'includeondeck includerelated income incomparable inconclusive increase independent indexer indication infer inference inform ' +
    'information infuse ing ingest ingress inherit inhibit ini initcontainers initial initialdelayseconds initialise initialize ' +
    'initiate injected inline inner innermost ino inode inotify input ins insecure insert insertion inset insist install ' +
    'installation instance instanceof instant instantiated insufficient int integrity intel intelligence intend intention inter ' +
    'intercepted intercepting interception interceptor interest interim interleave intern international interpreter interrupt ' +
    'interruptible interruption interval intl intro introduction intromarker inuse invalidate invented inventory invocation invoke ' +
    'involve ioe ios ipados ipam ipg ipip iproute iptables iptv ipv irregular irrelevant isinnet iso isolate isplainhostname ' +
    'isresolvable iteration iterator itself january javascript javax jdk jenkins jitter joke journal journalctl jpe jpeg jpg jsonl ' +
    'judge judgement july jumbograms jump june junit junk junkscan jwt kbps kebab kept kernel keyout keyword khtml kib kick kid ' +
    'kill killer killmode kilobyte knobs know knowledge kodi kubectl kubepods kubernetes lab labelledby laboratory lack lags laid ' +
    'landing landscape lang language languagecode languageincloud languagetag lannetworksbandwidth larger largest ' +
    'lastautomaticmappedport late latency latest latin latter launch launchctl launcher lay layout lazily ldap lead leader ' +
    'leafcount league leak learn learnt lease leash leave led leftover leg legend legible len lencr lesser letsencrypt letter lft ' +
    'lib libc libexec libpcap libpod librarysection librarysectionid librarysectiontitle librarysectionuuid libtraceevent libuv ' +
    'libx licence license lie life lifecycle light likeliest likelihood limiter limitnofile linejoin linger link linktypes lint ' +
    'linter linuxserver lisp listener little live liveness livenessprobe livetv llc loadavg loadbalancer loader loc ' +
    'localadmintoken localappdata localdomain locale localhost localhostordomainis localnet locate lock lockdown locker ' +
    'logfileformat logfmt logformat logical loglevel logname logrotate logtimestamp logverbose lone longer longest look loopback ' +
    'loose lose loss loudness lowbar lowest lowlatency lrc lru lts lxc lyric lzip lzma machineidentifier macintosh macos macros ' +
    'magic magnitude mail mailto main mainpid maintain maintenance major malformat malformed man manage manager manifest manual ' +
    'manualportmappingmode manualportmappingport mar march margin markdown marked marker marks markup mask mass master matcher ' +
    'matchlabels math matter mature mawk maxconn maxed maybe mbps mdns mean meanwhile measure measurement mediaanalysis ' +
    'mediacontainer mediainfo median mediaserver mediatagprefix mediatagversion medium meet megabyte mem member memchr memorymax ' +
    'mention mere merge mesh met meta meter metric metricsepochs microseconds mid middleman middlewares midway might migrate ' +
    'migration mikrotik million millisecond mime min mine mini minimal minor minus minute mirror mis misbehave misbehaviour ' +
    'misleads misnamed misplaced misspelt mistake misuse mit mix mixture mjs mkdir mkdtemp mkv mmm mngtmpaddr mnt mobile mobility ' +
    'mocks mod model modern modifiers modify modulo moment mon monday monitor mono monospace monotonic month mood morning motion ' +
    'mount mountinfo mountpath mouse mov move movw mpd mpe mpeg mpegurl mpls mpm msdu msg msmpeg mtime mtu mtx multi multicast ' +
    'multipart multiplex multiplication multiplicative multiplier musicanalysis musl mutable mute mux muxer mvfst myhostname ' +
    'myipaddress mymachine mymedia nameless nameserver namespace nanoseconds naptr narrow narrower nas native nbsp ncat ndots near ' +
    'nearest need needless needy negation negotiation neighbour neither nerdctl nest netmasks netmon netns netsh netstat ' +
    'networkaddress neutral newer newest newkey newline newstate newtask nextdns nflog nfmark nfnetlink nfo nft nftables nftset ' +
    'nghttp ngroup nhosts nice night nine ninety nit nix nodeport nodeselector nodev noerror nohup nonewprivileges nonhierarchical ' +
    'nonproxyhosts noop noprefixroute noproxy noptions noqueue normal normalise normalize nosniff notafter notation notbefore note ' +
    'notice noticeable notification notifier notify notimp notion noughts noun nov november nowhere nowrap npm npx nsenter nsfs ' +
    'nsn nspawn nsswitch ntop ntp nul nullable num numeral nvdec nvenc nxdomain obeys obj observation observe observer obsolete ' +
    'obtain occasion occupied occur occurrence oci oct octal octet october odd offender offer official offload often ogg ogm older ' +
    'oldest oldestpreviousversion oldstate omit oneshot ongoing onlink onwards opacity opcode opendns opener opensock openwrt ' +
    'opera operate opn opr opsawg opt opti optimise optimize optimizedforstreaming optimizer opus ordinary organization organize ' +
    'organizer orientation orig original originallyavailableat orphan osx otherwise our outcome outer outermost outfile outgoing ' +
    'outlet outline outlive output outrank outstanding outweighs overall overlap overlay overlayfs overloaded overlong override ' +
    'overrun overview overwrite overwritten own owner pace pacer pack package packetless pad pagers paint pair panel paper ' +
    'paragraph parallel param paren parent parentheses parentratingkey parties partof passage passenvironment passphrase passw ' +
    'past paste patch pathname patience patient pause paying pcap pcaplinktype pcapng pcm pdeathsig pdf pdt pdu peak peek pending ' +
    'people percent perf performance period periodseconds persist persistentvolumeclaim person pflog pgid pgs phone phrase pick ' +
    'picture piece pihole pilot pin ping pinnedpubkeynotmatch pipeline pixel pkcs pkg pkgctl pktap pkware placeholder plan planted ' +
    'platform play playback playbacktime player playlist playqueue playqueueid playqueueitemid playstation plexamp plexapi ' +
    'plexdata plexinc plexmedia plexmediaserver plexonline plexonlinehome plexonlinemail plexonlinetoken plexonlineusername ' +
    'plexpass plist plus plutil pmp png pod podman pointer poll poly pool pop popular populate population portal portless ' +
    'portrange pos positional positive posix poster postpone power ppi ppp pppoe pptp pragma pre precedence precise predecessor ' +
    'predefined predict prediction preempt prefault prefer preference prepare prepended preroll prescribes presence presentation ' +
    'preset press pretty previous price primary prime primitive print printable printf prior priority prism privacy private ' +
    'privatetmp privileged prng probably probe prober proc processedmachineidentifier processor procfs produce producer product ' +
    'production profile programarguments programme progress prohibition prohibits project prom prometheus promisc promise ' +
    'promisify prompt proof proper propfind proportion prose prot protect protection protectsystem proto prototype prove proven ' +
    'provides proxmox proxyconnect proxyhost proxyless proxypass proxytype proxyuser proxyuserpwd prune pseudo pseudosection ' +
    'pseudowire psk pst pton ptr pub publish publisher publishserveronplexonlinekey pubsub pubsubserver pubsubserverping ' +
    'pubsubserverregion puid pull punctuation punycode pure purge pve qdcount qdisc qinq qlen qnap qos qpkg qsv quad quadratic ' +
    'qualify quality quantum quarantine quarter question quick quicker quiet quit quot quota quotation race radiotap radius raise ' +
    'ran random randomized rank rar rare raspi rate ratelimit rather ratingkey ratio rcvd rcx rdlength rdonly reachab reachability ' +
    'readable readdir reader readily readinessprobe readline readlink readme real realpath realtime reap reaper rearrange ' +
    'reasonable reassembled receiver recognisable recognise recognition recommend reconcile recovery rect recursive recv redis ' +
    'reduce redundancy ref refcount refer referer referrer refframes reflect refusal refuse reg regard regex region registered ' +
    'registering registers registration registry related relates relation relative relevance relevant reliability rely rem ' +
    'remainder remap remark remedy removal remux render renderer rendition rentals repaired repeat repeatable repetitions ' +
    'replacement replicas repo repository representative req requester requiredbandwidths requirements res reservations resized ' +
    'resolution resolv responder rest restartsec restrained restraint resume resumption ret retention retire retr retransmission ' +
    'retransmit retrieve reuse rev reveal reverse revert rfc ring rise rivals rmdir roaming roff roku role roll rollback room ' +
    'roster rotate rotation round roundrobin router row rpi rpm rrset rrsig rsaencryption rss rsync rsyslog rtt ruby ruleset ' +
    'runasgroup runasuser runatload runaway runc runit runner runsv runsvdir runtime safari said salt sameorigin sample ' +
    'samplingrate samsung sandbox sanitize sanitizer sanity sat satisfies saturday save saw sbin scala scale scantype scarce scene ' +
    'sched schedule scheduledlibraryupdatesenabled scheduler schemeless scope score scratch screen script scrobble scrub seal ' +
    'search sec seccomp secretive secretkeyref sectionid securecnonnections secureconnections security securitycontext sed seek ' +
    'seem segment segmentation segmenter selector semaphore semicolon sender sense sensor sentence sentinel sentry sep separate ' +
    'separator september seq sequel serial serialise serialization serialize serif serious serv serve servername servfail ' +
    'serviceaccountname setenv setgid setgroups setpriv setproctitle settle setuid setup seven several severity shall shape shard ' +
    'share sheet shell shexpmatch shield shift shim ships shm shop short shorten shorter shortest shorthand shown shrink shuffle ' +
    'sibling sight sighup sigint sigkill signal signer sigsegv sigterm silence similar simpler simplest simplify simply simulate ' +
    'simultaneous sink sinkholed sits six sixteen sixty sizeless skb skewed skip skipper skuid slack slash sleep slept slews slide ' +
    'sll slot slower slowest smaller smallest smart smi smoke smooth smp smtp smuggles snap snapshot snic sniff sniffer snippet ' +
    'snmp snoop soa soap socat soci sock sockstat software sol solid something sometimes somewhere songkick sonic sonicanalysis ' +
    'sonos sony soon sooner sort sound sourcehash spam span spawn speak speaker spec special specific specifier speed spell spend ' +
    'spent spf spi spin spki splice splitter spoiler spoils spoke spoken sport spread spreadsheet sql sqlite src srcport srt srv ' +
    'ssa ssdp ssh sslv stall stamp standarderrorpath standardoutpath standpoint star starter starttls startup starved stat ' +
    'statefulset statement statfs static statistics stay stderr stdin stdio stdout steady stem step stereo stick still stood stop ' +
    'storage story str straddles straight stranded strange stranger strategy stray streamtype strerror stretch strftime strict ' +
    'strip strm stroke strong stronger strongest struct structural stub stuck studio style stylesheet sub subarray subdomain ' +
    'subframe subj subnet subr subreaper subscribe subscriber subscription subsecond subsection substituted subtitle succeed ' +
    'successor sudo suffers suffix sufmatch suggest suggestion suitable suite sum summarize summary sun sunday super superseded ' +
    'supervise supervisor supply support sure sureness surer surest surface surrogate surround surroundings survive suspect ' +
    'suspend suspicious sustained svcb svg svscan swallow swap swapfail swatch sweep swept swp symbolic symlink syn synchronize ' +
    'synchronous synology synopkg synopsis sys sysconfig sysctl syslog syslogidentifier systemctl systempaths tagline tai tail ' +
    'talk tally tank tap tar tasklist taut tbody tcpdump tcplog technical tee telemetry tell teller telltale temp temperature ' +
    'template tempo ten tentative tenth teredo term terminal terminate testanything testcase testsuite textfile tgid tgz theatre ' +
    'theme themselves thereby therefore thick thin think third thirtieth those thousand threadpool three threshold threw throttle ' +
    'throttler throughout throughput throw thrown thu thumbnail thumbs thursday tick ticket tico tie tier tiff tik tilde tile ' +
    'timeline timeoutstopsec timer timerange timezone tini tiny title titlesort tizen tlsv tlv tmp tmpdir tmpfs today todo toggle ' +
    'told tolerance tolerates tolerations tone took tool topic touch towards trace traceback tracefs tracer tracker trailer ' +
    'trailing train trakt trancoder transaction transcode transcoder transform transient transienttoken transition translate ' +
    'translation transparent transport trap trash travels traversal traverse treat treatment tree trial trie trigger trim trip ' +
    'trouble truehd truncate truth tshark tsoffset tsresol ttl tty tue tuesday tune tuner turbo turn tvos tvshows tvthemes twelve ' +
    'twenty twice twin two txt typeof typical typographic typography ubiquiti uid uint ula ulimits umask umount uncaught ' +
    'unconfined und underlying underscore understand understood undici undle undo unhurried unicast unicode unicorn unifi union ' +
    'unique uniqueness universal unlearned unmet unpin unref unregister unseekable unset unspecified unstable unsup untimely ' +
    'untracked upcoming updatedat updater upgrade upload uploader upnp upper uppercase ups upscale uptime upwards uri uric urie ' +
    'urlapi urldecode urllib urlopen urlstrictcolons urlt urx usability usable useful useless useragent userdata userhash userinfo ' +
    'userns usesystemproxies usr ustar usual utc util utilisation utilization uts uuid vaapi vacuum vain val validate validation ' +
    'validity valuefrom vanish vantage var variable variant vary vendor ver verbatim verbose verdict vertical very veth videocodec ' +
    'videoframerate videoprofile videoresolution videotoolbox view viewcount viewedleafcount viewer viewgroup viewmode viewoffset ' +
    'viewport violates violation virtual visibility visible vision visit visual vital vlan vnd vobsub vocabulary voice ' +
    'voiceactivity void volatile volume volumemounts vorbis votes vouch vtt wake wakeup wal walk wall wan wanpertotaluploadbps ' +
    'wantedby warm warn wasi wasm wasn watchdog watcher watchlistarr water waterfall watermark wav wccp weaker webdl webm webos ' +
    'webp webservice websocket wed wednesday weekdayrange weekend weekly weigh weight welcome well went west westmost whatever ' +
    'whenever wherever whether whichever white whitelist whoever whole whom whose wide wider widest widget width wifi wiki ' +
    'wildcard win window wire wireless wireshark wiretap wish witness wizard wma wmv woff woman won workaround worker workflow ' +
    'workingdirectory workspace world worse worst worth worthless wrap wrapper writable writer wronly wrote wss wtap www xargs ' +
    'xbox xmpp xsd yargs yauzl year yellow yesterday yield yml young younger yourself ython yuv yyyy zip zlib zombie zoom zsh ' +
    'zshrc zst '
  )
    .trim()
    .split(/\s+/),
);

const SHORTEST_STEM = 3;
/** Words of two letters, alone or in a longer one. */
const SHORT_WORDS: ReadonlySet<string> = new Set(
  (
    'bz gz js lz py rs xz ac ad ah ai am an ap as at av be bt by ca cc cd cn cp cr ct db dc dd de df dh dl dn do ds ec ed eh en eo es eu ex fd fe fi fr fs ft gb ge gi go gt ha hd he hi hr hw ' +
    'ia ic id if ii in io ip is it iv ix jp kb kg la lc le li ln lo ls lt lu ma mb md me mi mk ml mm mo mp ms mt mx my na nf ng nn no nr ns nt nv of ok on op or os ou pa pb ' +
    'pc pi pk pl pm po pr ps pt pu px qa qp qr qt ra rb rd re rm ro rr rs rx sa sb sc sd se sh si sm sn so sp sr ss st su sv sw tb td te th ti tk tl tm to tr ts tt tv tx ' +
    'ua ud ui uk ul un up us ux vc ve vm vp vs wa wd we wm ws xl xx yr zh'
  ).split(/\s+/),
);
/** A longer hexadecimal number is an id of something. */
const LONG_HEX = 8;
/** Letters and figures that take turns are an id: `k3x5w4`. */
const TURNS = 4;

/** Whether a word is one that lines of logs and files of settings have on every machine. */
export function isLogWord(word: string): boolean {
  if (/^\d+$/.test(word) || /^\d+x[\da-f]+$/i.test(word)) return true;
  if (/^[\da-f]*\d[\da-f]*$/i.test(word)) return word.length < LONG_HEX;
  // Only letters are looked up, so that lines which differ in figures are treated alike.
  return word.split(/_+/).every((part) => isSpelled(part));
}

function isSpelled(word: string): boolean {
  const runs = word.split(/(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u);
  return (
    runs.length <= TURNS &&
    runs.every((run) => isListed(run.toLowerCase()) || capitals(run).every((part) => isListed(part)))
  );
}

/** `HTTPRequest`, `viewOffset`. */
function capitals(word: string): readonly string[] {
  return word
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(' ');
}

function isListed(word: string): boolean {
  if (/^(?:\d*|[a-z])$/.test(word)) return true;
  if (word.length < SHORTEST_STEM) return SHORT_WORDS.has(word);
  return isPlain(word) || stemsOf(word).some((stem) => stem.length >= SHORTEST_STEM && isPlain(stem));
}

function isPlain(word: string): boolean {
  return WORDS.has(word) || isKnownWord(word);
}

/** The words that a word may be made of: `match` for `unmatched`, `try` for `retries`. */
function stemsOf(word: string): readonly string[] {
  const stems = endingsCut(word);
  const [, rest] = /^(?:un|re|non)(\w{4,})$/.exec(word) ?? [];
  return rest === undefined ? stems : [...stems, rest, ...endingsCut(rest)];
}

function endingsCut(word: string): readonly string[] {
  const [, stem = '', ending = ''] = /^(.+?)(ing|ied|ies|ed|es|s|d|ly)$/.exec(word) ?? [];
  switch (ending) {
    case '':
      return [];
    case 'ies':
    case 'ied':
      return [`${stem}y`];
    case 'ing':
    case 'ed':
      return [stem, `${stem}e`, ...(/(.)\1$/.test(stem) ? [stem.slice(0, -1)] : [])];
    default:
      return [stem];
  }
}
