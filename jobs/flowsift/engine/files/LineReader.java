package flowsift.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Lines of a stream, each with the octet at which it begins; of one that is too long only the beginning is kept. */
final class LineReader {
  /** Longer lines are dead letters: they would not fit into memory. */
  static final int MOST_OCTETS = 32 << 20;

  private static final int BUFFER = 128 << 10;

  private final InputStream in;
  private byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;
  private long octet;
  private long lineStart;
  private long lineOctets;

  /** `octet` is where the stream begins in its file. */
  LineReader(InputStream in, long octet) {
    this.in = in;
    this.octet = octet;
  }

  /** Where the next line begins. */
  long octet() {
    return octet;
  }

  /** Where the line begins that came last. */
  long lineStart() {
    return lineStart;
  }

  /** How long the line is that came last; more than was returned if it is too long. */
  long lineOctets() {
    return lineOctets;
  }

  /** The next line, without its line break; null at the end of the stream. */
  byte[] next() throws IOException {
    int at = from;
    while (true) {
      int end = at;
      while (end < to && buffer[end] != '\n') end++;
      if (end - from > MOST_OCTETS) return beginning();
      if (end < to) return line(end, end + 1);
      at = to - from;
      if (!fill()) return to == from ? null : line(to, to);
      at += from;
    }
  }

  /** What there is of the line that could not be read to its end. */
  byte[] rest() {
    return line(to, to);
  }

  /** Skips to this octet; returns false where the stream ends before. */
  boolean skipTo(long wanted) throws IOException {
    while (octet < wanted) {
      if (from == to && !fill()) return false;
      int step = (int) Math.min(to - from, wanted - octet);
      from += step;
      octet += step;
    }
    return true;
  }

  private byte[] line(int end, int next) {
    byte[] line = Arrays.copyOfRange(buffer, from, end);
    lineStart = octet;
    lineOctets = line.length;
    octet += next - from;
    from = next;
    return line;
  }

  private byte[] beginning() throws IOException {
    byte[] line = Arrays.copyOfRange(buffer, from, from + BUFFER * 2);
    lineStart = octet;
    lineOctets = 0L;
    boolean hasEnded = false;
    while (!hasEnded) {
      int end = from;
      while (end < to && buffer[end] != '\n') end++;
      lineOctets += end - from;
      hasEnded = end < to;
      octet += end - from + (hasEnded ? 1 : 0);
      from = hasEnded ? end + 1 : to;
      if (!hasEnded && !fill()) hasEnded = true;
    }
    if (from == to) buffer = new byte[BUFFER];
    if (from == to) from = to = 0;
    return line;
  }

  /** Reads on behind what is in the buffer; returns false at the end of the stream. */
  private boolean fill() throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to == buffer.length) buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    int read = in.read(buffer, to, buffer.length - to);
    if (read > 0) to += read;
    return read > 0;
  }
}
