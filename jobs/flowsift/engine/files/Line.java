package flowsift.files;

/** A line of a file, or what cannot be read of it. */
final class Line {
  final byte[] text;
  /** Where it begins in the file, uncompressed. */
  final long octet;
  /** How long it is; the text may be only its beginning. */
  final long octets;
  /** Why it is none; null if it is one. */
  final String fault;
  /** Whether its rows belong to another part: it says how lines after it are read. */
  final boolean isHead;

  Line(byte[] text, long octet, long octets, String fault, boolean isHead) {
    this.text = text;
    this.octet = octet;
    this.octets = octets;
    this.fault = fault;
    this.isHead = isHead;
  }
}
