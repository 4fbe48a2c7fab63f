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
 * <p>A message is one record, a JSON array of records, or several of either in lines. A line that cannot be read costs
 * the others nothing. The rows of a message are numbered from 0; the first says how many there are, the others 0, so
 * that their sum is what was received whatever becomes of single rows later.
 */
public class AccountedJson implements DeserializationSchema {
  // Names of the columns that the format adds; engine/contract.py has them, too.
  static final String RAW = "raw_line";
  static final String FAULT = "line_fault";
  static final String NUMBER = "number_in_message";
  static final String RECEIVED = "records_received";
  static final String OCTETS = "raw_octets";
  static final List OWN_COLUMNS = Arrays.asList(new Object[] {RAW, FAULT, NUMBER, RECEIVED, OCTETS});

  static final String EMPTY = "empty message";
  static final String NOT_UTF8 = "not UTF-8";
  static final String NOT_AN_OBJECT = "not a JSON object";
  static final String NOT_JSON = "not valid JSON";
  static final String NOT_CLOSED = "an array that is not closed";
  static final String EMPTY_ARRAY = "an empty array";
  // Escaped as JSON a character has up to six octets, and Kafka takes messages of one million.
  static final int MOST_CHARACTERS = 65536;
  private static final long ANY_NOT_ASCII = 0x8080808080808080L;

  private final String[] names;
  private final int[] kinds;
  private final int[] targets;
  private final int width;
  private final boolean skipsBlank;
  private final TypeInformation type;
  private final int raw;
  private final int fault;
  private final int number;
  private final int received;
  private final int octets;

  private transient JsonFactory json;
  private transient RecordReader records;
  private transient ArrayList rows;

  /** Columns by name and kind, and where each belongs in the row that is handed out, -1 if nowhere. */
  public AccountedJson(
      String[] names, int[] kinds, int[] targets, int width, boolean skipsBlank, TypeInformation type) {
    this.names = names;
    this.kinds = kinds;
    this.targets = targets;
    this.width = width;
    this.skipsBlank = skipsBlank;
    this.type = type;
    raw = targetOf(RAW);
    fault = targetOf(FAULT);
    number = targetOf(NUMBER);
    received = targetOf(RECEIVED);
    octets = targetOf(OCTETS);
  }

  private int targetOf(String name) {
    int column = Arrays.asList((Object[]) names).indexOf(name);
    return column < 0 ? -1 : targets[column];
  }

  public Object deserialize(byte[] message) {
    throw new UnsupportedOperationException("a message may hold several records");
  }

  public void deserialize(byte[] message, Collector out) throws IOException {
    if (json == null) {
      json = new JsonFactory();
      // A tab or another control character in a text is a common fault, and does no harm.
      json.enable(JsonParser.Feature.ALLOW_UNQUOTED_CONTROL_CHARS);
      records = new RecordReader(names, kinds, targets);
      rows = new ArrayList();
    }
    if (message != null) read(message);
    if (rows.isEmpty()) {
      if (skipsBlank) return;
      reject(EMPTY, message == null ? new byte[0] : message, 0, message == null ? 0 : message.length);
    }
    int count = rows.size();
    for (int i = 0; i < count; i++) {
      GenericRowData row = (GenericRowData) rows.get(i);
      if (number >= 0) row.setField(number, Integer.valueOf(i));
      if (received >= 0) row.setField(received, Integer.valueOf(i == 0 ? count : 0));
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
      return;
    }
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
            String wrong = records.read(in, row);
            done = start + positionOf(in);
            if (wrong != null) reject(wrong, message, first, done);
            else accept(row, message, first, done);
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

  private void accept(GenericRowData row, byte[] message, int start, int end) {
    // Not copied: the text is looked at only if a later rule rejects the record.
    if (raw >= 0) row.setField(raw, StringData.fromBytes(message, start, end - start));
    if (octets >= 0) row.setField(octets, Integer.valueOf(end - start));
    rows.add(row);
  }

  private void reject(String reason, byte[] message, int start, int end) {
    GenericRowData row = new GenericRowData(width);
    if (fault >= 0) row.setField(fault, StringData.fromString(reason));
    if (octets >= 0) row.setField(octets, Integer.valueOf(end - start));
    if (raw >= 0) {
      // No more octets than may be needed; a character has up to four.
      int length = Math.min(end - start, 4 * MOST_CHARACTERS);
      String text = new String(message, start, length, StandardCharsets.UTF_8);
      if (text.length() > MOST_CHARACTERS) {
        boolean cutsPair = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1));
        text = text.substring(0, cutsPair ? MOST_CHARACTERS - 1 : MOST_CHARACTERS);
      }
      row.setField(raw, StringData.fromString(text));
    }
    rows.add(row);
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
