package flowsift.functions;

/** An IP address: 4 or 16 octets; IPv4 in IPv6 (::ffff:10.0.0.5) counts as IPv4. */
final class Address {
  private Address() {}

  /** The octets of an address in any of its spellings; null if the text is none. */
  static byte[] parse(String text) {
    int zone = text.indexOf('%');
    if (zone >= 0) text = text.substring(0, zone);
    if (text.indexOf(':') < 0) {
      byte[] octets = new byte[4];
      return parseV4(text, octets, 0) ? octets : null;
    }
    byte[] octets = parseV6(text);
    if (octets == null) return null;
    for (int i = 0; i < 10; i++) if (octets[i] != 0) return octets;
    if (octets[10] != -1 || octets[11] != -1) return octets;
    return new byte[] {octets[12], octets[13], octets[14], octets[15]};
  }

  /** The one spelling of an address: dotted, or that of RFC 5952. */
  static String format(byte[] octets) {
    StringBuilder text = new StringBuilder(39);
    if (octets.length == 4) {
      for (int i = 0; i < 4; i++) text.append(i == 0 ? "" : ".").append(octets[i] & 255);
      return text.toString();
    }
    // The longest run of two or more groups of zeros, the first of equal ones.
    int first = -1;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && group(octets, i + length) == 0) length++;
      if (length > longest) {
        longest = length;
        first = i;
      }
    }
    for (int i = 0; i < 8; i++) {
      if (i == first) {
        text.append("::");
        i += longest - 1;
      } else {
        if (i > 0 && text.charAt(text.length() - 1) != ':') text.append(':');
        text.append(Integer.toHexString(group(octets, i)));
      }
    }
    return text.toString();
  }

  private static int group(byte[] octets, int i) {
    return (octets[2 * i] & 255) << 8 | octets[2 * i + 1] & 255;
  }

  private static boolean parseV4(String text, byte[] octets, int at) {
    int value = -1;
    int digits = 0;
    int parts = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (value < 0 || parts == 4) return false;
        octets[at + parts++] = (byte) value;
        value = -1;
        digits = 0;
      } else if (c >= '0' && c <= '9') {
        value = 10 * Math.max(value, 0) + c - '0';
        if (value > 255 || ++digits > 3) return false;
      } else {
        return false;
      }
    }
    return parts == 4;
  }

  private static byte[] parseV6(String text) {
    byte[] octets = new byte[16];
    int groups = 0;
    int gap = -1;
    int i = 0;
    if (text.startsWith("::")) {
      gap = 0;
      i = 2;
    } else if (text.startsWith(":")) {
      return null;
    }
    while (i < text.length()) {
      int end = text.indexOf(':', i);
      String part = text.substring(i, end < 0 ? text.length() : end);
      if (part.indexOf('.') >= 0) {
        if (end >= 0 || groups > 6 || !parseV4(part, octets, 2 * groups)) return null;
        groups += 2;
        break;
      }
      if (groups == 8 || part.isEmpty() || part.length() > 4) return null;
      int value = 0;
      for (int j = 0; j < part.length(); j++) {
        int digit = part.charAt(j) < 128 ? Character.digit(part.charAt(j), 16) : -1;
        if (digit < 0) return null;
        value = value << 4 | digit;
      }
      octets[2 * groups] = (byte) (value >> 8);
      octets[2 * groups + 1] = (byte) value;
      groups++;
      if (end < 0) break;
      i = end + 1;
      if (i == text.length()) return null;
      if (text.charAt(i) == ':') {
        if (gap >= 0) return null;
        gap = groups;
        i++;
      }
    }
    if (gap < 0) return groups == 8 ? octets : null;
    if (groups == 8) return null;
    int behind = 2 * (groups - gap);
    System.arraycopy(octets, 2 * gap, octets, 16 - behind, behind);
    for (int j = 2 * gap; j < 16 - behind; j++) octets[j] = 0;
    return octets;
  }
}
