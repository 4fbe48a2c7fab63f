package flowsift.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;

/**
 * Reads the parts of a split one after the other, some lines at a time.
 *
 * <p>What cannot be read ends its part with one row that says why, and the next part is read: a job that fails would fail
 * there again and again.
 */
final class PartsReader implements BulkFormat.Reader {
  private static final int MOST_LINES = 2000;
  private static final int MOST_OCTETS = 1 << 20;

  private final LinesFormat format;
  private final Part[] parts;
  private DeserializationSchema schema;
  // The part that is read, and what is open of it.
  private int at;
  private InputStream in;
  private LineReader lines;
  private boolean isCompressed;
  // Of the first part: rows of lines before this octet, and so many of this line, were handed out; -1 if none.
  private long resumeOctet = -1L;
  private long resumeRows;

  PartsReader(LinesFormat format, FilesSplit split) {
    this.format = format;
    this.parts = split.parts;
    if (split.getReaderPosition().isPresent()) {
      CheckpointedPosition position = (CheckpointedPosition) split.getReaderPosition().get();
      at = FilesSplit.partOf(position.getOffset());
      resumeOctet = FilesSplit.octetOf(position.getOffset());
      resumeRows = position.getRecordsAfterOffset();
    }
  }

  public BulkFormat.RecordIterator readBatch() throws IOException {
    while (at < parts.length) {
      ArrayList batch = new ArrayList();
      boolean hasEnded;
      try {
        if (in == null) open(batch);
        hasEnded = !read(batch);
      } catch (IOException fault) {
        hasEnded = true;
        batch.add(faultOf(fault));
      } catch (RuntimeException fault) {
        // What some decompressors throw at damaged octets.
        hasEnded = true;
        batch.add(faultOf(fault));
      }
      LineRows rows = new LineRows(format.output(), schema, parts[at].path, at, batch, resumeOctet, resumeRows);
      if (hasEnded) next();
      if (!batch.isEmpty()) return rows;
    }
    return null;
  }

  private void open(ArrayList batch) throws IOException {
    Part part = parts[at];
    if (schema == null || format.hasHeader()) schema = format.newSchema();
    boolean seeks = resumeOctet >= 0L && !format.hasHeader();
    boolean skipsLine = !part.beginsLine && !seeks;
    Uncompressed.Opened opened = Uncompressed.open(part, seeks ? resumeOctet : part.start - (skipsLine ? 1L : 0L));
    in = opened.in;
    lines = new LineReader(in, opened.octet);
    isCompressed = opened.isCompressed;
    if (isCompressed) {
      if (seeks) lines.skipTo(resumeOctet);
    } else {
      if (skipsLine) lines.next();
      if (format.hasHeader() && part.start > 0L) readHead(part, batch);
    }
  }

  /** Reads the lines at the head of a file of which this part is the rest: comments, and the first that is none. */
  private static void readHead(Part part, ArrayList batch) throws IOException {
    InputStream head = Uncompressed.open(new Part(part.path, 0L, part.start, part.start, true), 0L).in;
    try {
      LineReader lines = new LineReader(head, 0L);
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        batch.add(new Line(line, lines.lineStart(), line.length, null, true));
        if (line.length > 0 && line[0] != '#') return;
      }
    } finally {
      head.close();
    }
  }

  /** Reads some lines; returns false at the end of the part. */
  private boolean read(ArrayList batch) throws IOException {
    Part part = parts[at];
    int octets = 0;
    while (batch.size() < MOST_LINES && octets < MOST_OCTETS) {
      if (!isCompressed && lines.octet() >= part.end) return false;
      byte[] line = lines.next();
      if (line == null) {
        if (isCompressed || lines.octet() >= part.end) return false;
        throw new IOException("it has become shorter, and had " + part.end + " octets");
      }
      octets += line.length;
      String fault = lines.lineOctets() > line.length ? "a line of more than 32 MB" : null;
      batch.add(new Line(line, lines.lineStart(), lines.lineOctets(), fault, false));
    }
    return true;
  }

  private Line faultOf(Exception fault) throws IOException {
    if (Thread.currentThread().isInterrupted()) throw new IOException(fault);
    String why = fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
    byte[] rest = lines == null ? new byte[0] : lines.rest();
    long octet = lines == null ? Math.max(resumeOctet, 0L) : lines.lineStart();
    String position = lines == null ? "the file cannot be read: " : "the file cannot be read from here on: ";
    return new Line(rest, octet, rest.length, position + why, false);
  }

  private void next() throws IOException {
    close();
    at++;
    resumeOctet = -1L;
    resumeRows = 0L;
  }

  public void close() throws IOException {
    if (in != null) in.close();
    in = null;
    lines = null;
  }
}
