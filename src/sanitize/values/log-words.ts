import { isKnownWord } from './vocabulary.ts';

/**
 * Words of English, of systems, of proxies and of PMS that lines of logs and files of settings are made of, besides those of
 * {@link isKnownWord}; each in its simplest form. First names and places are no part of it, even where they are words as well.
 */
const WORDS: ReadonlySet<string> = new Set(
  (
    'aac aarch abandoned abandoning able abnormally abort abs absence absent abstract acceleration accelerator acceptable ' +
    'acceptedeula acceptor accessible accidents accommodate according accumulated accumulating accuracy achieve acid ack ' +
    'acknowledged acknowledgment acl acquire acquit act action activate activating activation activity actual adaptation ' +
    'adapted adapter add addedat adders addition additional additions addr adjacent adjust adjustment administrative ' +
    'administrator admit adopt adsdetection advance advertise advertisement advice advise aes affected affects affinity ' +
    'affordable afresh afternoon afterward age aggregate aggregation aggressive ago agree agreements ahead aiff aim air ' +
    'alac alarm alias align alike allback alloc allocate allocation allowednetworks allowsync almost alone along alpha ' +
    'alphabets alphanumeric alpine alt alter alternate alternative although always amazing ambient ambiguity ambiguous amd ' +
    'among amount amp ampersand analytics analyze analyzer ancestor anchor ancillary android anew annotation announce ' +
    'announcements anonymous anonymousmachineidentifier answer anymore anyone anything anyway anywhere apart ape aperture ' +
    'apiversion apos apostrophe app apparent apparmor appdata appear appearance append appendix apple appletv applewebkit ' +
    'appliance applicable applied applying appropriate appstore apr arbitrary arch architecture archive area arg argv aria ' +
    'arm armv around arp arpa arrive artefact article artifact artistic artwork ascending ascii ash aside asio ask asker ' +
    'aspect aspectratio assemble assembly assert assertion assets assign assist assistant associated association assume ' +
    'assumptions assurance asterisk asustor async asynchronous asynchronously ate atm atmos atob atoi atomic attach ' +
    'attachment attack attacker attend attestation attr attract attribute attribution audience audiochannellayout ' +
    'audiochannels audiocodec audioprofile audit august authenticator authenticity author authoritative authorize auto ' +
    'autoload automated automatic automatically autonomous autumn auxiliary average avg avi avoid await aware awk backbone ' +
    'backdated backend background backlog backoff backquote backslash backstop backticks backtrace backup backward bailing ' +
    'bak balance balancer ban bands bandwidth banner bar bare baseline basename bash bashcompinit bashrc basis batch bear ' +
    'became become beforehand began begun behalf behaved behaves behavior behaviour believed belong bench benchmark beside ' +
    'best better beyond bidi bif big bigger bigint bin binding bindsto binstalled birth bisecting bitdepth bitmap ' +
    'bitoffsets bitrate black blamed blank blind blob block blocklists blocksize blog blur bluray bmp bold bom book bool ' +
    'boolean boost boot border born bottom boundary box braces bracket branch brd break breakage bridge brief bright ' +
    'brightness bring broadcast broadcom broke brotli brought brown browse bsd btrfs buckets budget buf bufsize bug build ' +
    'builder built builtin bulk bullet bump bundle burn burner burst bury bus buser busy busybox butler butlertask buttler ' +
    'button byes bypass caa cachedev cadence calc calculate calculation calendar caller came camel camera cancel ' +
    'cancellable candidate canonical cap capability capacity capital capitalised caption captive capture capwap car care ' +
    'career carp carriage carrier carry case cast cat catalog catalogue catch category caught cbc cdata cdn ceil cell cent ' +
    'center central centre century certain certainty certchain certificateuuid certificateversion certification certify ' +
    'certproblem cest cet cfg cgi cgnat cgroup cgroupfs chacha challenge chance channel chapter chapterdb chapterized ' +
    'chapterthumbs char chart chat chdir checkfiles checkip checklist checkout checksum child childcount children chinese ' +
    'chmod choice choking choose chose chosen chown chroma chromalocation chromasubsampling chrome chromecast chromium ' +
    'chroot cidr cinema circle circuit circumstances citation cite cjs claim claimname clashes clashing classic classify ' +
    'classname clean cleanup clear cli click clip clock cloexec clone closer closest closure cluster clusterip clusterplex ' +
    'cmdline cname coalesce coalesced coalescence codec codedheight codedwidth codel cold collapse collateral collation ' +
    'collator collect collection collector collide collision colon color colorprimaries colorrange colorspace colorterm ' +
    'colortrc colour column combinations combined combining come comfortable comic comm commat commence comment commercial ' +
    'commit common commonest communication community comp compact companion company comparable compare comparison compat ' +
    'compatibility compatible compgen compilation compile compiler complains complaint completeness completion complex ' +
    'compliant component compose composite composition compress compressor compute concat concern concert conclude ' +
    'conclusion concrete concurrency concurrent condition conditional conf confidentiality configmap configmapkeyref ' +
    'confirm confirmation conflict congestion conjunction conmon conn connectivity connector conntrack consecutive consent ' +
    'consequence consider consist consistency consistent console const constant constraints construct construction consult ' +
    'consume consumer consumers consumption cont contain container containerenv containerport contentrating contenv ' +
    'context contiguous continuation contract contraction contradict contradictions controller conversation conversion ' +
    'converter cookie cookies cool coordinator copyright coredump corner correct correctness correspond corrupt corruption ' +
    'cors cost counter country course cover coverage coverartarchive cpp cpu cpuquota crack crash crate crawler crc create ' +
    'creation cred credential credit credits creditsdetection cri crio crit criteria criterion critic critical critico ' +
    'critique crl crlf cron crop cross crt crun crypto cryptography css csv ctrl ctx ctype cue cumulative cure curlopt ' +
    'cursor curve customcertificatedomain customcertificatekey customcertificatepath customconnections customer cutoff ' +
    'cutter cwd cword cycle dadfailed daemon daemonized daemonset daily damage dark darwin dash dasharray dashboard ' +
    'datagram dataset dateext daterange day dbus deactivate deactivating dead deadline deal dealt death debounce debuggers ' +
    'dec decades decay december decidable decide decimal decision deck declaration declare declined decodable decoder ' +
    'decompress decompression decoration decrease deduced deep deepanalysisversion deeper deepest defeats defer deferred ' +
    'define definition defs degraded deinterlace del dele delegate delegation deletemedia deletion delimited delimiter ' +
    'delimiting deliver delivery delta demand demo demux denial depend dependency deploy deployment deprecated der derive ' +
    'desc descendants descends describe description descriptor design designated desired desk desktop dest destination ' +
    'destroy destruct destruction detach detached detect detection determine detour dev developer development deviceid ' +
    'dgram dhclient dhcp dhcpack dhcpdecline dhcpdiscover dhcpinform dhcpnak dhcpoffer dhcprelease dhcprequest dhcpv ' +
    'diagnose diagnosis diagnostic diagnostics dial dialect dict dictionary didn die diff differ difference difficult dig ' +
    'digital digraph dim dir direction directive dirname dirty disable disagree disagreements disallowed disallowing ' +
    'disappear disarm discard disconnect discourse discovery discriminated discriminator disguise disk disobeying disobeys ' +
    'disown dispatch dispatcher display displaytitle dispose disposition disrupted disruption dist distance distinct ' +
    'distinguish distributed distribution distributions distrust div diverts divide dll dlna dlnaenabled dlt dmp dms dnat ' +
    'dnsconfig dnsdomainis dnskey dnsmasq dnspolicy dnsresolve dnssec dnt doc docker dockerenv dockerfile doctor doctype ' +
    'documentation doer doh doing dolby dollar domainname dormant dot dotenv double doubt dovi downgrade download ' +
    'downstream dozen dpkg dpo dport draft drain draw drawn dri drift drive driver drop dropin dsa dsf dsm dst dstdom ' +
    'dstdomain dtls dts dual due duid dumb dummy dump dumpcap duplex duration dvd dvr dying dylib dynamic dynamically ' +
    'dynamicuser eac eaddrinuse eaddrnotavail eae eafnosupport eager eai earlier earliest east eat ebusy ecdhe ecdsa ech ' +
    'echo ecma ecn economy ecpublickey edge edit editcap editor edns edquot edt effect effective effort egress ehostdown ' +
    'eight eio either elapsed elect eliminating elimination ellipsis elliptic else elsewhere email embed emby emerg ' +
    'emergency emit emoji emphasis employ emulation enable enableipv encapsulated encapsulation encode encoder encounter ' +
    'encrypt encryption endace endian endif endless enforce enforcement enhanced enlarge enlarged enodata enonet ' +
    'enoprotoopt enough enqueue enrich ensure enterprise entire entity entropy entrypoint enum enumerate enumeration ' +
    'envelope environ environmentfile environmentvariables enxio ephemeral epilogues epoch epoll equal equalizer equest ' +
    'equiv equivalent era erase erspan esac esbuild escape eservfail esrch essential est establish establishment estale ' +
    'estimated etag etc eth ether ethernet ethertype eui eula eval evaluate evaluation even eventfd ever everyday ' +
    'everything everywhere evict evidence exact examined example exceed except exception excess exchange excl exclude ' +
    'excludedportrange excludefields exclusion exclusive exe exec execreload execstart execstartpost execstartpre execstop ' +
    'executable execute execution exempt exemption exercises exhausted exhaustion existence expand expansion expect ' +
    'expectation experiment experimental expiration expiry explain explanation explicit explore exponent export exporter ' +
    'expose exposition expr extend extendeddisplaytitle extensible extent external extinct extract extractor extraneous ' +
    'facet facility fact factor factory fade fall fallback fallen family far fast fastcgi faster fault faulty favorite ' +
    'fcgi fcntl fds february feed feedback fel fell fenced fences fetch few fewer fexecve ffmpeg ffprobe fib fibre ficlone ' +
    'fiction fifo fifth fifty figcaption fight figure filename filesystem fill films fin final finalize finalizer findstr ' +
    'fine fingerprint fingerprinter finite fire firefox firetv firewall firewire firmware firstup fit five fix flac flat ' +
    'flatten flatter flavored float flood floor flow flush flv fnv focus fold follow font food foot footer forbid force ' +
    'forcibly foreground foreign foremost foreseen forever forged forget forgot forgotten fork formatter former formerr ' +
    'formula forty forum forward forwarder four fourth fps fqdn fraction fragment fragmentation frame framerate framework ' +
    'freeze frequent fresh freshness fri friday friend friendlyname front frontend fsck fseventlibraryupdatesenabled ' +
    'fsgroup fstat ftph ftruncate fts fulfil fulfill fully functional functionality further furthest future gaierror gain ' +
    'game gap garbage gate gather gauge gbps gcm gdmenabled gecko gelf gender general generalized generate generation ' +
    'generator geneve genre genuine geo getent getenv geteuid getnameinfo getproxies getpwnam getsockname getters getty ' +
    'getuid gid gif gim gis gist git github glibc glitch glob global glued gmt gnu goaccess goal goaway goes going golang ' +
    'gone good grabbers graceful grade grammar grandchild grandparent grandparentratingkey granting grants granularity ' +
    'grapheme graphical gravest gravity graylog grease green greeting grep grew grid groovy ground groundwork groupname ' +
    'grow grown gssapi gtp guard guardian guess guid guide gunzip hair half halved halves hand handful handle hang hap ' +
    'happen happy hard hardlink hardware harm harmless harmonize hash hashmap hashtags hasscalingmatrix hcl hdlc hdr hdtv ' +
    'headaches headless headline health healthcheck healthy heap heart heartbeat heavy height held help helper hence hero ' +
    'heuristics hevc hex hexadecimal hibernate hibernation hidden hide hidepid hier hierarchy higher highest highlight ' +
    'hinfo hint histogram historical history hkdf hlg hls hmac hoisted hold hole homedir honoring honoured honours hook ' +
    'horror hostaliases hostbased hostile hostkey hostless hostnetwork hostport hot hotio hotspot hour house however href ' +
    'htb htcp htm htpc httpget httplib httplog httpp httpproxy httpr hub huge human hundred hundredth hup hurt hwaddr ' +
    'hybrid hypervisor hyphen iaid iana icap icmp icmpv ico icon icons icp icu ident identification identify idn idna ids ' +
    'idx ied ieee ies ietf ifindex ifs igd ignore image imap imeout img immediate immutable imp impact implement ' +
    'implementation implicit implies import important importer imposed impossible impostor improve ims imul inaccessible ' +
    'inactive inactivity include includeextras includefields includemarkers includeondeck includerelated inclusion ' +
    'inclusive income incomparable incompatible inconclusive inconsistency inconsistent incorrect increase increment ' +
    'incremental indeed independent indexer indicate indication indirect individual infer inference inform information ' +
    'infuse ing ingest ingress inherit inhibit inhibition inhibitor ini initcontainers initgroups initial ' +
    'initialdelayseconds initialise initialization initialize initiate initiator initrd inject injected injection inline ' +
    'inner innermost ino inode inotify input inquire ins insecure insert insertion inset insist install installation ' +
    'instance instanceof instant instantiated instructions insufficient int integrated integrity intel intelligence intend ' +
    'intention inter interact interactive intercept intercepted intercepting interception interceptor interest interim ' +
    'interlaced interleave intern internalized international interpret interpreter interrupt interruptible interruption ' +
    'interval intl intro introduction intromarker introspection inuse invalidate invariant invented inventory invert ' +
    'invocation invoke involve ioe ios ipaddr ipados ipam ipcache ipg ipip iproute ipset iptables iptv ipv irregular ' +
    'irrelevant isinnet iso isolate isplainhostname isresolvable iterate iteration iterator itself january javascript ' +
    'javax jdk jenkins jitter joke journal journalctl jpe jpeg jpg jsonl judge judgement july jumbograms jump june junit ' +
    'junk junkscan jwt kbps kebab kept kernel kex kexec keyboard keyexchange keyout keyring keytab keyword khtml kib kick ' +
    'kid kill killer killmode kilobyte knobs know knowledge kodi kubectl kubepods kubernetes lab labelledby laboratory ' +
    'lack lags laid landing landscape lang language languagecode languageincloud languagetag lannetworksbandwidth larger ' +
    'largest lastautomaticmappedport late latency latest latin latter launch launchctl launcher lay layout lazily ldap ' +
    'lead leader leafcount league leak learn learnt lease leash leave led leftover leg legend legible len lencr lesser let ' +
    'letsencrypt letter lft lib libc libexec libpcap libpod librarysection librarysectionid librarysectiontitle ' +
    'librarysectionuuid libtraceevent libuv libx licence license lie life lifecycle light likeliest likelihood limitation ' +
    'limiter limitnofile linejoin linger link linktypes lint linter linuxserver lisp listener little live liveness ' +
    'livenessprobe livetv llc loadavg loadbalancer loader loc localadmintoken localappdata localdomain locale localhost ' +
    'localhostordomainis localnet locate lock lockdown locker lockout lockup logfile logfileformat logfmt logformat logger ' +
    'logical loglevel logname logout logrotate logtimestamp logverbose lone longer longest look loopback loose lose loss ' +
    'loudness lowbar lower lowest lowlatency lrc lru lts lxc lyric lzip lzma machine machineidentifier macintosh macos ' +
    'macros magic magnitude mail mailer mailto main mainpid maintain maintenance major malformat malformed malloc man ' +
    'manage management manager mandatory mangle manifest manipulate manual manualportmappingmode manualportmappingport mar ' +
    'march margin markdown marked marker marking marks markup mask mass master matcher matchlabels math matter mature mawk ' +
    'maxconn maxed maxsize maxstartups maybe mbps mdns mean meanwhile measure measurement mechanism mediaanalysis ' +
    'mediacontainer mediainfo median mediaserver mediatagprefix mediatagversion medium meet megabyte mem member membership ' +
    'memcached memchr memorymax mention menu mere merge mesh met meta meter metric metricsepochs microseconds mid ' +
    'middleman middlewares midway might migrate migration mikrotik million millisecond mime min mine mini minimal minor ' +
    'minus minute mirror mis misbehave misbehaviour misc misleads misnamed misplaced misspelt mistake misuse mit mix ' +
    'mixture mjs mkdir mkdtemp mkstemp mkv mmap mmco mmm mngtmpaddr mnt mobile mobility mocks mod model modern ' +
    'modification modifier modifiers modify moduli modulo modulus moment mon monday monitor mono monospace monotonic month ' +
    'mood morning motion mount mountinfo mountpath mouse mov move movw mpd mpe mpeg mpegurl mpls mpm msdu msg msmpeg mtime ' +
    'mtu mtx multi multicast multipart multipath multiplex multiplexer multiplication multiplicative multiplier munmap ' +
    'musicanalysis musl mutable mute mutex mux muxer mvfst myhostname myipaddress mymachine mymedia nameless nameserver ' +
    'namespace nanoseconds naptr narrow narrower nas nat native nbsp ncat ndots near nearest necessary need needless needy ' +
    'negation negotiation neighbor neighbour neither nerdctl nest netdev netfilter netlink netmask netmasks netmon netns ' +
    'netsh netstat networkaddress neutral newer newest newkey newline newstate newtask nextdns nexthop nflog nfmark ' +
    'nfnetlink nfo nft nftables nftset nghttp ngroup nhosts nice night nine ninety nit nix nodeport nodeselector nodev ' +
    'noerror nohup nonewprivileges nonexistent nonhierarchical nonproxyhosts noop noprefixroute noproxy noptions noqueue ' +
    'normal normalise normalize nosniff notafter notation notbefore note notice noticeable notification notifier notify ' +
    'notimp notion noughts noun nov november nowhere nowrap npm npx nsec nsenter nsfs nsn nspawn nsswitch ntop ntp nul ' +
    'nullable num numa numeral nvdec nvenc nxdomain obeys obj observation observe observer obsolete obtain occasion ' +
    'occupied occur occurrence oci oct octal octet october odd offender offer official offload often ogg ogm oid older ' +
    'oldest oldestpreviousversion oldstate omit oneshot ongoing onlink onwards opacity opcode opendir opendns opener ' +
    'opensock openwrt opera operate operational operator opn opr ops opsawg opt opti optimal optimise optimistically ' +
    'optimization optimize optimizedforstreaming optimizer opus ordinary organization organize organizer orientation ' +
    'oriented orig original originallyavailableat originating originator orphan osx otherwise our outcome outdated outer ' +
    'outermost outfile outgoing outlet outline outlive output outrank outstanding outweighs overall overhead overlap ' +
    'overlay overlayfs overloaded overlong overridden override overruled overruling overrun overview overwrite overwritten ' +
    'own owner ownership pace pacer pack package packetless pad pager pagers paint pair panel panic paper paragraph ' +
    'parallel param paren parent parentheses parenthesis parentratingkey particularly parties partition partof party ' +
    'passage passenvironment passive passphrase passw past paste patch pathname patience patient pause paying pcap ' +
    'pcaplinktype pcapng pcm pconn pcre pdeathsig pdf pdt pdu peak peek pend pending people percent percentage perf ' +
    'performance period periodseconds permissive permit persist persistence persistentvolumeclaim person pflog pgid pgs ' +
    'phone phrase pick picture pidfile piece pihole pilot pin ping pinnedpubkeynotmatch pipeline pixel pkcs pkg pkgctl ' +
    'pktap pkware placeholder plan planted platform play playback playbacktime player playlist playqueue playqueueid ' +
    'playqueueitemid playstation plexamp plexapi plexdata plexinc plexmedia plexmediaserver plexonline plexonlinehome ' +
    'plexonlinemail plexonlinetoken plexonlineusername plexpass plist plus plutil pmp png pod podman pointer poll poly ' +
    'pool pop popular populate population portal portless portrange pos positional positive posix possibly poster postpone ' +
    'potential power ppi ppp pppoe pptp pragma prctl pre preauth preceded precedence preceding precise predecessor ' +
    'predefined predicate predict predictable prediction preempt preface prefault prefer preference preferential prefixlen ' +
    'preliminary preparation prepare prepended preroll prescribes presence presentation preserve preset press pretty ' +
    'prevent previous price primary prime primitive principal print printable printf prior priority prism privacy private ' +
    'privatetmp privilege privileged privsep prng probable probably probe prober proc proceed processedmachineidentifier ' +
    'processor procfs produce producer product production profile programarguments programme progress prohibition ' +
    'prohibits project prom prometheus promisc promise promisify prompt proof propagation proper propfind proportion ' +
    'proposal prose prot protect protection protectsystem proto prototype prove proven provide provides proxmox ' +
    'proxyconnect proxyhost proxyless proxypass proxytype proxyuser proxyuserpwd prune pseudo pseudosection pseudowire psk ' +
    'pst pton ptr pub publickey publish publisher publishserveronplexonlinekey pubsub pubsubserver pubsubserverping ' +
    'pubsubserverregion puid pull punctuation punycode pure purge push pve qdcount qdisc qinq qlen qnap qos qpkg qsv quad ' +
    'quadratic qualify quality quanta quantum quarantine quarter question quick quicker quiet quit quot quota quotation ' +
    'race radiotap radius raise ran random randomized randomizing rank rar rare raspi rate ratelimit rather ratingkey ' +
    'ratio rcvd rcx rdlength rdonly reachab reachability readable readdir reader readily readinessprobe readline readlink ' +
    'readme real realpath realtime reap reaper rearrange reasonable reassembled rebinding receiver recipient recognisable ' +
    'recognise recognition recognize recommend reconcile recovery rect recursive recv recvmsg redis redistribute reduce ' +
    'redundancy ref refcount refer referer referrer refframes reflect refusal refuse reg regard regex region register ' +
    'registered registering registers registration registry reiterating rel related relates relation relative relevance ' +
    'relevant reliability reliable reliably rely rem remainder remap remark remedy removal remux render renderer rendition ' +
    'rentals repaired repeat repeatable repetitions replacement replicas repo repository representative reproducible req ' +
    'requester requestid requiredbandwidths requirement requirements res reservation reservations resident resisted ' +
    'resized resolution resolv resp respect responder responsibility rest restartsec restrained restraint restriction ' +
    'resume resumption ret retention retire retr retransmission retransmit retrieval retrieve returnable reuse rev reveal ' +
    'reverse revert revocation revoke rexec rfc rfkill ring rise risk rivals rmdir roaming roff roku role roll rollback ' +
    'room roster rotate rotation round roundrobin router routine row rpi rpm rrset rrsig rsaencryption rss rsync rsyslog ' +
    'rtt ruby ruleset run runasgroup runasuser runatload runaway runc runit runner runsv runsvdir runtime safari said salt ' +
    'sameorigin sample samplingrate samsung sandbox sanitize sanitizer sanity sat satisfies saturday save saw say sbin ' +
    'scala scale scantype scarce scene sched schedule scheduledlibraryupdatesenabled scheduler schemeless scope score ' +
    'scratch screen script scrobble scrub seal search sec seccomp secondary secretive secretkeyref sectionid secureboot ' +
    'securecnonnections secureconnections security securitycontext sed seek seem segment segmentation segmenter selection ' +
    'selector selinux semaphore semicolon sender sendfile sendmsg sense sensor sentence sentinel sentry sep separate ' +
    'separation separator september seq sequel sequential serial serialise serialization serialize serif serious serv ' +
    'serve servername servfail serviceaccountname setenv setgid setgroups setpriv setproctitle setresuid setrlimit ' +
    'setsockopt settle setuid setup seven several severity shall shape shard share shareable shedding sheet shell ' +
    'shexpmatch shield shift shim ships shm shop short shortage shortcut shorten shorter shortest shorthand shown shrink ' +
    'shrunk shuffle sibling sight sighup sigint sigkill signal signer sigsegv sigterm silence similar simpler simplest ' +
    'simplify simply simulate simultaneous sink sinkholed sits six sixteen sixty sizeless sizeof skb skew skewed skip ' +
    'skipper skuid slaac slack slash sleep slept slews slide sll slot slower slowest small smaller smallest smart smi ' +
    'smoke smooth smp smtp smuggles snap snapshot snic sniff sniffer snippet snmp snoop soa soap socat soci sock sockaddr ' +
    'socketpair sockstat software sol solicit solicitation solid something sometimes somewhere songkick sonic ' +
    'sonicanalysis sonos sony soon sooner sort sound sourcehash spam span spawn speak speaker spec special specific ' +
    'specification specifier specify speed spell spend spent spf spi spin spki splay splice split splitter spoiler spoils ' +
    'spoke spoken spool sport spread spreadsheet spurious sql sqlite src srcport srt srv ssa ssdp ssh sslv stable stall ' +
    'stamp standarderrorpath standardoutpath standby standpoint star starter starttls startup starved stat statefulset ' +
    'stateless statement statfs static statistic statistics stay stderr stdin stdio stdout steady stem step stereo stick ' +
    'still stood stop storage story str straddles straight stranded strange stranger strategy stray streamtype strerror ' +
    'stretch strftime strict strip strm stroke strong stronger strongest struct structural stub stuck studio style ' +
    'stylesheet sub subarray subdomain subframe subj submit subnet subr subreaper subrequest subscribe subscriber ' +
    'subscription subsecond subsection subsequent substantially substituted substituting subsystem subtitle succeed ' +
    'successor sudo suffers suffix sufmatch suggest suggestion suitable suite sum summarize summary sun sunday super ' +
    'superseded supervise supervisor supplementary supply support supposed suppress suppression sure sureness surer surest ' +
    'surface surrogate surround surroundings survive suspect suspend suspension suspicious sustained svcb svg svscan ' +
    'swallow swap swapfail swatch sweep swept swp symbolic symlink syn synchronization synchronize synchronous synology ' +
    'synopkg synopsis syntactically sys sysconfig sysctl sysfs syslog syslogidentifier syspath systemctl systempaths sysv ' +
    'tagline tai tail talk tally tank tap tar tasklist taut tbody tcpdump tcplog technical tee telemetry tell teller ' +
    'telltale temp temperature template tempo ten tentative tenth teredo term terminal terminate termination terminator ' +
    'testanything testcase testsuite textfile textual tftp tgid tgz theatre theme themselves thereby therefore thick thin ' +
    'think third thirtieth those thousand threadpool three threshold threw throttle throttler throughout throughput throw ' +
    'thrown thu thumbnail thumbs thursday tick ticket tico tie tier tiff tik tilde tile timeline timeoutstopsec timer ' +
    'timerange timezone tini tiny title titlesort tizen tlsv tlv tmp tmpdir tmpfs today todo together toggle told ' +
    'tolerance tolerates tolerations tone took tool topic touch tout towards tproxy trace traceback tracefs tracer tracker ' +
    'trailer trailing train trakt trancoder transaction transcode transcoder transform transformation transient ' +
    'transienttoken transition translate translation transmission transmit transmitter transparency transparent transport ' +
    'trap trash travels traversal traverse treat treatment tree trial trie trigger trim trip triplet trouble truehd ' +
    'truncate trustworthy truth tshark tsoffset tsresol ttl tty tue tuesday tun tune tuner turbo turn tvos tvshows ' +
    'tvthemes twelve twenty twice twin two txt typeof typical typographic typography ubiquiti udev uevent uid uint ula ' +
    'ulimit ulimits umask umount uncaught unclean unconfined und underflow underlying underscore understand understood ' +
    'undici undle undo unfortunately unhurried unicast unicode unicorn unifi unified uniform union unique uniqueness ' +
    'universal unlearned unmet unnecessarily unnecessary unparsable unpin unpredictable unref unregister unseekable unset ' +
    'unspecified unstable unsup untimely untracked upcoming updatedat updater upgrade upload uploader upnp upon upper ' +
    'uppercase ups upscale uptime upwards uri uric urie urlapi urldecode urllib urlopen urlstrictcolons urlt urx usability ' +
    'usable useful useless useragent userauth userdata userhash userid userinfo userns userspace usesystemproxies usr ' +
    'ustar usual utc util utilisation utilization utmp uts uuid uwsgi vaapi vacuum vain val validate validation validity ' +
    'valuefrom vanish vantage var variable variant various varlink vary vendor ver verbatim verbose verbosity verdict ' +
    'vertical very veth videocodec videoframerate videoprofile videoresolution videotoolbox view viewcount viewedleafcount ' +
    'viewer viewgroup viewmode viewoffset viewport violated violates violation virtual virtualization visibility visible ' +
    'vision visit visual vital vlan vnd vobsub vocabulary voice voiceactivity void volatile volume volumemounts vorbis ' +
    'votes vouch vtt vulnerable vxlan wake wakeup wal walk wall wan wanpertotaluploadbps wantedby warm warn warranty wasi ' +
    'wasm wasn watchdog watcher watchlistarr water waterfall watermark wav wccp weaker webdl webm webmaster webos webp ' +
    'webservice websocket wed wednesday weekdayrange weekend weekly weigh weight welcome well went west westmost whacked ' +
    'whatever whenever wherever whether whichever white whitelist whoever whois whole whom whose wide wider widest widget ' +
    'width wifi wiki wildcard win window wire wireguard wireless wireshark wiretap wish witness wizard wlan wma wmv woff ' +
    'woman won workaround worker workflow workingdirectory workspace world worse worst worth worthless wrap wrapper ' +
    'writable writer writev wronly wrote wss wtap www xargs xattr xbox xmpp xsd yargs yauzl year yellow yesterday yield ' +
    'acodec analysis analyses augment autotag vcodec downsampling demux demuxer mux muxer gdm gracenote hwaccel hwdownload hwupload libzlib mde nvdec prefs resample sqlite3 subtitles threadsafe thumb transcodes upsampling ' +
    'yml young younger yourself ython yuv yyyy zip zlib zombie zoom zsh zshrc zst '
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
  // Only letters are looked up, so that lines which differ in figures are treated alike. Modules of PAM begin with what is a name elsewhere.
  return word
    .replace(/^pam_/, '')
    .split(/_+/)
    .every((part) => isSpelled(part));
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
    case 'es':
      return [stem, `${stem}e`];
    case 'ing':
    case 'ed':
      return [stem, `${stem}e`, ...(/(.)\1$/.test(stem) ? [stem.slice(0, -1)] : [])];
    default:
      return [stem];
  }
}
