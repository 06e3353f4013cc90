import { ISO_TIME, linePattern, type Envelope } from './envelope.ts';
import { isObject, jsonEnvelope, textAt } from './json-record.ts';

/** `docker logs -t`, `podman logs -t`, `kubectl logs --timestamps`, and the stamps of `ts`. */
const TIMESTAMPS: Envelope = linePattern(
  'timestamps',
  'timestamps (docker logs -t, kubectl logs --timestamps)',
  new RegExp(`^${ISO_TIME}[ \\t](?<text>.*)$`, 's'),
);

/** Docker's json-file driver. A line of more than 16 KB is several records, of which only the last ends in a line feed. */
const JSON_FILE: Envelope = jsonEnvelope({
  id: 'docker-json',
  name: "Docker's JSON log driver",
  take: (record) => {
    const text = textAt(record, 'log');
    if (text === null || !('stream' in record || 'time' in record)) return null;
    const { kubernetes } = record;
    const source = isObject(kubernetes) ? textAt(kubernetes, 'container_name') : textAt(record, 'container_name');
    return { text, source, continues: !text.endsWith('\n') };
  },
});

/** `docker compose logs`: `plex-1  | …`; `docker service logs`: `plex.1.x3ab@node  | …`. */
const COMPOSE: Envelope = linePattern(
  'compose',
  'docker compose logs',
  /^(?<source>[A-Za-z\d][\w.@-]{0,80}) *\| ?(?<text>.*)$/s,
  true,
);

export const DOCKER: readonly Envelope[] = [JSON_FILE, COMPOSE, TIMESTAMPS];
