import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * An address in the one form in which policies, databases and stored places compare it: IPv4, also
 * for one that is mapped into IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2), or IPv6 as RFC 5952
 * writes it, without dotted tails. Undefined for anything else, and for an address with a zone,
 * which names nothing beyond its own link.
 */
export function readAddress(text: string): string | undefined {
  const family = isIP(text);
  if (family === 0 || text.includes("%")) return undefined;
  if (family === 4) return text;
  // ipaddr.js reads the deprecated form `::192.0.2.1` as if it were mapped; with a zero before it,
  // it does not.
  const address = ipaddr.IPv6.parse(text.replace(/^::(?=\d+\.)/, "0::"));
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}
