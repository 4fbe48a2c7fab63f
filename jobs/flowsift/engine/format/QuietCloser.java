package flowsift.format;

import java.util.Arrays;
import java.util.Iterator;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.table.data.RowData;

/**
 * Lets time go on where no records come: after the idle timeout the machine's clock moves the watermark, so that the last
 * windows before a quiet night close.
 *
 * <p>Flink lets a silent partition hold nothing back while others go on; where all are silent, nothing moves. This runs as
 * one task behind all partitions.
 */
public class QuietCloser extends AbstractStreamOperator
    implements OneInputStreamOperator, ProcessingTimeService.ProcessingTimeCallback {
  private static final long EVERY_MS = 1000L;
  // The smallest window: other watermarks are sent in these steps, too.
  private static final long STEP_MS = 10000L;
  // One record far ahead, the last before the silence, must not be where time goes on from.
  private static final int RECORDS = 16;
  private static final double SHARE = 0.9;

  private final int timeAt;
  private final long timeoutMs;
  private final long delayMs;

  private transient ListState saved;
  private transient long[] times;
  private transient int next;
  private transient int count;
  private transient long restored;
  private transient long lastCame;
  private transient long sent;

  /** `timeAt` is the column of the event time; windows wait `delayMs` for records out of order. */
  public QuietCloser(int timeAt, long timeoutMs, long delayMs) {
    this.timeAt = timeAt;
    this.timeoutMs = timeoutMs;
    this.delayMs = delayMs;
  }

  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    saved = context.getOperatorStateStore().getListState(new ListStateDescriptor("reached", Long.class));
    restored = 0L;
    for (Iterator reached = ((Iterable) saved.get()).iterator(); reached.hasNext(); ) {
      restored = Math.max(restored, ((Long) reached.next()).longValue());
    }
  }

  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    saved.clear();
    saved.add(Long.valueOf(reached()));
  }

  public void open() throws Exception {
    super.open();
    times = new long[RECORDS];
    next = 0;
    count = 0;
    sent = 0L;
    lastCame = getProcessingTimeService().getCurrentProcessingTime();
    callLater();
  }

  public void processElement(StreamRecord record) {
    long time = ((RowData) record.getValue()).getTimestamp(timeAt, 3).getMillisecond();
    // Of what is no record the time is 1970.
    if (time > 0L) {
      times[next] = time;
      next = (next + 1) % RECORDS;
      count = Math.min(count + 1, RECORDS);
    }
    lastCame = getProcessingTimeService().getCurrentProcessingTime();
    output.collect(record);
  }

  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() > sent) {
      sent = mark.getTimestamp();
      super.processWatermark(mark);
    }
  }

  /** Says nothing of silence, since this one goes on. */
  public void processWatermarkStatus(WatermarkStatus status) {}

  public void onProcessingTime(long now) throws Exception {
    long quiet = now - lastCame;
    long reached = reached();
    if (quiet > timeoutMs && reached > 0L) {
      processWatermark(new Watermark(Math.floorDiv(reached + quiet - delayMs, STEP_MS) * STEP_MS - 1L));
    }
    callLater();
  }

  /** The event time that the records have reached, 0 if there were none. */
  private long reached() {
    long[] sorted = Arrays.copyOf(times, count);
    Arrays.sort(sorted);
    long latest = count == 0 ? 0L : sorted[(int) ((count - 1) * SHARE)];
    return Math.max(restored, latest);
  }

  private void callLater() {
    ProcessingTimeService clock = getProcessingTimeService();
    clock.registerTimer(clock.getCurrentProcessingTime() + EVERY_MS, this);
  }
}
