package flowsift.files;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * The lines of a file that begin in a stretch of its octets, or all that is compressed in it.
 *
 * <p>A line that begins in the stretch is read to its end, but not beyond `limit`.
 */
final class Part implements Serializable {
  final String path;
  final long start;
  final long end;
  final long limit;
  /** Whether a line begins at the start; otherwise the one that began before belongs to another part. */
  final boolean beginsLine;

  Part(String path, long start, long end, long limit, boolean beginsLine) {
    this.path = path;
    this.start = start;
    this.end = end;
    this.limit = limit;
    this.beginsLine = beginsLine;
  }

  void write(DataOutput out) throws IOException {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    out.writeInt(name.length);
    out.write(name);
    out.writeLong(start);
    out.writeLong(end);
    out.writeLong(limit);
    out.writeBoolean(beginsLine);
  }

  static Part read(DataInput in) throws IOException {
    byte[] name = new byte[in.readInt()];
    in.readFully(name);
    String path = new String(name, StandardCharsets.UTF_8);
    return new Part(path, in.readLong(), in.readLong(), in.readLong(), in.readBoolean());
  }
}
