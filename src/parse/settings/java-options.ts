/** System properties that decide about proxies (OpenJDK net.properties), credentials left out. */
const PROXY_PROPERTY =
  /^-D(?:(?:https?|ftp)\.(?:proxyHost|proxyPort|nonProxyHosts)|socksProxy(?:Host|Port|Version)|socksNonProxyHosts|java\.net\.useSystemProxies)(?:=|$)/;

/**
 * The proxy-related options of `JAVA_TOOL_OPTIONS`, in their order; '' when there are none. Everything else in that
 * variable is private and left out. Blanks separate options, quotes hold them together (java, "JDK_JAVA_OPTIONS").
 */
export function javaProxyOptions(value: string): string {
  const options = value.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return options
    .map((option) => option.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))
    .filter((option) => PROXY_PROPERTY.test(option) && !/\s/.test(option))
    .join(' ');
}
