package flowsift.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.MutableRecordAndPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.Collector;

/**
 * The rows of some lines of a file.
 *
 * <p>A line is decoded when its first row is asked for, by the task that works on: what reads the file goes on meanwhile,
 * and few rows are in memory at once.
 */
final class LineRows implements BulkFormat.RecordIterator, Collector {
  private final Output output;
  private final DeserializationSchema schema;
  private final StringData file;
  private final int part;
  private final ArrayList lines;
  private final long resumeOctet;
  private final long resumeRows;
  private final ArrayList rows = new ArrayList();
  private final MutableRecordAndPosition result = new MutableRecordAndPosition();
  private int nextLine;
  private int nextRow;
  private Line line;

  LineRows(
      Output output, DeserializationSchema schema, String file, int part, ArrayList lines, long resumeOctet,
      long resumeRows) {
    this.output = output;
    this.schema = schema;
    this.file = StringData.fromString(file);
    this.part = part;
    this.lines = lines;
    this.resumeOctet = resumeOctet;
    this.resumeRows = resumeRows;
  }

  public RecordAndPosition next() {
    while (nextRow == rows.size()) {
      if (nextLine == lines.size()) return null;
      line = (Line) lines.get(nextLine);
      lines.set(nextLine++, null);
      decode();
    }
    Object row = rows.get(nextRow++);
    result.set(row, FilesSplit.position(part, line.octet), nextRow);
    return result;
  }

  /** Fills `rows`; what was handed out before a restart, or belongs to another part, is left out. */
  private void decode() {
    rows.clear();
    nextRow = 0;
    try {
      if (line.fault == null) schema.deserialize(line.text, this);
      else rows.add(output.faultRow(line, file));
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    if (line.isHead || line.octet < resumeOctet) nextRow = rows.size();
    else if (line.octet == resumeOctet) nextRow = (int) Math.min(resumeRows, rows.size());
  }

  public void collect(Object row) {
    rows.add(output.row(row, file, line.octet));
  }

  public void close() {}

  public void releaseBatch() {}
}
