/** The fields that are read from a container's configuration. */
export interface ContainerConfig {
  readonly id: string | null;
  readonly name: string | null;
  readonly hostname: string | null;
  /** `NAME=value`, as given to the first process. */
  readonly environment: readonly string[];
}

/** Reads Docker's `config.v2.json`; null when it is not one. */
export function parseDockerConfig(json: string): ContainerConfig | null {
  const root = recordOf(parseJson(json));
  const config = recordOf(root?.['Config']);
  if (!root || !config) return null;
  return {
    id: stringOf(root['ID']),
    name: stringOf(root['Name'])?.replace(/^\//, '') ?? null,
    hostname: stringOf(config['Hostname']),
    environment: stringsOf(config['Env']),
  };
}

/** Reads the `config.json` of an OCI runtime bundle (podman, containerd, CRI-O); null when it is not one. */
export function parseOciConfig(json: string): ContainerConfig | null {
  const root = recordOf(parseJson(json));
  const process = recordOf(root?.['process']);
  if (!root || !process) return null;
  const annotations = recordOf(root['annotations']);
  return {
    id: null,
    name: stringOf(annotations?.['io.kubernetes.cri.container-name']),
    hostname: stringOf(root['hostname']),
    environment: stringsOf(process['env']),
  };
}

/** Reads podman's `containers.json`: the name of the container with this id, or null. */
export function podmanName(json: string, id: string): string | null {
  const list = parseJson(json);
  if (!Array.isArray(list)) return null;
  for (const item of list) {
    const container = recordOf(item);
    if (container?.['id'] === id) return stringsOf(container['names'])[0] ?? null;
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
