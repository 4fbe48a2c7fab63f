package flowsift.format;

import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * One field of a record: its name, its type, and where its value belongs in the row. Here it is decided what is accepted
 * as a value, the same for every format.
 *
 * <p>A number may be written as text. A whole number may be written with a fraction of zeros or an exponent. A number
 * that is not finite, a fraction where a whole number belongs, and one out of range are faults, as is a value of another
 * type.
 */
public final class Field implements Serializable {
  static final String NO_TEXT = "is not a text";
  static final String NO_NUMBER = "is not a number";
  static final String NO_BOOLEAN = "is neither true nor false";
  static final String NO_TIME = "is not a time";
  static final String OUT_OF_RANGE = "is out of range";
  static final String NOT_WHOLE = "is not a whole number";
  // Longer ones are no numbers of any use, and take long to read.
  private static final int MOST_DIGITS = 400;

  final String name;
  /** Where the value belongs in the row, -1 for a field that is only checked. */
  final int target;
  final boolean isLong;
  final boolean isInt;
  final boolean isDouble;
  final boolean isBoolean;
  final boolean isTime;
  final boolean isText;
  private final Times times;

  public Field(String name, LogicalTypeRoot type, int target, Times times) {
    this.name = name;
    this.target = target;
    this.times = times;
    isLong = type == LogicalTypeRoot.BIGINT;
    isInt = type == LogicalTypeRoot.INTEGER;
    isDouble = type == LogicalTypeRoot.DOUBLE;
    isBoolean = type == LogicalTypeRoot.BOOLEAN;
    isTime = type == LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
    isText = type == LogicalTypeRoot.VARCHAR;
    if (!isLong && !isInt && !isDouble && !isBoolean && !isTime && !isText) {
      throw new ValidationException(
          name + ": a field of a record is BIGINT, INT, DOUBLE, BOOLEAN, TIMESTAMP_LTZ or STRING, not " + type);
    }
  }

  /** The value that a text stands for; throws Fault. */
  Object valueOf(String text) throws Fault {
    // What nobody uses needs no text made of it.
    if (isText) return target < 0 ? null : StringData.fromBytes(text.getBytes(StandardCharsets.UTF_8));
    String trimmed = text.trim();
    if (isTime) return timeOf(trimmed);
    if (isBoolean) return booleanOf(trimmed);
    if (isDouble) return doubleOf(trimmed);
    return wholeOf(exact(trimmed));
  }

  /** The value that a whole number stands for; throws Fault. */
  Object valueOf(long number) throws Fault {
    if (isLong) return Long.valueOf(number);
    if (isInt) {
      if (number < Integer.MIN_VALUE || number > Integer.MAX_VALUE) throw new Fault(this, OUT_OF_RANGE);
      return Integer.valueOf((int) number);
    }
    if (isTime) return Times.timestamp(Times.microsOf(number));
    return valueOf(Long.toString(number));
  }

  private TimestampData timeOf(String text) throws Fault {
    long micros = isNumber(text) ? Times.microsOf(exact(text)) : times.microsOf(text);
    if (micros == Times.NONE) throw new Fault(this, NO_TIME);
    return Times.timestamp(micros);
  }

  private Boolean booleanOf(String text) throws Fault {
    if (text.equals("true") || text.equals("T")) return Boolean.TRUE;
    if (text.equals("false") || text.equals("F")) return Boolean.FALSE;
    throw new Fault(this, NO_BOOLEAN);
  }

  private Double doubleOf(String text) throws Fault {
    if (!isNumber(text)) throw new Fault(this, NO_NUMBER);
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException noNumber) {
      throw new Fault(this, NO_NUMBER);
    }
    if (Double.isInfinite(value)) throw new Fault(this, OUT_OF_RANGE);
    return Double.valueOf(value);
  }

  private Object wholeOf(BigDecimal number) throws Fault {
    if (number.signum() == 0) return valueOf(0L);
    // Looked at before anything is computed: 1e999999999 has few digits and is a large number.
    long digits = (long) number.precision() - number.scale();
    if (digits > 19) throw new Fault(this, OUT_OF_RANGE);
    long value;
    try {
      value = number.longValueExact();
    } catch (ArithmeticException unlikeLong) {
      boolean isWhole = digits > 0 && number.remainder(BigDecimal.ONE).signum() == 0;
      throw new Fault(this, isWhole ? OUT_OF_RANGE : NOT_WHOLE);
    }
    return valueOf(value);
  }

  private BigDecimal exact(String text) throws Fault {
    if (!isNumber(text)) throw new Fault(this, NO_NUMBER);
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException noNumber) {
      throw new Fault(this, NO_NUMBER);
    }
  }

  /** Whether a text has only what numbers are written with; Java reads more as numbers: NaN, 0x1p3, 17d. */
  private static boolean isNumber(String text) {
    if (text.isEmpty() || text.length() > MOST_DIGITS) return false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E') continue;
      // 2025-01-06 is no number, -5 and 1e-5 are.
      boolean mayBeSign = i == 0 || text.charAt(i - 1) == 'e' || text.charAt(i - 1) == 'E';
      if (c != '+' && c != '-' || !mayBeSign) return false;
    }
    return true;
  }
}
