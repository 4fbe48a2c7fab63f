package flowsift.functions;

import java.util.Arrays;
import java.util.LinkedHashMap;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;

/**
 * steady_time(time, written, source, partition, records): how far the records of a partition or file have come, from so
 * many of its latest records. No single record far ahead of the others moves it. With one record it is the time itself.
 *
 * <p>Of a recording it is the earliest of them, since nobody waits for its results, and it may be sorted by the starts of
 * flows: of a file, and of a partition that is written over an hour after. Else nine in ten have not passed it.
 *
 * <p>`written` is when a record was written, NULL for files: what was written more than a second before the last is left
 * out, so that the answer does not lag where records are few, and a time that is ahead of it counts no further. Times up
 * to 1970 are those of records that are none; they change nothing. Until there are a few records the answer is 1970.
 */
public class SteadyTime extends ScalarFunction {
  private static final TimestampData UNKNOWN = TimestampData.fromEpochMillis(0L);
  private static final int LEAST = 16;
  private static final int MOST_CLOCKS = 1000;
  private static final double SHARE = 0.9;
  private static final long SPAN_MS = 1000L;
  private static final long MOST_AHEAD_MS = 86400000L;
  private static final long RECORDING_MS = 3600000L;

  private transient LinkedHashMap clocks;
  private transient Clock last;

  public TimestampData eval(
      TimestampData time, TimestampData written, StringData source, Integer partition, Integer records) {
    if (records.intValue() <= 1) return time;
    Clock clock = clockOf(source, partition == null ? -1 : partition.intValue(), records.intValue());
    clock.add(time.getMillisecond(), written == null ? Long.MIN_VALUE : written.getMillisecond());
    return clock.answer;
  }

  private Clock clockOf(StringData source, int partition, int records) {
    if (last != null && last.partition == partition && last.source.equals(source)) return last;
    if (clocks == null) clocks = new LinkedHashMap(16, 0.75f, true);
    String key = partition + " " + source;
    last = (Clock) clocks.get(key);
    if (last == null) {
      last = new Clock(StringData.fromString(source.toString()), partition, records);
      clocks.put(key, last);
      // A folder may have any number of files; one that comes again after so many others begins anew.
      if (clocks.size() > MOST_CLOCKS) clocks.remove(clocks.keySet().iterator().next());
    }
    return last;
  }

  public TypeInference getTypeInference(DataTypeFactory factory) {
    DataType time = (DataType) DataTypes.TIMESTAMP_LTZ(3).bridgedTo(TimestampData.class);
    DataType[] arguments = {time, time, TextFunction.text(), DataTypes.INT(), DataTypes.INT()};
    return TextFunction.of(arguments, time);
  }

  /** The latest records of one partition or file, in a ring. */
  private static final class Clock {
    final StringData source;
    final int partition;
    TimestampData answer = UNKNOWN;
    private final long[] times;
    private final long[] writtens;
    private final long[] sorted;
    private int next;
    private int count;
    private int untilSorted;
    private long reached;
    private boolean hasSpan;

    Clock(StringData source, int partition, int records) {
      this.source = source;
      this.partition = partition;
      times = new long[records];
      writtens = new long[records];
      sorted = new long[records];
    }

    void add(long time, long written) {
      if (time <= 0L) return;
      boolean isWritten = written > time - MOST_AHEAD_MS;
      times[next] = isWritten ? Math.min(time, written) : time;
      writtens[next] = written;
      next = (next + 1) % times.length;
      if (count < times.length) count++;
      while (count > 1 && written != Long.MIN_VALUE && written - writtens[(next - count + times.length) % times.length] > SPAN_MS) {
        count--;
        hasSpan = true;
      }
      if (count < LEAST && !hasSpan) return;
      // Sorting at each record would cost more than it gains, where there are many.
      if (--untilSorted > 0 && count > LEAST) return;
      untilSorted = count / 8;
      for (int i = 0; i < count; i++) sorted[i] = times[(next - 1 - i + times.length) % times.length];
      Arrays.sort(sorted, 0, count);
      boolean isRecording = written == Long.MIN_VALUE || written - time > RECORDING_MS;
      long now = sorted[isRecording ? 0 : (int) ((count - 1) * SHARE)];
      if (now > reached) {
        reached = now;
        answer = TimestampData.fromEpochMillis(now);
      }
    }
  }
}
