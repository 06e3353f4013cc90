import { describe, expect, it } from 'vitest';
import { captureCommand, type CaptureOrder } from '../../../../src/gather/observe/capture/capture-plan.ts';

const ORDER: CaptureOrder = {
  tool: 'tcpdump',
  path: '/usr/bin/tcpdump',
  networkOf: null,
  forSeconds: 70,
  filter: 'tcp',
  nsenter: '/usr/bin/nsenter',
  timeout: '/usr/bin/timeout',
  setpriv: '/usr/bin/setpriv',
};

describe('captureCommand', () => {
  it.each<[string, Partial<CaptureOrder>, string]>([
    ['in our own network', {}, 'setpriv --pdeathsig TERM -- timeout -k 2 70 tcpdump'],
    [
      'in the network of another process',
      { networkOf: 812 },
      'setpriv --pdeathsig TERM -- timeout -k 2 70 nsenter -t 812 -n -- tcpdump',
    ],
    ['without setpriv', { setpriv: null }, 'timeout -k 2 70 tcpdump'],
    ['without timeout, which passes the signal on', { timeout: null }, 'tcpdump'],
    ['dumpcap', { tool: 'dumpcap', path: '/usr/bin/dumpcap' }, 'setpriv --pdeathsig TERM -- timeout -k 2 70 dumpcap'],
  ])('%s', (_name, more, expected) => {
    const command = captureCommand({ ...ORDER, ...more })
      .join(' ')
      .replaceAll('/usr/bin/', '');
    expect(command.slice(0, command.indexOf(' -i any'))).toBe(expected);
    expect(command.endsWith(' tcp')).toBe(true);
  });
});
