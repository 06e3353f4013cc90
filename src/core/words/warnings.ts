import type { WarningTopic } from '../model/traffic.ts';

interface TopicWords {
  readonly label: string;
  /** Empty: its text has to do. */
  readonly meaning: string;
}

/** The topics of PMS's warnings, and whether they concern a scan or the proxy. */
export const WARNING_WORDS: Readonly<Record<WarningTopic, TopicWords>> = {
  port: { label: 'own port', meaning: 'PMS could not open a port of this machine; no proxy causes this' },
  'ipv4-only': { label: 'IPv6', meaning: 'PMS serves IPv4 alone' },
  'plugin-resources': {
    label: 'plug-in resources',
    meaning: 'legacy agents and plug-ins need resources-cdn.plexapp.com:80',
  },
  codecs: { label: 'codecs', meaning: 'needed to transcode; no scan needs it' },
  'event-stream': { label: 'event stream', meaning: 'PMS listens to plex.tv with it; no scan needs it' },
  features: { label: 'features', meaning: 'PMS could not ask plex.tv what this account may use' },
  'remote-access': { label: 'remote access', meaning: 'no scan needs it' },
  certificate: { label: 'certificate', meaning: "that of PMS's own secure connections; no scan needs it" },
  database: { label: 'database', meaning: "PMS's own database; the network does not cause this" },
  'plugin-exception': { label: 'plug-in', meaning: 'its stack trace in the log says why' },
  unknown: { label: 'not understood', meaning: '' },
};
