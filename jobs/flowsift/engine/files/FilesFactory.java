package flowsift.files;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * The connector `recorded-files`: lines of files that are named one by one, or that appear in a folder.
 *
 * <p>Flink's own connector lists a folder and builds paths out of what it finds, which fails on a colon or a dangling
 * link, skips names that begin with an underscore, and reads what it matches only by a regular expression.
 */
public class FilesFactory implements DynamicTableSourceFactory {
  static final ConfigOption FILES =
      ConfigOptions.key("files")
          .stringType()
          .noDefaultValue()
          .withDescription("Absolute paths, one a line; in a name a line break is \\n and a backslash \\\\.");
  static final ConfigOption FOLDER =
      ConfigOptions.key("watch.folder")
          .stringType()
          .noDefaultValue()
          .withDescription("Instead of files: a folder, read for ever, with all folders in it.");
  static final ConfigOption PATTERN =
      ConfigOptions.key("watch.pattern")
          .stringType()
          .defaultValue(".*")
          .withDescription("A regular expression for the absolute path of a file in the folder.");
  static final ConfigOption QUIET =
      ConfigOptions.key("watch.quiet-time")
          .durationType()
          .defaultValue(Duration.ofSeconds(10L))
          .withDescription("For how long a file in the folder must not have changed before it is read.");
  static final ConfigOption HEADER =
      ConfigOptions.key("header")
          .booleanType()
          .defaultValue(Boolean.FALSE)
          .withDescription("Whether lines at the head of a file may say how the others are read.");
  static final ConfigOption PART =
      ConfigOptions.key("part-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(64L))
          .withDescription("A file that is larger, and not compressed, is read in parts by several tasks.");

  public String factoryIdentifier() {
    return "recorded-files";
  }

  public Set requiredOptions() {
    return new HashSet(Arrays.asList(new Object[] {FactoryUtil.FORMAT}));
  }

  public Set optionalOptions() {
    return new HashSet(Arrays.asList(new Object[] {FILES, FOLDER, PATTERN, QUIET, HEADER, PART}));
  }

  public DynamicTableSource createDynamicTableSource(DynamicTableFactory.Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    DecodingFormat format =
        (DecodingFormat) helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
    helper.validate();
    ReadableConfig options = helper.getOptions();
    long partSize = ((MemorySize) options.get(PART)).getBytes();
    String folder = (String) options.get(FOLDER);
    String files = (String) options.get(FILES);
    return new FilesTable(
        context.getObjectIdentifier().asSummaryString(),
        context.getPhysicalRowDataType(),
        format,
        ((Boolean) options.get(HEADER)).booleanValue(),
        folder == null ? new NamedFiles(files == null ? "" : files, partSize) : null,
        folder == null
            ? null
            : new WatchedFolder(folder, (String) options.get(PATTERN), ((Duration) options.get(QUIET)).toMillis()));
  }
}
