package flowsift.format;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;

/**
 * Reads one JSON object, as a stream of tokens, into the fields of a row: here it is decided what is accepted.
 *
 * <p>A number may be written as text. A whole number may be written with a fraction of zeros or an exponent. A number
 * that is not finite, a fraction where a whole number belongs, and one out of range are faults; so is a value of the
 * wrong type. Fields that are unknown are ignored. Of a field that comes twice the last counts. A field a.b is the key
 * "a.b", or b in the object a.
 */
final class RecordReader {
  static final int NONE = 0;
  static final int LONG = 1;
  static final int INT = 2;
  static final int DOUBLE = 3;
  static final int BOOLEAN = 4;
  static final int TEXT = 5;
  // Longer ones are no numbers of any use, and take long to read.
  private static final int MOST_DIGITS = 400;

  private final HashMap fields = new HashMap();
  private String fault;

  /** Fields by name and kind, and where each belongs in the row, -1 for one that is only checked. */
  RecordReader(String[] names, int[] kinds, int[] targets) {
    for (int i = 0; i < names.length; i++) {
      if (kinds[i] == NONE) continue;
      Field field = new Field(names[i], kinds[i], targets[i]);
      put(fields, names[i], field);
      HashMap level = fields;
      String rest = names[i];
      for (int dot = rest.indexOf('.'); dot > 0; dot = rest.indexOf('.')) {
        String outer = rest.substring(0, dot);
        Entry entry = (Entry) level.get(outer);
        if (entry == null) level.put(outer, entry = new Entry());
        if (entry.inner == null) entry.inner = new HashMap();
        level = entry.inner;
        rest = rest.substring(dot + 1);
        put(level, rest, field);
      }
    }
  }

  private static void put(HashMap level, String name, Field field) {
    Entry entry = (Entry) level.get(name);
    if (entry == null) level.put(name, entry = new Entry());
    entry.field = field;
  }

  /** Reads the object that the parser is at the start of; returns what is wrong with it, null if it is a record. */
  String read(JsonParser in, GenericRowData row) throws IOException {
    fault = null;
    readObject(in, row, fields);
    return fault;
  }

  private void readObject(JsonParser in, GenericRowData row, HashMap level) throws IOException {
    while (in.nextToken() != JsonToken.END_OBJECT) {
      Entry entry = (Entry) level.get(in.currentName());
      JsonToken token = in.nextToken();
      if (entry == null) {
        in.skipChildren();
      } else if (token == JsonToken.START_OBJECT && entry.inner != null) {
        readObject(in, row, entry.inner);
      } else if (entry.field != null) {
        Field field = entry.field;
        Object value = token == JsonToken.VALUE_NULL ? null : valueOf(in, token, field);
        if (field.target >= 0) row.setField(field.target, value);
      } else {
        in.skipChildren();
      }
    }
  }

  private Object valueOf(JsonParser in, JsonToken token, Field field) throws IOException {
    if (!token.isScalarValue()) {
      in.skipChildren();
      return wrong(field, field.kind == TEXT ? "is not a text" : field.kind == BOOLEAN ? NO_BOOLEAN : NO_NUMBER);
    }
    switch (field.kind) {
      case TEXT:
        // What nobody uses needs no text made of it.
        return field.target < 0 ? null : StringData.fromString(in.getText());
      case BOOLEAN:
        return booleanOf(in, token, field);
      case DOUBLE:
        return doubleOf(in, token, field);
      default:
        return wholeOf(in, token, field);
    }
  }

  private Object wholeOf(JsonParser in, JsonToken token, Field field) throws IOException {
    long value;
    if (token == JsonToken.VALUE_NUMBER_INT && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      value = in.getLongValue();
    } else {
      if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) return wrong(field, NO_NUMBER);
      String text = in.getText().trim();
      if (!isNumber(text)) return wrong(field, NO_NUMBER);
      BigDecimal exact;
      try {
        exact = new BigDecimal(text);
      } catch (NumberFormatException noNumber) {
        return wrong(field, NO_NUMBER);
      }
      // Looked at before anything is computed: 1e999999999 has few digits and is a large number.
      long digits = (long) exact.precision() - exact.scale();
      if (exact.signum() != 0 && digits > 19) return wrong(field, OUT_OF_RANGE);
      try {
        value = exact.signum() == 0 ? 0L : exact.longValueExact();
      } catch (ArithmeticException unlikeLong) {
        boolean isWhole = digits > 0 && exact.remainder(BigDecimal.ONE).signum() == 0;
        return wrong(field, isWhole ? OUT_OF_RANGE : "is not a whole number");
      }
    }
    if (field.kind == LONG) return Long.valueOf(value);
    if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) return wrong(field, OUT_OF_RANGE);
    return Integer.valueOf((int) value);
  }

  private Object doubleOf(JsonParser in, JsonToken token, Field field) throws IOException {
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) return wrong(field, NO_NUMBER);
    double value;
    if (token == JsonToken.VALUE_STRING) {
      String text = in.getText().trim();
      if (!isNumber(text)) return wrong(field, NO_NUMBER);
      try {
        value = Double.parseDouble(text);
      } catch (NumberFormatException noNumber) {
        return wrong(field, NO_NUMBER);
      }
    } else {
      value = in.getDoubleValue();
    }
    return Double.isInfinite(value) ? wrong(field, OUT_OF_RANGE) : Double.valueOf(value);
  }

  private Object booleanOf(JsonParser in, JsonToken token, Field field) throws IOException {
    String text = in.getText().trim();
    if (text.equals("true")) return Boolean.TRUE;
    return text.equals("false") ? Boolean.FALSE : wrong(field, NO_BOOLEAN);
  }

  /** Whether a text has only what numbers are written with; Java reads more as numbers: NaN, 0x1p3, 17d. */
  private static boolean isNumber(String text) {
    if (text.isEmpty() || text.length() > MOST_DIGITS) return false;
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) return false;
    }
    return true;
  }

  /** Keeps the first fault of a record. */
  private Object wrong(Field field, String how) {
    if (fault == null) fault = field.name + " " + how;
    return null;
  }

  private static final String NO_NUMBER = "is not a number";
  private static final String NO_BOOLEAN = "is neither true nor false";
  private static final String OUT_OF_RANGE = "is out of range";

  private static final class Field {
    final String name;
    final int kind;
    final int target;

    Field(String name, int kind, int target) {
      this.name = name;
      this.kind = kind;
      this.target = target;
    }
  }

  /** What a key of an object stands for: a field, an object with fields in it, or either. */
  private static final class Entry {
    Field field;
    HashMap inner;
  }
}
