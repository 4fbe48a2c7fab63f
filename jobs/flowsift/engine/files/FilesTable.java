package flowsift.files;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.ProjectableDecodingFormat;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/**
 * A table over recorded files, with two metadata columns: `file.path`, and `octet`, where in the file, uncompressed, the
 * line of the row begins.
 *
 * <p>Watermarks are made for each part of a file by itself. Parts are read in their order, so that a part that is read
 * early holds back the time of those before it as long as they are read.
 */
public class FilesTable
    implements ScanTableSource, SupportsProjectionPushDown, SupportsReadingMetadata, SupportsWatermarkPushDown {
  static final String PATH = "file.path";
  static final String OCTET = "octet";

  private final String name;
  private final DataType physical;
  private final DecodingFormat format;
  private final boolean hasHeader;
  private final NamedFiles files;
  private final WatchedFolder folder;
  private int[][] used;
  private List metadata = new ArrayList();
  private DataType produced;
  private WatermarkStrategy watermarks = WatermarkStrategy.noWatermarks();

  /** Of files and folder one is null. */
  public FilesTable(
      String name, DataType physical, DecodingFormat format, boolean hasHeader, NamedFiles files, WatchedFolder folder) {
    this.name = name;
    this.physical = physical;
    this.format = format;
    this.hasHeader = hasHeader;
    this.files = files;
    this.folder = folder;
    this.used = Projection.all(physical).toNestedIndexes();
    this.produced = physical;
  }

  public DynamicTableSource copy() {
    FilesTable copy = new FilesTable(name, physical, format, hasHeader, files, folder);
    copy.used = used;
    copy.metadata = metadata;
    copy.produced = produced;
    copy.watermarks = watermarks;
    return copy;
  }

  public String asSummaryString() {
    return "recorded files";
  }

  public ChangelogMode getChangelogMode() {
    return format.getChangelogMode();
  }

  public boolean supportsNestedProjection() {
    return false;
  }

  public void applyProjection(int[][] fields, DataType produced) {
    this.used = fields;
    this.produced = produced;
  }

  public Map listReadableMetadata() {
    LinkedHashMap keys = new LinkedHashMap();
    keys.put(PATH, DataTypes.STRING().notNull());
    keys.put(OCTET, DataTypes.BIGINT().notNull());
    return keys;
  }

  public void applyReadableMetadata(List keys, DataType produced) {
    this.metadata = keys;
    this.produced = produced;
  }

  public void applyWatermark(WatermarkStrategy strategy) {
    this.watermarks = strategy;
  }

  public ScanTableSource.ScanRuntimeProvider getScanRuntimeProvider(ScanTableSource.ScanContext context) {
    DeserializationSchema schema;
    int[] columns = new int[used.length];
    boolean isProjectable = format instanceof ProjectableDecodingFormat;
    if (isProjectable) {
      schema =
          (DeserializationSchema) ((ProjectableDecodingFormat) format).createRuntimeDecoder(context, physical, used);
    } else {
      schema = (DeserializationSchema) format.createRuntimeDecoder(context, physical);
    }
    for (int i = 0; i < columns.length; i++) columns[i] = isProjectable ? i : used[i][0];
    List names = ((RowType) Projection.of(used).project(physical).getLogicalType()).getFieldNames();
    Output output =
        new Output(columns, names, metadata.indexOf(PATH), metadata.indexOf(OCTET), metadata.size(), isProjectable);
    LinesFormat lines = new LinesFormat(schema, output, hasHeader, context.createTypeInformation(produced));
    return new Provider(name, new FilesSource(files, folder, lines), watermarks);
  }

  private static final class Provider implements DataStreamScanProvider {
    private final String name;
    private final FilesSource source;
    private final WatermarkStrategy watermarks;

    Provider(String name, FilesSource source, WatermarkStrategy watermarks) {
      this.name = name;
      this.source = source;
      this.watermarks = watermarks;
    }

    public boolean isBounded() {
      return !source.isWatching();
    }

    public DataStream produceDataStream(ProviderContext context, StreamExecutionEnvironment environment) {
      DataStreamSource stream = environment.fromSource(source, watermarks, name.substring(name.lastIndexOf('.') + 1));
      // One task reads the files that appear in the order of their times.
      if (source.isWatching()) stream.setParallelism(1);
      Optional uid = context.generateUid("recorded-files");
      if (uid.isPresent()) stream.uid((String) uid.get());
      return stream;
    }
  }
}
