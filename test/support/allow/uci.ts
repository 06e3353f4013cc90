/**
 * The commands of `uci batch`, and what OpenWrt makes of them: dnsmasq's lines as package/network/services/dnsmasq/files/dnsmasq.init
 * writes them, and nft's as fw4 does (openwrt/openwrt at 48615712, openwrt/firewall4 at b6e51575).
 */

interface Section {
  readonly type: string;
  readonly options: Map<string, string>;
  readonly lists: Map<string, string[]>;
}

/** The sections by `CONFIG.NAME`, and everything that uci, dnsmasq's init script or fw4 would not take. */
export class Uci {
  readonly #sections = new Map<string, Section>();
  readonly problems: string[] = [];

  constructor(commands: string) {
    for (const line of commands.split('\n')) if (line !== '' && !line.startsWith('#')) this.#run(line);
    for (const [name, section] of this.#sections) this.#check(name, section);
    const domains = this.#of('dhcp', 'ipset').flatMap(({ lists }) => lists.get('domain') ?? []);
    for (const domain of domains)
      if (domains.filter((each) => each === domain).length > 1)
        this.problems.push(`${domain} has several lines, of which dnsmasq takes the last`);
    for (const line of this.dnsmasq()) if (line.length > 1_023) this.problems.push(`dnsmasq ends at ${line}`);
  }

  /** The lines of dnsmasq's configuration. */
  dnsmasq(): readonly string[] {
    return this.#of('dhcp', 'ipset').map(({ options, lists }) => {
      const sets = (lists.get('name') ?? []).map((set) => {
        const family = options.get('family') ?? familyOf(set) ?? '';
        return `${family}#${options.get('table_family') ?? 'inet'}#${options.get('table') ?? 'fw4'}#${set}`;
      });
      return `nftset=${(lists.get('domain') ?? []).map((domain) => `/${domain}`).join('')}/${sets.join(',')}`;
    });
  }

  /** The sets and rules of fw4, in a table of their own. */
  nft(): string {
    const sets = this.#of('firewall', 'ipset').map(({ options }) => {
      const family = options.get('family')?.includes('4') === true ? 4 : 6;
      return `set ${options.get('name')} { type ipv${family}_addr; flags timeout; timeout ${options.get('timeout')}s; }`;
    });
    const rules = this.#of('firewall', 'rule').map(({ options, lists }) => {
      const ip = options.get('family') === 'ipv4' ? 'ip' : 'ip6';
      const from = (lists.get('src_ip') ?? []).join(', ');
      const source = from === '' ? '' : `${ip} saddr { ${from} } `;
      const to = `${ip} daddr @${options.get('ipset')} tcp dport ${options.get('dest_port')}`;
      return `${source}${to} counter accept comment "!fw4: ${options.get('name')}"`;
    });
    return `table inet fw4 {\n${sets.join('\n')}\nchain forward_lan {\n${rules.join('\n')}\n}\n}\n`;
  }

  #of(config: string, type: string): readonly Section[] {
    return [...this.#sections].flatMap(([name, section]) =>
      name.startsWith(`${config}.`) && section.type === type ? [section] : [],
    );
  }

  #run(line: string): void {
    const [, command, place = '', option, value = ''] =
      /^(set|add_list) ([a-z]+\.(?:\w+|@\w+\[\d+\]))(?:\.(\w+))?=(\w+|'[^']*')$/.exec(line) ?? [];
    const bare = value.replaceAll("'", '');
    const section = this.#sections.get(place);
    if (command === 'set' && option === undefined)
      this.#sections.set(place, { type: bare, options: new Map(), lists: new Map() });
    else if (option === 'rebind_domain' && place === 'dhcp.@dnsmasq[0]') return;
    else if (option === undefined || section === undefined) this.problems.push(`uci does not take ${line}`);
    else if (command === 'set') section.options.set(option, bare);
    else section.lists.set(option, [...(section.lists.get(option) ?? []), bare]);
  }

  #check(name: string, { type, options, lists }: Section): void {
    const rules = OPTIONS[`${name.split('.')[0]} ${type}`];
    if (rules === undefined) return void this.problems.push(`no such section: ${name}=${type}`);
    const all = [...options, ...[...lists].flatMap(([key, values]) => values.map((value) => [key, value] as const))];
    for (const [key, value] of all)
      if (rules[key]?.test(value) !== true) this.problems.push(`${name}.${key} is not ${value}`);
    const sets = this.#of('firewall', 'ipset').map((set) => set.options.get('name'));
    const used = [options.get('ipset') ?? [], name.startsWith('dhcp.') ? (lists.get('name') ?? []) : []].flat();
    for (const set of used) if (!sets.includes(set)) this.problems.push(`${name}: there is no set ${set}`);
    for (const set of name.startsWith('dhcp.') && !options.has('family') ? used : [])
      if (familyOf(set) === null) this.problems.push(`${name}: the family of ${set} is not known`);
  }
}

/** As the init script tells it by the name of a set. */
function familyOf(set: string): string | null {
  const found = /^.*[^0-9]([46])$|^.*[-_]([46])[-_].*$|^([46])[^0-9].*$/.exec(set);
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? null;
}

const NAME = /^[a-zA-Z_.][a-zA-Z0-9/_.-]*$/;
const ADDRESS = /^[\d.]+$|^[\da-f:]+$/;
const OPTIONS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'dhcp ipset': { name: NAME, domain: /^[\w.-]+$/, table: NAME, table_family: /^(?:inet|ip|ip6)$/, family: /^[46]$/ },
  'firewall ipset': { name: NAME, family: /^ipv[46]$/, timeout: /^\d+$/, match: /^(?:src_|dst_|dest_)?(?:ip|net)$/ },
  'firewall rule': {
    name: /^.+$/,
    family: /^ipv[46]$/,
    src: NAME,
    dest: NAME,
    src_ip: ADDRESS,
    proto: /^tcp$/,
    dest_port: /^\d+$/,
    ipset: NAME,
    target: /^ACCEPT$/,
  },
};
