package flowsift.files;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Parts of files that one task reads one after the other: asking for each small file would take longer than reading it.
 *
 * <p>A position in it is the number of the part and the octet at which a line begins, in one number, and how many rows
 * of the line were handed out. Flink's path of a split is not used, as it cannot hold every name.
 */
final class FilesSplit extends FileSourceSplit {
  private static final Path NO_PATH = new Path("recorded-files");
  // 17 terabytes a file, 500,000 parts a split.
  private static final int OCTET_BITS = 44;

  final int number;
  final Part[] parts;

  FilesSplit(int number, Part[] parts, CheckpointedPosition position) {
    super(String.valueOf(number), NO_PATH, 0L, 0L, 0L, 0L, new String[0], position);
    this.number = number;
    this.parts = parts;
  }

  public FileSourceSplit updateWithCheckpointedPosition(CheckpointedPosition position) {
    return new FilesSplit(number, parts, position);
  }

  static long position(int part, long octet) {
    return ((long) part << OCTET_BITS) | octet;
  }

  static int partOf(long position) {
    return (int) (position >>> OCTET_BITS);
  }

  static long octetOf(long position) {
    return position & ((1L << OCTET_BITS) - 1L);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(number);
    out.writeInt(parts.length);
    for (int i = 0; i < parts.length; i++) parts[i].write(out);
    Optional position = getReaderPosition();
    out.writeBoolean(position.isPresent());
    if (position.isPresent()) {
      out.writeLong(((CheckpointedPosition) position.get()).getOffset());
      out.writeLong(((CheckpointedPosition) position.get()).getRecordsAfterOffset());
    }
  }

  static FilesSplit read(DataInput in) throws IOException {
    int number = in.readInt();
    Part[] parts = new Part[in.readInt()];
    for (int i = 0; i < parts.length; i++) parts[i] = Part.read(in);
    return new FilesSplit(
        number, parts, in.readBoolean() ? new CheckpointedPosition(in.readLong(), in.readLong()) : null);
  }

  /** A split as octets. */
  static final class Serializer implements SimpleVersionedSerializer {
    public int getVersion() {
      return 1;
    }

    public byte[] serialize(Object split) throws IOException {
      ByteArrayOutputStream octets = new ByteArrayOutputStream();
      ((FilesSplit) split).write(new DataOutputStream(octets));
      return octets.toByteArray();
    }

    public Object deserialize(int version, byte[] octets) throws IOException {
      return FilesSplit.read(new DataInputStream(new ByteArrayInputStream(octets)));
    }
  }
}
