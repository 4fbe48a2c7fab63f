package flowsift.files;

import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.file.src.impl.FileSourceReader;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Reads recorded files: those that are named, to their ends, or those that appear in a folder, for ever. */
public final class FilesSource implements Source, ResultTypeQueryable {
  private final NamedFiles files;
  private final WatchedFolder folder;
  private final LinesFormat lines;

  /** Of files and folder one is null. */
  public FilesSource(NamedFiles files, WatchedFolder folder, LinesFormat lines) {
    this.files = files;
    this.folder = folder;
    this.lines = lines;
  }

  boolean isWatching() {
    return folder != null;
  }

  public Boundedness getBoundedness() {
    return isWatching() ? Boundedness.CONTINUOUS_UNBOUNDED : Boundedness.BOUNDED;
  }

  public SourceReader createReader(SourceReaderContext context) {
    return new FileSourceReader(context, lines, context.getConfiguration());
  }

  public SplitEnumerator createEnumerator(SplitEnumeratorContext context) {
    TreeMap splits = new TreeMap();
    if (!isWatching()) files.plan(context.currentParallelism(), lines.hasHeader(), splits);
    return new FilesEnumerator(context, folder, new FilesState(splits, splits.size(), new TreeMap()));
  }

  public SplitEnumerator restoreEnumerator(SplitEnumeratorContext context, Object state) {
    return new FilesEnumerator(context, folder, (FilesState) state);
  }

  public SimpleVersionedSerializer getSplitSerializer() {
    return new FilesSplit.Serializer();
  }

  public SimpleVersionedSerializer getEnumeratorCheckpointSerializer() {
    return new FilesState.Serializer();
  }

  public TypeInformation getProducedType() {
    return lines.getProducedType();
  }
}
