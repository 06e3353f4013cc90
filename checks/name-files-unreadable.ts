import { defineCheck } from '../src/core/check.ts';

export default defineCheck({
  id: 'name-files-unreadable',
  title: 'The user of PMS may not read the files that resolve names',
  why: 'A client that cannot read resolv.conf asks this machine itself for names, and one that cannot read the hosts file does not know its entries. Root reads both, so that all looks well to root.',
  remedy: 'Let every user read {files}: sudo chmod a+r {files}',
  severity: 'high',
  needs: ['resolver'],
  causes: ['dns-fails-locally'],
  messages: {
    unreadable: 'The user of these probes may not read {files}.',
    readable: 'The files that resolve names can be read.',
  },
  evaluate({ resolver: { unreadable = [] } }, say) {
    return unreadable.length > 0
      ? say('warn', 'unreadable', { files: unreadable.join(' ') })
      : say('pass', 'readable', {});
  },
});
