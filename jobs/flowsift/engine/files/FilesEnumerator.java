package flowsift.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands splits to the tasks that ask for one, in their order, and finds what is new in a watched folder.
 *
 * <p>A file of the folder is known by the system's number of it, so that one that is renamed is not read again. What was
 * appended to it later is read from where it had ended. One that is gone for a day is forgotten.
 */
final class FilesEnumerator implements SplitEnumerator {
  private static final Logger LOG = LoggerFactory.getLogger(FilesEnumerator.class);
  private static final long EVERY_MS = 1000L;
  private static final long MEMORY_MS = 86400000L;

  private final SplitEnumeratorContext context;
  private final WatchedFolder folder;
  private final TreeMap waiting;
  private final TreeMap taken;
  private int nextNumber;
  private final TreeSet idle = new TreeSet();
  // Seen by key, as it was at the last look, and since when it has looked so.
  private HashMap last = new HashMap();
  private HashMap since = new HashMap();

  /** `folder` is null where all splits are known. */
  FilesEnumerator(SplitEnumeratorContext context, WatchedFolder folder, FilesState state) {
    this.context = context;
    this.folder = folder;
    this.waiting = state.waiting;
    this.nextNumber = state.nextNumber;
    this.taken = state.taken;
  }

  public void start() {
    if (folder == null) return;
    Callable look =
        new Callable() {
          public Object call() {
            return folder.list();
          }
        };
    BiConsumer take =
        new BiConsumer() {
          public void accept(Object seen, Object failure) {
            if (failure != null) LOG.warn("The folder could not be looked through", (Throwable) failure);
            else if (seen != null) take((List) seen);
          }
        };
    context.callAsync(look, take, 0L, EVERY_MS);
  }

  private void take(List seen) {
    long now = System.currentTimeMillis();
    HashMap current = new HashMap();
    HashMap currentSince = new HashMap();
    for (int i = 0; i < seen.size(); i++) {
      WatchedFolder.Seen file = (WatchedFolder.Seen) seen.get(i);
      boolean isSame = file.isAs((WatchedFolder.Seen) last.get(file.key));
      Long from = isSame ? (Long) since.get(file.key) : Long.valueOf(now);
      current.put(file.key, file);
      currentSince.put(file.key, from);
      boolean isQuiet = Math.min(file.modifiedMs, from.longValue()) <= now - folder.quietMs;
      if (isQuiet) take(file, now);
      TakenFile before = (TakenFile) taken.get(file.key);
      if (before != null) before.seenMs = now;
    }
    last = current;
    since = currentSince;
    for (Iterator files = taken.values().iterator(); files.hasNext(); ) {
      if (((TakenFile) files.next()).seenMs < now - MEMORY_MS) files.remove();
    }
    assign();
  }

  private void take(WatchedFolder.Seen file, long now) {
    TakenFile before = (TakenFile) taken.get(file.key);
    if (before != null && before.octets == file.size && before.modifiedMs == file.modifiedMs) return;
    try {
      // The system gives the number of a file that was removed to another; and a file may be written over.
      boolean isSame =
          before != null
              && before.octets <= file.size
              && WatchedFolder.sumBefore(file.path, before.octets) == before.sum;
      long start = isSame ? before.octets : 0L;
      if (start < file.size) {
        Part[] part = {new Part(file.path, start, file.size, file.size, true)};
        waiting.put(Integer.valueOf(nextNumber), new FilesSplit(nextNumber, part, null));
        nextNumber++;
      }
      int sum = WatchedFolder.sumBefore(file.path, file.size);
      taken.put(file.key, new TakenFile(file.size, file.modifiedMs, sum, now));
    } catch (IOException unreadable) {
      LOG.warn("{} cannot be read, and is tried again: {}", file.path, unreadable.getMessage());
    }
  }

  private void assign() {
    while (!idle.isEmpty() && !waiting.isEmpty()) {
      int task = ((Integer) idle.pollFirst()).intValue();
      if (!context.registeredReaders().containsKey(Integer.valueOf(task))) continue;
      context.assignSplit((FilesSplit) waiting.pollFirstEntry().getValue(), task);
    }
    if (folder != null) return;
    for (Iterator tasks = idle.iterator(); tasks.hasNext(); tasks.remove()) {
      context.signalNoMoreSplits(((Integer) tasks.next()).intValue());
    }
  }

  public void handleSplitRequest(int task, String host) {
    idle.add(Integer.valueOf(task));
    assign();
  }

  public void addSplitsBack(List splits, int task) {
    for (int i = 0; i < splits.size(); i++) {
      FilesSplit split = (FilesSplit) splits.get(i);
      waiting.put(Integer.valueOf(split.number), split);
    }
    assign();
  }

  public void addReader(int task) {}

  public Object snapshotState(long checkpoint) {
    return new FilesState(new TreeMap(waiting), nextNumber, copyOfTaken());
  }

  private TreeMap copyOfTaken() {
    TreeMap copy = new TreeMap();
    copy.putAll(taken);
    return copy;
  }

  public void close() {}
}
