import type { ServerName } from '../../../src/parse/client-hello/index.ts';
import type { CaptureConnection } from '../../../src/parse/capture/index.ts';

/** The texts in the place of the name in the hellos of these connections, one text for each, empty where nothing is said. */
export function helloNames(connections: readonly CaptureConnection[]): readonly string[] {
  return connections.flatMap(({ hellos }) => hellos.map(({ serverName }) => textOf(serverName)));
}

function textOf(serverName: ServerName): string {
  switch (serverName.kind) {
    case 'name':
      return serverName.name;
    case 'address':
      return serverName.address;
    case 'unreadable':
      return serverName.text ?? '';
    case 'absent':
      return '';
  }
}
