import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collateralSchema } from '../../src/allow/collateral/model.ts';
import { learnedSchema } from '../../src/allow/learn/model.ts';
import { TARGETS } from '../../src/allow/targets/index.ts';
import openwrt from '../../src/allow/targets/openwrt.ts';
import { CATALOGUE } from '../../src/catalog/index.ts';
import { listOf, own, textOf } from '../support/allow/lists.ts';
import { Uci } from '../support/allow/uci.ts';
import { BUILT } from '../support/system/built.ts';
import { Workshop } from '../support/system/workshop.ts';
import { Lab, labMissing } from './lab.ts';

const missing = labMissing();
const work = new Workshop();
afterAll(() => work.remove());

const OWN = [
  own('*.cdn.example.net'),
  own('a.cdn.example.net', { port: 8443 }),
  own('plain.example.net', { scheme: 'http' }),
  own('203.0.113.9'),
  own('2001:db8::5', { scheme: 'http' }),
  own('x.example.net', { purpose: 'ends in \\', breaks: '"quoted" \'twice\' #; {}' }),
];
const CLIENTS = ['10.77.1.2', 'fd77:1::2'];
const LISTS = {
  scan: listOf(CATALOGUE, { asked: 'scan' }),
  features: listOf(CATALOGUE, { clients: CLIENTS }),
  'legacy agents': listOf(CATALOGUE, { agents: ['legacy', 'legacy-music', 'movie'], clients: CLIENTS }),
  all: listOf(CATALOGUE, { asked: 'all' }),
  'names of the user': listOf([...CATALOGUE, ...OWN], { asked: 'all', clients: CLIENTS }),
};
type ListName = keyof typeof LISTS;

function text(target: string, list: ListName, sni = false): string {
  const found = TARGETS.find(({ id }) => id === target);
  if (found === undefined) throw new Error(`no target ${target}`);
  return textOf(found, LISTS[list], sni);
}

/** Complaints of a program that checks a file; its exit code is one. */
function complaints(command: string, ...args: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const said = `${stdout}\n${stderr}`.split('\n').filter((line) => /warn|error|fatal|bungled|alert/i.test(line));
  return status === 0 ? said : [`exit ${status}`, stdout, stderr];
}

/** How each program checks the file of a target. */
const CHECKS: Readonly<Record<string, (list: ListName) => readonly string[]>> = {
  squid: (list) => squidComplaints(text('squid', list)),
  'squid --sni': (list) => squidComplaints(text('squid', list, true), true),
  nftables: (list) => complaints('nft', '-c', '-f', work.file('allow.nft', text('nftables', list))),
  tinyproxy: (list) => tinyproxyComplaints(text('tinyproxy', list)),
  privoxy: (list) => complaints('privoxy', '--config-test', privoxyConfiguration('test', 8118, list)),
  haproxy: (list) => {
    const names = work.file('haproxy.lst', text('haproxy', list));
    const configuration = [
      'defaults',
      '  mode tcp',
      '  timeout connect 5s',
      '  timeout client 5s',
      '  timeout server 5s',
      'frontend tls',
      '  bind 127.0.0.1:10443',
      '  tcp-request inspect-delay 5s',
      `  acl plex req.ssl_sni,lower -m reg -f ${names}`,
      '  tcp-request content accept if plex',
      '  tcp-request content reject if { req.ssl_hello_type 1 } !plex',
      '  tcp-request content reject if WAIT_END',
      '  default_backend out',
      'backend out',
      '  server any 127.0.0.1:1',
      '',
    ];
    return complaints('haproxy', '-c', '-f', work.file('haproxy.cfg', configuration.join('\n')));
  },
  dnsmasq: (list) => complaints('dnsmasq', '--test', '-C', work.file('allow.dnsmasq', text('dnsmasq', list))),
  // uci and fw4 are not to be had here: their output is made as their sources make it.
  'dnsmasq of openwrt': (list) => {
    const lines = new Uci(text('openwrt', list)).dnsmasq();
    return complaints('dnsmasq', '--test', '-C', work.file('openwrt.dnsmasq', `${lines.join('\n')}\n`));
  },
  'nft of openwrt': (list) =>
    complaints('nft', '-c', '-f', work.file('openwrt.nft', new Uci(text('openwrt', list)).nft())),
};

