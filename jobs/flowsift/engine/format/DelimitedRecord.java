package flowsift.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import org.apache.flink.table.data.GenericRowData;

/**
 * Reads one line of values with a delimiter between into the fields of a row.
 *
 * <p>Which value is which field is said by the last header line that came, a line that names fields, alone or behind
 * "#fields"; before any it is the order that the format's option `fields` gives. A value may be in quotation marks, which
 * are doubled inside it.
 */
final class DelimitedRecord {
  /** What `read` returns for a line that is no record. */
  static final String HEADER = "a header line";

  static final String COMMENT = "a comment line";
  // No value has the name of a field; a few of them are no chance.
  private static final int LEAST_NAMES = 3;
  private static final String ZEEKS = "#fields";

  private final HashMap byName = new HashMap();
  private final char delimiter;
  private final String[] nulls;
  private Field[] order;
  private final ArrayList values = new ArrayList();
  private boolean isSkipped;

  /** `order` names the fields of a line that no header came before; one that is not in `fields` is not read. */
  DelimitedRecord(Field[] fields, char delimiter, String[] nulls, String[] order) {
    for (int i = 0; i < fields.length; i++) byName.put(fields[i].name, fields[i]);
    this.delimiter = delimiter;
    this.nulls = nulls;
    this.order = fieldsOf(order, 0);
  }

  private Field[] fieldsOf(String[] names, int first) {
    Field[] found = new Field[names.length - first];
    for (int i = 0; i < found.length; i++) found[i] = (Field) byName.get(names[first + i].trim());
    return found;
  }

  /** Whether the last line that was read is no record: its fault then says what it is. */
  boolean isSkipped() {
    return isSkipped;
  }

  /** Reads a line; returns what is wrong with it, null if it is a record. */
  String read(byte[] message, int start, int end, GenericRowData row) {
    String line = new String(message, start, end - start, StandardCharsets.UTF_8);
    split(line);
    String[] cells = (String[]) values.toArray(new String[values.size()]);
    isSkipped = true;
    boolean isZeeks = cells[0].equals(ZEEKS);
    if (isZeeks || isHeader(cells)) {
      order = fieldsOf(cells, isZeeks ? 1 : 0);
      return HEADER;
    }
    if (line.charAt(0) == '#') return COMMENT;
    isSkipped = false;
    String fault = null;
    if (cells.length != order.length) fault = cells.length + " values, and " + order.length + " are expected";
    for (int i = 0; i < Math.min(cells.length, order.length); i++) {
      Field field = order[i];
      if (field == null) continue;
      try {
        if (field.target >= 0) row.setField(field.target, null);
        if (isNull(cells[i])) continue;
        Object value = field.valueOf(cells[i]);
        if (field.target >= 0) row.setField(field.target, value);
      } catch (Fault first) {
        if (fault == null) fault = first.getMessage();
      }
    }
    return fault;
  }

  private boolean isHeader(String[] cells) {
    int named = 0;
    for (int i = 0; i < cells.length; i++) {
      if (byName.containsKey(cells[i].trim())) named++;
    }
    return named >= Math.min(LEAST_NAMES, byName.size());
  }

  private boolean isNull(String value) {
    if (value.isEmpty()) return true;
    for (int i = 0; i < nulls.length; i++) {
      if (value.equals(nulls[i])) return true;
    }
    return false;
  }

  private void split(String line) {
    values.clear();
    int at = 0;
    while (at <= line.length()) {
      int end = line.indexOf(delimiter, at);
      if (at < line.length() && line.charAt(at) == '"') {
        int close = closing(line, at + 1);
        if (close > 0 && (close + 1 == line.length() || line.charAt(close + 1) == delimiter)) {
          values.add(line.substring(at + 1, close).replace("\"\"", "\""));
          at = close + 2;
          continue;
        }
      }
      if (end < 0) end = line.length();
      values.add(line.substring(at, end));
      at = end + 1;
    }
  }

  private static int closing(String line, int from) {
    int close = line.indexOf('"', from);
    while (close >= 0 && close + 1 < line.length() && line.charAt(close + 1) == '"') close = line.indexOf('"', close + 2);
    return close;
  }
}
