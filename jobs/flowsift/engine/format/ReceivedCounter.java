package flowsift.format;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/**
 * Adds up what the format says it received, by minute of record time: rows (record_minute INT, received BIGINT).
 *
 * <p>A window would wait for watermarks and might drop what it gets too late, and a plain aggregate would update its
 * result with every record. This hands on its sums before every checkpoint, at the end of the input and every ten
 * seconds. So it keeps nothing over a checkpoint, and what was received is exact after a crash, a savepoint and a stop
 * with --drain.
 */
public class ReceivedCounter extends AbstractStreamOperator
    implements OneInputStreamOperator, ProcessingTimeService.ProcessingTimeCallback {
  private static final long EVERY_MS = 10000L;
  // Minutes come nearly in order: of more than these at once the sums are handed on early.
  private static final int MOST_MINUTES = 1000;

  private final int receivedAt;
  private final int timeAt;

  private transient HashMap sums;
  private transient Integer minute;
  private transient long sum;

  /** `receivedAt` and `timeAt` say which columns hold the count and the time of the record. */
  public ReceivedCounter(int receivedAt, int timeAt) {
    this.receivedAt = receivedAt;
    this.timeAt = timeAt;
  }

  public void open() throws Exception {
    super.open();
    sums = new HashMap();
    minute = null;
    sum = 0L;
    callLater();
  }

  public void processElement(StreamRecord record) {
    RowData row = (RowData) record.getValue();
    int received = row.getInt(receivedAt);
    if (received == 0) return;
    Integer now =
        row.isNullAt(timeAt)
            ? null
            : Integer.valueOf((int) Math.floorDiv(row.getTimestamp(timeAt, 3).getMillisecond(), 60000L));
    if (now == null ? minute != null : !now.equals(minute)) {
      keepSum();
      minute = now;
    }
    sum += received;
  }

  private void keepSum() {
    if (sum == 0L) return;
    Long before = (Long) sums.get(minute);
    sums.put(minute, Long.valueOf(before == null ? sum : before.longValue() + sum));
    sum = 0L;
    if (sums.size() > MOST_MINUTES) flush();
  }

  private void flush() {
    keepSum();
    Iterator entries = sums.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry entry = (Map.Entry) entries.next();
      GenericRowData row = new GenericRowData(2);
      row.setField(0, entry.getKey());
      row.setField(1, entry.getValue());
      output.collect(new StreamRecord(row));
    }
    sums.clear();
  }

  public void onProcessingTime(long time) {
    flush();
    callLater();
  }

  private void callLater() {
    ProcessingTimeService clock = getProcessingTimeService();
    clock.registerTimer(clock.getCurrentProcessingTime() + EVERY_MS, this);
  }

  public void prepareSnapshotPreBarrier(long checkpoint) {
    flush();
  }

  public void finish() throws Exception {
    flush();
    super.finish();
  }
}
