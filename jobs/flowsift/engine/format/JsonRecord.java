package flowsift.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;

/**
 * Reads one JSON object, as a stream of tokens, into the fields of a row.
 *
 * <p>Fields that are unknown are ignored. Of a field that comes twice the last counts. A field a.b is the key "a.b", or b
 * in the object a. An array of single values in a text is their list, with commas between.
 */
final class JsonRecord {
  private final HashMap fields = new HashMap();
  private String fault;

  /** `envelope` names an object that a shipper may have put the record into, null if there is none. */
  JsonRecord(Field[] fields, String envelope) {
    for (int i = 0; i < fields.length; i++) {
      Field field = fields[i];
      put(this.fields, field.name, field);
      HashMap level = this.fields;
      String rest = field.name;
      for (int dot = rest.indexOf('.'); dot > 0; dot = rest.indexOf('.')) {
        level = inner(level, rest.substring(0, dot));
        rest = rest.substring(dot + 1);
        put(level, rest, field);
      }
    }
    if (envelope != null) entryOf(this.fields, envelope).inner = this.fields;
  }

  private static Entry entryOf(HashMap level, String name) {
    Entry entry = (Entry) level.get(name);
    if (entry == null) level.put(name, entry = new Entry());
    return entry;
  }

  private static HashMap inner(HashMap level, String name) {
    Entry entry = entryOf(level, name);
    if (entry.inner == null) entry.inner = new HashMap();
    return entry.inner;
  }

  private static void put(HashMap level, String name, Field field) {
    entryOf(level, name).field = field;
  }

  /**
   * Reads the object that the parser is at the start of; returns what is wrong with it, null if it is a record.
   *
   * <p>Of a record with a fault the other fields are read all the same: they may say that it is to be skipped.
   */
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
        Object value = null;
        try {
          if (token != JsonToken.VALUE_NULL) value = valueOf(in, token, field);
        } catch (Fault first) {
          if (fault == null) fault = first.getMessage();
        }
        if (field.target >= 0) row.setField(field.target, value);
      } else {
        in.skipChildren();
      }
    }
  }

  private static Object valueOf(JsonParser in, JsonToken token, Field field) throws IOException, Fault {
    if (!token.isScalarValue()) {
      if (token == JsonToken.START_ARRAY && field.isText) return field.valueOf(listOf(in, field));
      in.skipChildren();
      throw new Fault(field, noneOf(field));
    }
    if (field.isText) return field.target < 0 ? null : textOf(in);
    if (token == JsonToken.VALUE_NUMBER_INT
        && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return field.valueOf(in.getLongValue());
    }
    boolean isTruth = token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
    if (isTruth && !field.isBoolean) throw new Fault(field, noneOf(field));
    return field.valueOf(in.getText());
  }

  /** The text of a value, in the form in which Flink compares and copies it: made of a String it would be encoded again. */
  private static StringData textOf(JsonParser in) throws IOException {
    char[] characters = in.getTextCharacters();
    int start = in.getTextOffset();
    byte[] octets = new byte[in.getTextLength()];
    for (int i = 0; i < octets.length; i++) {
      char character = characters[start + i];
      if (character > 127) return StringData.fromBytes(in.getText().getBytes(StandardCharsets.UTF_8));
      octets[i] = (byte) character;
    }
    return StringData.fromBytes(octets);
  }

  private static String listOf(JsonParser in, Field field) throws IOException, Fault {
    StringBuilder list = new StringBuilder();
    boolean isFlat = true;
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      if (token.isScalarValue()) {
        if (list.length() > 0) list.append(',');
        list.append(in.getText());
      } else {
        in.skipChildren();
        isFlat = false;
      }
    }
    if (!isFlat) throw new Fault(field, Field.NO_TEXT);
    return list.toString();
  }

  private static String noneOf(Field field) {
    if (field.isText) return Field.NO_TEXT;
    if (field.isBoolean) return Field.NO_BOOLEAN;
    return field.isTime ? Field.NO_TIME : Field.NO_NUMBER;
  }

  /** What a key of an object stands for: a field, an object with fields in it, or either. */
  private static final class Entry {
    Field field;
    HashMap inner;
  }
}
