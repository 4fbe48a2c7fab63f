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
import org.apache.flink.table.data.StringData;

/**
 * Counts what was received, as the format says it, and what was skipped, by minute of record time: rows (record_minute
 * INT, skip_reason STRING, records BIGINT), where no reason stands for received.
 *
 * <p>A window would wait for watermarks and might drop what it gets too late, and a plain aggregate would update its
 * result with every record. This hands on its sums before every checkpoint, at the end of the input and every ten
 * seconds. So it keeps nothing over a checkpoint, and the counts are exact after a crash, a savepoint and a stop with
 * --drain.
 */
public class RecordCounter extends AbstractStreamOperator
    implements OneInputStreamOperator, ProcessingTimeService.ProcessingTimeCallback {
  private static final long EVERY_MS = 10000L;
  // Minutes come nearly in order: of more sums than these at once all are handed on early.
  private static final int MOST_SUMS = 1000;

  private final int receivedAt;
  private final int timeAt;
  private final int skipAt;

  private transient HashMap received;
  private transient HashMap skipped;
  private transient Integer minute;
  private transient long sum;

  /** Which columns hold the count of a message, the time of the record, and why it is skipped. */
  public RecordCounter(int receivedAt, int timeAt, int skipAt) {
    this.receivedAt = receivedAt;
    this.timeAt = timeAt;
    this.skipAt = skipAt;
  }

  public void open() throws Exception {
    super.open();
    received = new HashMap();
    skipped = new HashMap();
    minute = null;
    sum = 0L;
    callLater();
  }

  public void processElement(StreamRecord record) {
    RowData row = (RowData) record.getValue();
    int records = row.getInt(receivedAt);
    boolean isSkipped = !row.isNullAt(skipAt);
    if (records == 0 && !isSkipped) return;
    Integer now =
        row.isNullAt(timeAt)
            ? null
            : Integer.valueOf((int) Math.floorDiv(row.getTimestamp(timeAt, 3).getMillisecond(), 60000L));
    if (now == null ? minute != null : !now.equals(minute)) {
      keepSum();
      minute = now;
    }
    sum += records;
    if (isSkipped) {
      HashMap reasons = (HashMap) skipped.get(minute);
      if (reasons == null) skipped.put(minute, reasons = new HashMap());
      // As a text of its own: Flink's may be a part of the message.
      addTo(reasons, row.getString(skipAt).toString(), 1L);
    }
    if (received.size() + skipped.size() > MOST_SUMS) flush();
  }

  private void keepSum() {
    if (sum != 0L) addTo(received, minute, sum);
    sum = 0L;
  }

  private static void addTo(HashMap sums, Object key, long count) {
    Long before = (Long) sums.get(key);
    sums.put(key, Long.valueOf(before == null ? count : before.longValue() + count));
  }

  private void flush() {
    keepSum();
    for (Iterator minutes = received.entrySet().iterator(); minutes.hasNext(); ) {
      Map.Entry entry = (Map.Entry) minutes.next();
      emit(entry.getKey(), null, entry.getValue());
    }
    for (Iterator minutes = skipped.entrySet().iterator(); minutes.hasNext(); ) {
      Map.Entry entry = (Map.Entry) minutes.next();
      for (Iterator reasons = ((HashMap) entry.getValue()).entrySet().iterator(); reasons.hasNext(); ) {
        Map.Entry reason = (Map.Entry) reasons.next();
        emit(entry.getKey(), StringData.fromString((String) reason.getKey()), reason.getValue());
      }
    }
    received.clear();
    skipped.clear();
  }

  private void emit(Object recordMinute, Object reason, Object records) {
    GenericRowData row = new GenericRowData(3);
    row.setField(0, recordMinute);
    row.setField(1, reason);
    row.setField(2, records);
    output.collect(new StreamRecord(row));
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
