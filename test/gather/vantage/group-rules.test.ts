import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { groupPathOf, ruledGroups, type Ask } from '../../../src/gather/vantage/group-rules.ts';
import { Workshop } from '../../support/system/workshop.ts';

const work = new Workshop();
afterAll(() => work.remove());

const SERVICE = '0::/system.slice/plexmediaserver.service\n';
const SESSION = '0::/user.slice/user-1000.slice/session-3.scope\n';
/** As systemd 252 shows a unit without any. */
const NO_RULES = 'IPAddressDeny=\nIPIngressFilterPath=\nIPEgressFilterPath=\nRestrictNetworkInterfaces=~\n';

function procWith(own: string, pms: string): string {
  const root = join(work.path, String(Math.random()).slice(2));
  for (const [pid, text] of [
    ['self', own],
    ['812', pms],
  ] as const) {
    mkdirSync(join(root, pid), { recursive: true });
    writeFileSync(join(root, pid, 'cgroup'), text);
  }
  return root;
}

const answering = (answers: Readonly<Record<string, string>>): Ask => {
  return (file) => Promise.resolve(answers[file] ?? null);
};

describe('the control group of a process', () => {
  it.each<[name: string, text: string, path: string | null]>([
    ['version 2', SERVICE, '/system.slice/plexmediaserver.service'],
    ['both versions', `9:name=systemd:/x\n${SERVICE}`, '/system.slice/plexmediaserver.service'],
    ['version 1 alone', '4:memory:/x\n', null],
    ['no file', '', null],
  ])('%s', (_, text, path) => {
    expect(groupPathOf(text)).toBe(path);
  });
});

describe('groups are told apart where rules hold for them', () => {
  it.each<[name: string, answers: Readonly<Record<string, string>>, groups: readonly (number | null)[]]>([
    ['no program answers', {}, [null, null]],
    [
      'no rules',
      { systemctl: NO_RULES, nft: 'table inet filter {}', 'iptables-save': '-A OUTPUT -j ACCEPT' },
      [null, null],
    ],
    ['systemd allows one interface', { systemctl: 'RestrictNetworkInterfaces=eth0\n' }, [0, 1]],
    ['systemd denies one interface', { systemctl: 'RestrictNetworkInterfaces=~eth0\n' }, [0, 1]],
    ['systemd denies addresses', { systemctl: `${NO_RULES}\nIPAddressDeny=0.0.0.0/0 ::/0\n` }, [0, 1]],
    ['systemd leaves some interfaces', { systemctl: 'RestrictNetworkInterfaces=lo\n' }, [0, 1]],
    ['nftables by path', { nft: 'socket cgroupv2 level 2 "system.slice/plexmediaserver.service" drop' }, [0, 1]],
    ['nftables by class', { nft: 'meta cgroup 1048577 accept' }, [0, 1]],
    ['iptables by path', { 'iptables-save': '-A OUTPUT -m cgroup --path system.slice -j DROP' }, [0, 1]],
    ['iptables, as nft shows it', { nft: 'xt match "cgroup" drop' }, [0, 1]],
    ['a comment that mentions them', { nft: 'comment "no cgroup here" accept' }, [null, null]],
  ])('%s', async (_, answers, groups) => {
    expect(await ruledGroups(procWith(SESSION, SERVICE), ['self', 812], null, answering(answers))).toEqual(groups);
  });

  it('counts the rules of another network', async () => {
    const ask: Ask = (file, args) => Promise.resolve(file === 'nsenter' && args.includes('nft') ? 'meta cgroup 1' : '');
    const proc = procWith(SESSION, SERVICE);
    expect(await ruledGroups(proc, ['self', 812], '/proc/812/ns/net', ask)).toEqual([0, 1]);
    expect(await ruledGroups(proc, ['self', 812], null, ask)).toEqual([null, null]);
  });

  it('asks nothing where both are in one', async () => {
    const asked: string[] = [];
    const ask: Ask = (file) => {
      asked.push(file);
      return Promise.resolve('meta cgroup 1');
    };
    expect(await ruledGroups(procWith(SERVICE, SERVICE), ['self', 812], null, ask)).toEqual([null, null]);
    expect(asked).toEqual([]);
  });

  it('asks systemd about the units alone', async () => {
    const asked: (readonly string[])[] = [];
    const ask: Ask = (file, args) => {
      if (file === 'systemctl') asked.push(args.slice(3));
      return Promise.resolve(null);
    };
    await ruledGroups(
      procWith('0::/init.scope\n', '0::/system.slice/docker-1f.scope/x --all\n'),
      ['self', 812],
      null,
      ask,
    );
    expect(asked).toEqual([['init.scope', 'system.slice', 'docker-1f.scope']]);
  });
});