function squidComplaints(rules: string, isBumped = false): readonly string[] {
  const port = isBumped
    ? `http_port 13128 ssl-bump generate-host-certificates=off tls-cert=${certificate()}`
    : 'http_port 13128';
  return complaints('squid', '-k', 'parse', '-f', work.file('squid.conf', `${port}\n${rules}\nhttp_access deny all\n`));
}

/** tinyproxy has no check of its own: a pattern that it cannot compile ends it at once. */
function tinyproxyComplaints(rules: string): readonly string[] {
  const filter = work.file('tinyproxy.filter', rules);
  const { status, stderr, stdout } = spawnSync('tinyproxy', ['-d', '-c', tinyproxyConfiguration(0, filter)], {
    encoding: 'utf8',
    timeout: 400,
    killSignal: 'SIGKILL',
  });
  return status === null ? [] : [stdout, stderr];
}

function tinyproxyConfiguration(port: number, filter: string): string {
  const lines = [
    `Port ${port === 0 ? 13_129 : port}`,
    `Filter "${filter}"`,
    // tinyproxy 1.11.1, as Debian 12 has it, knows no FilterType.
    'FilterExtended On',
    'FilterDefaultDeny Yes',
    'FilterURLs Off',
    'Timeout 20',
    'LogLevel Critical',
    '',
  ];
  return work.file(`tinyproxy-${port}.conf`, lines.join('\n'));
}

