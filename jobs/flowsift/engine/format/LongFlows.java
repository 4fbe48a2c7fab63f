package flowsift.format;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Passes records on unchanged, and before one of a flow that lasted longer than a minute its shifts: rows that give
 * earlier windows what the flow carried in them, and one that takes all of it from the window of the flow's end. They
 * add up to zero.
 *
 * <p>A shift is a copy of the record with its own event time, the last millisecond of its window, its own counts, and the
 * length of its window in shift_minutes, 1 or 1440. Windows in which nothing is counted have none. Shifts of a flow that
 * is late itself are left out, as the flow is.
 *
 * <p>How many there are is bounded. Of a flow longer than a day, windows that have closed, and those more than a day before
 * its end, are taken together by the day. So are those of all flows while there have been more than ten shifts for each
 * record and a number to spare: an exporter may get the starts of all its flows wrong.
 *
 * <p>What is late is judged behind this, by the watermark that this passes on. It is kept over a restart, as the windows
 * keep theirs: without it what is late would be let pass after one, and the windows would drop it.
 */
public class LongFlows extends AbstractStreamOperator implements OneInputStreamOperator {
  private static final long MINUTE = 60000L;
  private static final long DAY = 1440L * MINUTE;
  private static final long LEAST_WINDOW = 10000L;
  private static final long PER_RECORD = 10L;
  private static final String[] COUNTS = {"octets_out", "packets_out", "octets_in", "packets_in"};

  private final long spare;
  private final RowData.FieldGetter[] fields;
  private final int timeAt;
  private final int startAt;
  private final int endAt;
  private final int shiftAt;
  private final int skipAt;
  private final int rejectAt;
  private final int[] countsAt = new int[COUNTS.length];

  private transient ListState saved;
  private transient long watermark;
  private transient boolean isRestored;
  private transient long room;

  /** The type of the records, which is that of the view timed_records, and how many shifts there are to spare. */
  public LongFlows(RowType records, long spare) {
    this.spare = spare;
    fields = new RowData.FieldGetter[records.getFieldCount()];
    for (int i = 0; i < fields.length; i++) fields[i] = RowData.createFieldGetter(records.getTypeAt(i), i);
    timeAt = records.getFieldIndex("flow_end");
    startAt = records.getFieldIndex("flow_start_ms");
    endAt = records.getFieldIndex("flow_end_ms");
    shiftAt = records.getFieldIndex("shift_minutes");
    skipAt = records.getFieldIndex("skip_reason");
    rejectAt = records.getFieldIndex("reject_reason");
    for (int i = 0; i < COUNTS.length; i++) countsAt[i] = records.getFieldIndex(COUNTS[i]);
  }

  /** What a flow of this duration has counted after some of it, rounded down; exact for 10^15 in 30 days. */
  public static long upTo(long count, long elapsed, long duration) {
    return count / duration * elapsed + count % duration * elapsed / duration;
  }

  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    saved =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor("watermark", LongSerializer.INSTANCE));
    room = spare;
    watermark = Long.MIN_VALUE;
    isRestored = context.isRestored();
    if (!isRestored) return;
    watermark = Long.MAX_VALUE;
    for (java.util.Iterator of = ((Iterable) saved.get()).iterator(); of.hasNext(); ) {
      watermark = Math.min(watermark, ((Long) of.next()).longValue());
    }
    if (watermark == Long.MAX_VALUE) watermark = Long.MIN_VALUE;
  }

  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    saved.clear();
    saved.add(Long.valueOf(watermark));
  }

  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() <= watermark) return;
    watermark = mark.getTimestamp();
    isRestored = false;
    super.processWatermark(mark);
  }

  public void processElement(StreamRecord record) throws Exception {
    if (isRestored) {
      isRestored = false;
      super.processWatermark(new Watermark(watermark));
    }
    room = Math.min(room + PER_RECORD, spare);
    RowData row = (RowData) record.getValue();
    if (row.isNullAt(skipAt) && row.isNullAt(rejectAt)) {
      long duration = row.getLong(endAt) - row.getLong(startAt);
      if (duration > MINUTE) shift(row, duration);
    }
    output.collect(record);
  }

  private void shift(RowData row, long duration) {
    long end = row.getTimestamp(timeAt, 3).getMillisecond();
    if (floor(end, LEAST_WINDOW) + LEAST_WINDOW - 1 <= watermark) return;
    GenericRowData shift = new GenericRowData(row.getRowKind(), fields.length);
    for (int i = 0; i < fields.length; i++) shift.setField(i, fields[i].getFieldOrNull(row));
    long begin = end - duration;
    long last = floor(end, MINUTE);
    long minutesFrom = begin;
    if ((last - begin) / MINUTE >= room) minutesFrom = last;
    else if (duration > DAY) minutesFrom = Math.max(last - DAY, floor(Math.max(watermark, 0L) + 1, MINUTE));
    long from = begin;
    while (from < last) {
      boolean isByDay = from < minutesFrom;
      long length = isByDay ? DAY : MINUTE;
      long windowEnd = floor(from, length) + length;
      long to = isByDay ? Math.min(windowEnd, Math.min(minutesFrom, last)) : windowEnd;
      if (count(row, shift, from - begin, to - begin, duration)) emit(shift, windowEnd - 1, length);
      from = to;
    }
    if (count(row, shift, last - begin, 0L, duration)) emit(shift, end, MINUTE);
  }

  /** Sets what is counted up to one time less what is up to another; whether there is anything. */
  private boolean count(RowData row, GenericRowData shift, long from, long to, long duration) {
    boolean isAny = false;
    for (int i = 0; i < countsAt.length; i++) {
      int at = countsAt[i];
      if (row.isNullAt(at)) continue;
      long count = row.getLong(at);
      long share = upTo(count, to, duration) - upTo(count, from, duration);
      shift.setField(at, Long.valueOf(share));
      isAny |= share != 0L;
    }
    return isAny;
  }

  private void emit(GenericRowData shift, long time, long length) {
    shift.setField(timeAt, TimestampData.fromEpochMillis(time));
    shift.setField(endAt, Long.valueOf(time));
    shift.setField(shiftAt, Integer.valueOf((int) (length / MINUTE)));
    output.collect(new StreamRecord(shift));
    room--;
  }

  private static long floor(long time, long length) {
    return time - Math.floorMod(time, length);
  }
}
