/** Version of an installed package in `/var/lib/dpkg/status`; null when it is not there or not installed (any more). */
export function dpkgVersion(status: string, packageName: string): string | null {
  for (const paragraph of status.split(/\n\s*\n/)) {
    if (field(paragraph, 'Package') !== packageName) continue;
    if (!/\binstalled$/.test(field(paragraph, 'Status') ?? '')) continue;
    return field(paragraph, 'Version');
  }
  return null;
}

/** `version:` of a snap's `meta/snap.yaml`. */
export function snapVersion(yaml: string): string | null {
  return /^version:\s*["']?([^\s"']+)/m.exec(yaml)?.[1] ?? null;
}

/** `version="…"` of a Synology package's `INFO`. */
export function synologyVersion(info: string): string | null {
  return /^version="([^"]+)"/m.exec(info)?.[1] ?? null;
}

/** `CFBundleShortVersionString` of a macOS application's `Info.plist`, in its XML form. */
export function plistVersion(plist: string): string | null {
  return /<key>CFBundleShortVersionString<\/key>\s*<string>([^<]+)<\/string>/.exec(plist)?.[1]?.trim() ?? null;
}

function field(paragraph: string, name: string): string | null {
  return new RegExp(`^${name}: *(.*?)\\s*$`, 'm').exec(paragraph)?.[1] ?? null;
}
