import type { InputFormat } from './format.ts';
import { headText } from './magic.ts';

/** Its directives may stand far below: surer than any description of text, less sure than a log's lines. */
const CERTAINTY = 0.4;

const DIRECTIVE =
  /^\s*(?:http_port|https_port|http_access|logformat|access_log|cache_dir|cache_peer|coredump_dir|visible_hostname)\s/m;

/** Recognised by its directives, or by the documentation in Squid's own file. */
export const SQUID_CONF: InputFormat = {
  id: 'squid-conf',
  name: 'a squid.conf',
  detect: (head) => {
    const text = headText(head);
    return DIRECTIVE.test(text) || /^#\s+WELCOME TO SQUID/m.test(text) ? CERTAINTY : 0;
  },
  // Plain files were read before all others, for the formats of their logs.
  open: () => ({
    kind: 'refuse',
    why: 'a squid.conf is read from a plain file only: give it as it lies in /etc/squid',
  }),
};
