package flowsift.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.Collector;

/**
 * Reads a message into rows: one for each record, and one for each part of it that is no record.
 *
 * <p>A message is one record, a JSON array of records, or several of either in lines. Where the source has a delimiter, a
 * line that does not begin as JSON does is read as values with the delimiter between. A line that cannot be read costs
 * the others nothing. The rows of a message are numbered from 0; the first says how many there are, the others 0, so
 * that their sum is what was received whatever becomes of single rows later.
 */
public class Accounted implements DeserializationSchema {
  // Names of the columns that the format adds; engine/contract.py has them, too.
  public static final List OWN_COLUMNS =
      Arrays.asList(
          new Object[] {
            "raw_line", "line_fault", "number_in_message", "records_received", "raw_octets", "line_skipped"
          });
  public static final int RAW = 0;
  public static final int FAULT = 1;
  public static final int NUMBER = 2;
  public static final int RECEIVED = 3;
  public static final int OCTETS = 4;
  private static final int SKIPPED = 5;

  static final String EMPTY = "empty message";
  static final String NOT_UTF8 = "not UTF-8";
  static final String NOT_AN_OBJECT = "not a JSON object";
  static final String NOT_JSON = "not valid JSON";
  static final String NOT_CLOSED = "an array that is not closed";
  static final String EMPTY_ARRAY = "an empty array";
  // Escaped as JSON a character has up to six octets, and Kafka takes messages of one million.
  static final int MOST_CHARACTERS = 65536;
  private static final long ANY_NOT_ASCII = 0x8080808080808080L;

  private final Field[] fields;
  private final int[] own;
  private final int width;
  private final Options options;
  private final TypeInformation type;

  private transient JsonFactory json;
  private transient JsonRecord objects;
  private transient DelimitedRecord lines;
  private transient ArrayList rows;

  /** `own` says where each of OWN_COLUMNS belongs in a row of this width, -1 if nowhere. */
  public Accounted(Field[] fields, int[] own, int width, Options options, TypeInformation type) {
    this.fields = fields;
    this.own = own;
    this.width = width;
    this.options = options;
    this.type = type;
  }

  public Object deserialize(byte[] message) {
    throw new UnsupportedOperationException("a message may hold several records");
  }

  public void deserialize(byte[] message, Collector out) throws IOException {
    if (json == null) {
      json = new JsonFactory();
      // A tab or another control character in a text is a common fault, and does no harm.
      json.enable(JsonParser.Feature.ALLOW_UNQUOTED_CONTROL_CHARS);
      objects = new JsonRecord(fields, options.envelope);
      if (options.delimiter != null) {
        lines = new DelimitedRecord(fields, options.delimiter.charAt(0), options.nulls, options.fields);
      }
      rows = new ArrayList();
    }
    if (message != null) read(message);
    if (rows.isEmpty()) {
      if (options.skipsBlank) return;
      reject(EMPTY, message == null ? new byte[0] : message, 0, message == null ? 0 : message.length);
    }
    int count = rows.size();
    for (int i = 0; i < count; i++) {
      GenericRowData row = (GenericRowData) rows.get(i);
      set(row, NUMBER, Integer.valueOf(i));
      set(row, RECEIVED, Integer.valueOf(i == 0 ? count : 0));
      out.collect(row);
    }
    rows.clear();
  }

  private void read(byte[] message) {
    int start = afterPrefix(message);
    int end = trimmedEnd(message, start, message.length);
    start = trimmedStart(message, start, end);
    if (start == end) return;
    int lineEnd = endOfLine(message, start, end);
    // One record may be spread over lines: then the first is no record, and all together are.
    if (lineEnd == end || !isWhole(message, start, lineEnd) && isWhole(message, start, end)) {
      readLine(message, start, end);
      return;
    }
    while (start < end) {
      lineEnd = endOfLine(message, start, end);
      int last = trimmedEnd(message, start, lineEnd);
      int first = trimmedStart(message, start, last);
      if (first < last) readLine(message, first, last);
      start = lineEnd + 1;
    }
  }

  /** Reads what is not blank at either end. */
  private void readLine(byte[] message, int start, int end) {
    if (!isUtf8(message, start, end)) {
      reject(NOT_UTF8, message, start, end);
    } else if (lines != null && message[start] != '{' && message[start] != '[') {
      readValues(message, start, end);
    } else {
      readJson(message, start, end);
    }
  }

  private void readValues(byte[] message, int start, int end) {
    // A value at either end may be empty, which leaves a tab there.
    if (options.delimiter.charAt(0) == '\t' && message[start] != '#') {
      while (start > 0 && message[start - 1] == '\t') start--;
      while (end < message.length && message[end] == '\t') end++;
    }
    GenericRowData row = new GenericRowData(width);
    String wrong = lines.read(message, start, end, row);
    if (lines.isSkipped()) {
      set(row, SKIPPED, StringData.fromString(wrong));
      wrong = null;
    }
    add(row, wrong, message, start, end);
  }