/** Privoxy reads its files in a folder of its own. */
function privoxyConfiguration(name: string, port: number, list: ListName): string {
  const folder = join(work.path, `privoxy-${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plex-allow.action'), text('privoxy', list));
  const lines = [
    `confdir ${folder}`,
    `logdir ${folder}`,
    'templdir /etc/privoxy/templates',
    'actionsfile plex-allow.action',
    'logfile log',
    `listen-address :${port}`,
    '',
  ];
  writeFileSync(join(folder, 'config'), lines.join('\n'));
  return join(folder, 'config');
}

let made: string | null = null;
/** A certificate that is never shown. */
function certificate(): string {
  if (made !== null) return made;
  const [key, crt] = [join(work.path, 'unused.key'), join(work.path, 'unused.crt')];
  const subject = ['-subj', '/CN=unused', '-keyout', key, '-out', crt];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject], {
    stdio: 'ignore',
  });
  made = work.file('unused.pem', readFileSync(key, 'utf8') + readFileSync(crt, 'utf8'));
  return made;
}

describe.skipIf(missing !== null).each(Object.keys(CHECKS))('%s: the program takes', (id) => {
  it.each(['scan', 'features', 'legacy agents', 'all', 'names of the user'] as const)('%s', (list) => {
    expect(CHECKS[id]?.(list)).toEqual([]);
  });
});

describe.skipIf(missing !== null)('learning from a log', () => {
  it('counts as awk does', () => {
    const hosts = ['plex.tv', 'metadata.provider.plex.tv', 'analytics.plex.tv'];
    const lines = Array.from({ length: 60_000 }, (_, index) => {
      const host = index % 2 === 0 ? (hosts[index % 3] ?? '') : `h${index % 20_000}.example`;
      const isDenied = index % 7 === 0;
      const [tag, way] = isDenied ? ['TCP_DENIED/403', 'HIER_NONE/-'] : ['TCP_TUNNEL/200', 'HIER_DIRECT/203.0.113.9'];
      return `${1_764_000_000 + index}.000 12 10.0.0.5 ${tag} 900 CONNECT ${host}:443 - ${way} -\n`;
    });
    const log = work.file('access.log', lines.join(''));
    const program =
      '{ if ($4 ~ /DENIED/) d[$7]++; else a[$7]++; s[$7] = 1 } END { for (k in s) print k, d[k] + 0, a[k] + 0 }';
    const counted = execFileSync('awk', [program, log], { encoding: 'utf8', maxBuffer: 1e8 });
    const learned: unknown = JSON.parse(
      execFileSync(process.execPath, [BUILT, 'allow', '--from', log, '--target', 'json', '--raw'], {
        encoding: 'utf8',
        maxBuffer: 1e9,
      }),
    );
    const { add, working, leave, decide } = learnedSchema.parse(learned);
    const rows = [...add, ...working, ...leave, ...decide];
    expect(rows.map(({ host, port, denied, allowed }) => `${host}:${port} ${denied} ${allowed}`).toSorted()).toEqual(
      counted.trim().split('\n').toSorted(),
    );
  });
});

describe.skipIf(missing !== null)('the addresses of a name server', () => {
  it('are told with exactly the names that share them', async () => {
    const records = [
      'plex.tv,198.51.100.1,2001:db8::1',
      'www.plex.tv,198.51.100.1',
      'metadata.provider.plex.tv,198.51.100.2',
      'analytics.plex.tv,198.51.100.2',
      'images.plex.tv,198.51.100.2',
      'status.plex.tv,198.51.100.3',
    ].map((record) => `host-record=${record}`);
    const settings = [
      'port=5398',
      'listen-address=127.0.0.1',
      'bind-interfaces',
      'no-resolv',
      'no-hosts',
      'user=root',
      'pid-file=',
    ];
    const server = spawn('dnsmasq', [
      '--keep-in-foreground',
      '-C',
      work.file('shared.dnsmasq', [...settings, ...records, ''].join('\n')),
    ]);
    try {
      const ask = ['allow', '--collateral', '--resolver', '127.0.0.1:5398', '--target', 'json', '--raw'];
      const wanted = [
        ['198.51.100.1', ['plex.tv'], ['www.plex.tv']],
        ['198.51.100.2', ['images.plex.tv', 'metadata.provider.plex.tv'], ['analytics.plex.tv']],
        ['2001:db8::1', ['plex.tv'], []],
      ];
      // Until the name server is up.
      await expect
        .poll(
          () => {
            const said = execFileSync(process.execPath, [BUILT, ...ask], { encoding: 'utf8' });
            const { addresses } = collateralSchema.parse(JSON.parse(said));
            return addresses
              .map(({ address, allowed, others }) => [address, allowed, others.map(({ host }) => host)])
              .toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
          },
          { timeout: 20_000 },
        )
        .toEqual(wanted);
    } finally {
      server.kill('SIGKILL');
    }
  });
});

describe.skipIf(missing !== null)('in the network of the lab', () => {
  const lab = new Lab('alw');
  const started: ChildProcess[] = [];

  /** A program on the proxy host; its port answers when this resolves. */
  async function start(port: number, ...command: readonly string[]): Promise<void> {
    const within = ['netns', 'exec', lab.namespace('proxy'), 'unshare', '--mount', 'sh', '-c'];
    const shell = `mount -t tmpfs tmpfs /dev/shm && exec ${command.join(' ')}`;
    started.push(spawn('ip', [...within, shell], { stdio: 'ignore' }));
    for (let tries = 0; tries < 200; tries += 1) {
      const connecting = `exec 3<>/dev/tcp/127.0.0.1/${port}`;
      const { status } = spawnSync('ip', ['netns', 'exec', lab.namespace('proxy'), 'bash', '-c', connecting]);
      if (status === 0) return;
      await sleep(100);
    }
    throw new Error(`${command.join(' ')} does not listen on ${port}`);
  }

  beforeAll(() => lab.up());
  afterAll(async () => {
    for (const child of started.filter(({ exitCode }) => exitCode === null)) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    lab.down();
  });

  /** Squid with the rules of a list; other.example has the addresses of plex.tv. */
  async function squid(port: number, list: ListName, isBumped: boolean): Promise<void> {
    const directory = join(work.path, `squid-${port}`);
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    chmodSync(work.path, 0o755);
    const [address = ''] = addressesOf('plex.tv');
    const bump = isBumped ? ` ssl-bump generate-host-certificates=off tls-cert=${certificate()}` : '';
    chmodSync(certificate(), 0o644);
    const configuration = [
      `http_port ${port}${bump}`,
      text('squid', list, isBumped),
      'http_access deny all',
      'dns_nameservers 45.76.255.53',
      `hosts_file ${work.file(`hosts-${port}`, `${address} other.example\n`)}`,
      'cache_effective_user proxy',
      'cache deny all',
      'pinger_enable off',
      `pid_filename ${directory}/pid`,
      `cache_log ${directory}/cache.log`,
      `access_log stdio:${directory}/access.log squid`,
      `coredump_dir ${directory}`,
      'shutdown_lifetime 0 seconds',
      '',
    ].join('\n');
    await start(port, 'squid', '-N', '-f', work.file(`squid-${port}.conf`, configuration));
  }

  function addressesOf(name: string): readonly string[] {
    const code = `const {Resolver}=require('dns').promises;const r=new Resolver();r.setServers(['45.76.255.53']);r.resolve4('${name}').then((a)=>console.log(a.join('\\n')))`;
    const out = execFileSync('ip', ['netns', 'exec', lab.namespace('proxy'), process.execPath, '-e', code]);
    return out.toString().trim().split('\n');
  }

  /** The result of curl on the PMS host: its exit code, the proxy's answer to CONNECT, the status. */
  async function curl(port: number, url: string, ...more: readonly string[]): Promise<string> {
    const format = '%{exitcode} %{http_connect} %{http_code}';
    const common = ['--silent', '--max-time', '5', '--output', '/dev/null', '--cacert', lab.ca];
    const proxy = ['--proxy', `http://10.77.2.2:${port}`];
    return (await lab.onPmsHost(['curl', ...common, ...proxy, '--write-out', format, ...more, url])).stdout;
  }

  it('Squid lets every needed endpoint through, and denies another name on the same address', async () => {
    await squid(3201, 'legacy agents', false);
    const wanted = LISTS['legacy agents'].names.flatMap(({ host, kind, services }) =>
      kind === 'name' ? services.map(({ scheme, port }) => `${scheme}://${host}:${port}/`) : [],
    );
    expect(wanted.length).toBeGreaterThan(20);
    const answers = await Promise.all(wanted.map(async (url) => [url, await curl(3201, url)] as const));
    const refused = answers.filter(([, answer]) => !/^0 (?:200|000) (?!403|503)\d{3}$/.test(answer));
    expect(refused).toEqual([]);
    expect(await curl(3201, 'https://other.example/')).toBe('56 403 000');
    expect(await curl(3201, 'https://analytics.plex.tv/')).toBe('56 403 000');
    expect(await curl(3201, 'https://www.plex.tv/')).toBe('56 403 000');
    expect(await curl(3201, 'http://plex.tv/')).toBe('0 000 403');
    expect(await curl(3201, `https://${addressesOf('plex.tv')[0]}/`)).toBe('56 403 000');
  });

  it('with --sni it shows the certificate of the endpoint, and ends a tunnel for another name', async () => {
    await squid(3202, 'features', true);
    expect(await curl(3202, 'https://plex.tv/')).toBe('0 200 302');
    expect(await curl(3202, 'https://metadata.provider.plex.tv/')).toBe('0 200 401');
    const fronted = ['--connect-to', 'analytics.plex.tv:443:plex.tv:443'];
    expect(await curl(3202, 'https://analytics.plex.tv/', ...fronted)).toMatch(/^(?:35|56) 200 000$/);
  });

  it.each<[string, number, () => readonly string[]]>([
    [
      'tinyproxy',
      3203,
      () => [
        'tinyproxy',
        '-d',
        '-c',
        tinyproxyConfiguration(3203, work.file('lab.filter', text('tinyproxy', 'features'))),
      ],
    ],
    ['Privoxy', 3204, () => ['privoxy', '--no-daemon', privoxyConfiguration('lab', 3204, 'features')]],
  ])('%s lets the names through and no other', async (_, port, command) => {
    chmodSync(work.path, 0o755);
    await start(port, ...command());
    const names = LISTS.features.names.filter(({ kind }) => kind === 'name').map(({ host }) => host);
    const answers = await Promise.all(names.map(async (host) => [host, await curl(port, `https://${host}/`)] as const));
    expect(answers.filter(([, answer]) => !/^0 200 \d{3}$/.test(answer))).toEqual([]);
    expect(await curl(port, 'https://analytics.plex.tv/')).toMatch(/^56 403 000$/);
    expect(await curl(port, 'https://www.plex.tv/')).toMatch(/^56 403 000$/);
  });

  const onProxyHost = (...command: readonly string[]): string =>
    execFileSync('ip', ['netns', 'exec', lab.namespace('proxy'), ...command], { encoding: 'utf8' });

  /** Starts dnsmasq with these lines, and asks it for the addresses of each name. */
  const ask = async (port: number, lines: string, names: readonly string[]): Promise<readonly Addresses[]> => {
    const more = `port=${port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nserver=45.76.255.53\nuser=root\npid-file=\n`;
    await start(port, 'dnsmasq', '--keep-in-foreground', '-C', work.file(`lab-${port}.dnsmasq`, `${lines}\n${more}`));
    const code = `const {Resolver}=require('dns').promises;const r=new Resolver();r.setServers(['127.0.0.1:${port}']);
      Promise.all(${JSON.stringify(names)}.map(async(n)=>({4:await r.resolve4(n),6:await r.resolve6(n)}))).then((a)=>console.log(JSON.stringify(a)))`;
    return JSON.parse(onProxyHost(process.execPath, '-e', code));
  };
  const setOf = (table: string, name: string): readonly string[] =>
    [...onProxyHost('nft', 'list', 'set', 'inet', table, name).matchAll(/([\da-f.:]{7,}) (?:timeout|expires)/g)].map(
      ([, address]) => address ?? '',
    );

  it('dnsmasq fills the sets of nftables, and keeps known names that are not allowed apart', async () => {
    onProxyHost('nft', '-f', work.file('lab.nft', text('nftables', 'scan')));
    const names = ['plex.tv', 'analytics.plex.tv', 'www.plex.tv'];
    const [allowed, ...others] = await ask(5399, text('dnsmasq', 'scan'), names);
    for (const family of [4, 6] as const) {
      expect(setOf('pms_allow', `v${family}_443`).toSorted()).toEqual(allowed?.[family].toSorted());
      const apart = others.flatMap((each) => each[family]);
      expect(setOf('pms_allow', `v${family}_not_allowed`).toSorted()).toEqual([...new Set(apart)].toSorted());
    }
  });

  it('the dnsmasq of OpenWrt fills the sets of both families and of all ports', async () => {
    const list = listOf([
      own('plex.tv'),
      own('plex.tv', { id: 'other', port: 8443 }),
      own('metadata.provider.plex.tv'),
    ]);
    const uci = new Uci(textOf(openwrt, list));
    onProxyHost('nft', '-f', work.file('openwrt-lab.nft', uci.nft()));
    const both = await ask(5398, uci.dnsmasq().join('\n'), ['plex.tv', 'metadata.provider.plex.tv']);
    for (const family of [4, 6] as const) {
      const all = both.flatMap((each) => each[family]);
      expect(setOf('fw4', `plex_443_${family}`).toSorted()).toEqual([...new Set(all)].toSorted());
      expect(setOf('fw4', `plex_8443_${family}`).toSorted()).toEqual(both[0]?.[family].toSorted());
    }
  });
});

interface Addresses {
  readonly 4: readonly string[];
  readonly 6: readonly string[];
}
