package flowsift.files;

import flowsift.format.Accounted;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;

/** Makes rows of the table out of those that the format reads: the columns in use, then those of metadata. */
final class Output implements Serializable {
  private final int[] columns;
  private final int path;
  private final int octet;
  private final int width;
  private final boolean isWhole;
  private final int raw;
  private final int fault;
  private final int number;
  private final int received;
  private final int octets;

  /**
   * `columns` are positions in the format's rows, `names` those of the columns; path and octet are positions in the
   * metadata, -1 if not in use.
   */
  Output(int[] columns, List names, int path, int octet, int metadata, boolean isProjected) {
    this.columns = columns;
    this.path = path < 0 ? -1 : columns.length + path;
    this.octet = octet < 0 ? -1 : columns.length + octet;
    this.width = columns.length + metadata;
    this.isWhole = isProjected && metadata == 0;
    this.raw = names.indexOf(Accounted.OWN_COLUMNS.get(Accounted.RAW));
    this.fault = names.indexOf(Accounted.OWN_COLUMNS.get(Accounted.FAULT));
    this.number = names.indexOf(Accounted.OWN_COLUMNS.get(Accounted.NUMBER));
    this.received = names.indexOf(Accounted.OWN_COLUMNS.get(Accounted.RECEIVED));
    this.octets = names.indexOf(Accounted.OWN_COLUMNS.get(Accounted.OCTETS));
  }

  Object row(Object decoded, StringData file, long lineStart) {
    if (isWhole) return decoded;
    GenericRowData from = (GenericRowData) decoded;
    GenericRowData row = new GenericRowData(from.getRowKind(), width);
    for (int i = 0; i < columns.length; i++) row.setField(i, from.getField(columns[i]));
    setPosition(row, file, lineStart);
    return row;
  }

  /** The row of what is no line; raises IOException where the table has no column for what is wrong. */
  Object faultRow(Line line, StringData file) throws IOException {
    GenericRowData row = new GenericRowData(width);
    if (received < 0 && fault < 0 && raw < 0) throw new IOException(file + ": " + line.fault);
    if (fault >= 0) row.setField(fault, StringData.fromString(line.fault));
    if (raw >= 0) row.setField(raw, Accounted.shortened(line.text, 0, line.text.length));
    if (number >= 0) row.setField(number, Integer.valueOf(0));
    if (received >= 0) row.setField(received, Integer.valueOf(1));
    if (octets >= 0) row.setField(octets, Integer.valueOf((int) Math.min(Integer.MAX_VALUE, line.octets)));
    setPosition(row, file, line.octet);
    return row;
  }

  private void setPosition(GenericRowData row, StringData file, long lineStart) {
    if (path >= 0) row.setField(path, file);
    if (octet >= 0) row.setField(octet, Long.valueOf(lineStart));
  }
}