  private void readJson(byte[] message, int start, int end) {
    // Jackson takes text with zeros among its first octets for another encoding.
    boolean mayBeRecords = message[start] == '{' || message[start] == '[';
    if (!mayBeRecords || end - start > 1 && message[start + 1] == 0) {
      reject(NOT_AN_OBJECT, message, start, end);
      return;
    }
    int before = rows.size();
    int done = start;
    try {
      JsonParser in = json.createParser(message, start, end - start);
      JsonToken token = in.nextToken();
      while (token != null) {
        if (token == JsonToken.START_ARRAY && in.getParsingContext().getParent().inRoot()) {
          int first = start + (int) in.currentTokenLocation().getByteOffset();
          token = in.nextToken();
          if (token == JsonToken.END_ARRAY) reject(EMPTY_ARRAY, message, first, start + positionOf(in));
          continue;
        }
        if (token != JsonToken.END_ARRAY) {
          done = start + (int) in.currentTokenLocation().getByteOffset();
          int first = done;
          if (token == JsonToken.START_OBJECT) {
            GenericRowData row = new GenericRowData(width);
            String wrong = objects.read(in, row);
            done = start + positionOf(in);
            add(row, wrong, message, first, done);
          } else {
            in.skipChildren();
            in.finishToken();
            done = start + positionOf(in);
            reject(NOT_AN_OBJECT, message, first, done);
          }
        } else {
          done = start + positionOf(in);
        }
        token = in.nextToken();
      }
    } catch (IOException notJson) {
      // A comma behind a record is left over of an array that was written line by line.
      int rest = trimmedStart(message, done, end);
      boolean isComma = rest == end - 1 && message[rest] == ',' && rows.size() > before;
      if (rest == end) reject(NOT_CLOSED, message, start, end);
      else if (!isComma) reject(NOT_JSON, message, rest, end);
    }
  }

  private static int positionOf(JsonParser in) {
    return (int) in.currentLocation().getByteOffset();
  }

  private void reject(String reason, byte[] message, int start, int end) {
    add(new GenericRowData(width), reason, message, start, end);
  }

  /** Adds a row with the text that it is read from, and what is wrong with it, null if nothing is. */
  private void add(GenericRowData row, String fault, byte[] message, int start, int end) {
    // Not copied: the text is looked at only if a later rule rejects the record.
    StringData text = fault == null ? StringData.fromBytes(message, start, end - start) : shortened(message, start, end);
    set(row, RAW, text);
    set(row, OCTETS, Integer.valueOf(end - start));
    if (fault != null) set(row, FAULT, StringData.fromString(fault));
    rows.add(row);
  }

  /** What a dead letter shows of a text: at most its first 65,536 characters. */
  public static StringData shortened(byte[] message, int start, int end) {
    // No more octets than may be needed; a character has up to four.
    int length = Math.min(end - start, 4 * MOST_CHARACTERS);
    String text = new String(message, start, length, StandardCharsets.UTF_8);
    if (text.length() > MOST_CHARACTERS) {
      boolean cutsPair = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1));
      text = text.substring(0, cutsPair ? MOST_CHARACTERS - 1 : MOST_CHARACTERS);
    }
    return StringData.fromString(text);
  }

  private void set(GenericRowData row, int column, Object value) {
    if (own[column] >= 0) row.setField(own[column], value);
  }

  /** Where the text begins: behind a byte order mark, or behind the five octets that Confluent's serializers write. */
  private static int afterPrefix(byte[] message) {
    boolean hasMark =
        message.length >= 3
            && message[0] == (byte) 0xEF
            && message[1] == (byte) 0xBB
            && message[2] == (byte) 0xBF;
    if (hasMark) return 3;
    boolean isConfluents =
        message.length > 5 && message[0] == 0 && (message[5] == '{' || message[5] == '[' || isBlank(message[5]));
    return isConfluents ? 5 : 0;
  }

  private boolean isWhole(byte[] message, int start, int end) {
    if (message[start] != '{' && message[start] != '[') return false;
    try {
      JsonParser in = json.createParser(message, start, end - start);
      while (in.nextToken() != null) in.skipChildren();
      return true;
    } catch (IOException notJson) {
      return false;
    }
  }

  /** Jackson itself does not check the octets of what it skips. */
  private static boolean isUtf8(byte[] message, int start, int end) {
    ByteBuffer buffer = ByteBuffer.wrap(message, start, end - start);
    while (buffer.remaining() >= 8) {
      if ((buffer.getLong() & ANY_NOT_ASCII) != 0L) return isDecodable(message, start, end);
    }
    while (buffer.hasRemaining()) {
      if (buffer.get() < 0) return isDecodable(message, start, end);
    }
    return true;
  }

  private static boolean isDecodable(byte[] message, int start, int end) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message, start, end - start));
      return true;
    } catch (CharacterCodingException notUtf8) {
      return false;
    }
  }

  private static int endOfLine(byte[] message, int start, int end) {
    while (start < end && message[start] != '\n') start++;
    return start;
  }

  private static int trimmedStart(byte[] message, int start, int end) {
    while (start < end && isBlank(message[start])) start++;
    return start;
  }

  private static int trimmedEnd(byte[] message, int start, int end) {
    while (end > start && isBlank(message[end - 1])) end--;
    return end;
  }

  private static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
  }

  public boolean isEndOfStream(Object row) {
    return false;
  }

  public TypeInformation getProducedType() {
    return type;
  }
}
