package flowsift.format;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.flink.table.data.TimestampData;

/**
 * Reads times: numbers since 1970 in seconds, milliseconds, microseconds or nanoseconds, by their size, and ISO 8601.
 *
 * <p>From 1973 to 5138 the four units have no number in common. In ISO 8601 the T may be a blank, the fraction absent,
 * the offset Z, +02:00, +0200 or +02; a time without one is in the zone that the source's format names.
 */
public final class Times implements Serializable {
  static final long NONE = Long.MIN_VALUE;
  // As exporters write a time that they do not know; as a number it is 0.
  private static final String UNKNOWN = "0000-00-00";
  private static final long[] POWERS = {100000000000L, 100000000000000L, 100000000000000000L};

  private final ZoneId zone;
  private final boolean isUtc;

  public Times(String zone) {
    this.zone = ZoneId.of(zone);
    this.isUtc = this.zone.equals(ZoneOffset.UTC) || zone.equals("UTC");
  }

  /** Microseconds of a whole number since 1970. */
  static long microsOf(long number) {
    long size = Math.abs(number);
    if (size < POWERS[0]) return number * 1000000L;
    if (size < POWERS[1]) return number * 1000L;
    if (size < POWERS[2]) return number;
    return Math.floorDiv(number, 1000L);
  }

  /** Microseconds of a number since 1970, rounded; NONE if it has more digits than a time. */
  static long microsOf(BigDecimal number) {
    if ((long) number.precision() - number.scale() > 19 || number.scale() > 400) return NONE;
    BigDecimal size = number.abs();
    int shift = 6;
    if (size.compareTo(BigDecimal.valueOf(POWERS[0])) >= 0) shift = 3;
    if (size.compareTo(BigDecimal.valueOf(POWERS[1])) >= 0) shift = 0;
    if (size.compareTo(BigDecimal.valueOf(POWERS[2])) >= 0) shift = -3;
    return number.movePointRight(shift).setScale(0, BigDecimal.ROUND_HALF_UP).longValue();
  }

  /** Microseconds since 1970 of a time in ISO 8601, rounded down; NONE if it is no such time. */
  long microsOf(String text) {
    // 2025-01-06T08:00:00
    if (text.length() < 19 || text.charAt(4) != '-' || text.charAt(7) != '-') return NONE;
    char between = text.charAt(10);
    if (between != 'T' && between != 't' && between != ' ') return NONE;
    if (text.charAt(13) != ':' || text.charAt(16) != ':') return NONE;
    int year = number(text, 0, 4);
    int month = number(text, 5, 7);
    int day = number(text, 8, 10);
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    if (text.startsWith(UNKNOWN)) return 0L;
    if (year < 1 || hour < 0 || minute < 0 || second < 0) return NONE;
    int at = 19;
    int micros = 0;
    if (at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
      int weight = 100000;
      int first = ++at;
      for (; at < text.length() && Character.digit(text.charAt(at), 10) >= 0; at++) {
        micros += weight * (text.charAt(at) - '0');
        weight /= 10;
      }
      if (at == first) return NONE;
    }
    // A leap second counts as the one before it.
    boolean isLeap = second == 60;
    try {
      LocalDateTime local = LocalDateTime.of(year, month, day, hour, minute, isLeap ? 59 : second);
      long seconds;
      if (at == text.length()) {
        seconds = isUtc ? local.toEpochSecond(ZoneOffset.UTC) : local.atZone(zone).toEpochSecond();
      } else {
        int offset = offsetOf(text, at);
        if (offset == Integer.MIN_VALUE) return NONE;
        seconds = local.toEpochSecond(ZoneOffset.UTC) - offset;
      }
      return seconds * 1000000L + micros;
    } catch (DateTimeException noTime) {
      return NONE;
    }
  }

  /** Seconds east of Greenwich, Integer.MIN_VALUE if the rest of the text is no offset. */
  private static int offsetOf(String text, int at) {
    char sign = text.charAt(at);
    int length = text.length() - at;
    if (sign == 'Z' || sign == 'z') return length == 1 ? 0 : Integer.MIN_VALUE;
    if (sign != '+' && sign != '-') return Integer.MIN_VALUE;
    int hours = length >= 3 ? number(text, at + 1, at + 3) : -1;
    int minutes = 0;
    if (length == 5) minutes = number(text, at + 3, at + 5);
    else if (length == 6 && text.charAt(at + 3) == ':') minutes = number(text, at + 4, at + 6);
    else if (length != 3) return Integer.MIN_VALUE;
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return Integer.MIN_VALUE;
    return (sign == '-' ? -60 : 60) * (60 * hours + minutes);
  }

  static TimestampData timestamp(long micros) {
    return TimestampData.fromEpochMillis(Math.floorDiv(micros, 1000L), (int) Math.floorMod(micros, 1000L) * 1000);
  }

  /** The number that digits make, -1 if one is none. */
  private static int number(String text, int start, int end) {
    int value = 0;
    for (int i = start; i < end; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) return -1;
      value = 10 * value + digit;
    }
    return value;
  }
}
