import { familyOf } from '../../core/values/address.ts';
import type { AllowedName, AllowList, Service } from '../model.ts';
import { byService, connected, defineTarget, type Drawn } from '../target.ts';
import { purposeOf } from '../words.ts';

export default defineTarget({
  id: 'cilium',
  title: 'Cilium, toFQDNs',
  decidesBy: 'address',
  comment: '#',
  install: [
    'Set the labels of your PMS pod and of your cluster\'s DNS, then: kubectl apply -f FILE. "kubectl apply --dry-run=server" checks it.',
    'The policy makes all other connections of the pod to the outside fail: add rules for what it needs in your own network, such as the proxy or a media share.',
  ],
  limits: [
    'Cilium learns addresses from DNS answers and filters by address: every other site on an allowed address is allowed as well.',
    'A star stands for one label: names more than two labels below a wildcard are refused.',
  ],
  draw,
});

function draw(list: AllowList): Drawn {
  const { names, notIn } = connected(list);
  const resolved = list.names.filter(({ kind }) => kind !== 'address');
  const only = new Set(names.map(({ host }) => host));
  return {
    lines: [
      'apiVersion: cilium.io/v2',
      'kind: CiliumNetworkPolicy',
      'metadata:',
      '  name: plex-allow',
      'spec:',
      '  endpointSelector:',
      '    matchLabels:',
      '      app: plex-media-server',
      '  egress:',
      '    - toEndpoints:',
      '        - matchLabels:',
      "            'k8s:io.kubernetes.pod.namespace': kube-system",
      "            'k8s:k8s-app': kube-dns",
      '      toPorts:',
      '        - ports:',
      "            - { port: '53', protocol: ANY }",
      ...(resolved.length === 0
        ? []
        : ['          rules:', '            dns:', ...resolved.flatMap((name) => selectors(name, '              '))]),
      ...byService(names).flatMap(({ service, names: ofService }) => rule(service, ofService)),
    ],
    notIn: notIn.filter(({ host }) => !only.has(host) && !resolved.some((name) => name.host === host)),
  };
}

function rule({ port }: Service, names: readonly AllowedName[]): readonly string[] {
  const ports = ['      toPorts:', '        - ports:', `            - { port: '${port}', protocol: TCP }`];
  const named = names.filter(({ kind }) => kind !== 'address');
  const fixed = names.filter(({ kind }) => kind === 'address');
  return [
    ...(named.length === 0
      ? []
      : ['    - toFQDNs:', ...named.flatMap((name) => selectors(name, '        ')), ...ports]),
    ...(fixed.length === 0
      ? []
      : [
          '    - toCIDR:',
          ...fixed.flatMap((name) => [
            `        # ${purposeOf(name)}`,
            `        - '${name.host}/${familyOf(name.host) === 4 ? 32 : 128}'`,
          ]),
          ...ports,
        ]),
  ];
}

function selectors(name: AllowedName, indent: string): readonly string[] {
  const { host, kind } = name;
  const values =
    kind === 'wildcard' ? [`matchPattern: '${host}'`, `matchPattern: '*.${host}'`] : [`matchName: '${host}'`];
  return [`${indent}# ${purposeOf(name)}`, ...values.map((value) => `${indent}- ${value}`)];
}
