import type { ServerName } from '../../src/parse/client-hello.ts';
import type { CaptureConnection } from '../../src/parse/capture.ts';

/** What the hellos of these connections say in the place of the name, one text for each, empty where nothing is said. */
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
