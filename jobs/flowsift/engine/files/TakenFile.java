package flowsift.files;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How far a file of a watched folder was taken, and how it looked then: its size, time, and a sum of its last octets. */
final class TakenFile {
  final long octets;
  final long modifiedMs;
  final int sum;
  /** When it was last seen in the folder. */
  long seenMs;

  TakenFile(long octets, long modifiedMs, int sum, long seenMs) {
    this.octets = octets;
    this.modifiedMs = modifiedMs;
    this.sum = sum;
    this.seenMs = seenMs;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(octets);
    out.writeLong(modifiedMs);
    out.writeInt(sum);
    out.writeLong(seenMs);
  }

  static TakenFile read(DataInput in) throws IOException {
    return new TakenFile(in.readLong(), in.readLong(), in.readInt(), in.readLong());
  }
}
