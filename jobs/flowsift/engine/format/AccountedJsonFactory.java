package flowsift.format;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.ProjectableDecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * The format accounted-json: every message becomes at least one row, a record or what is wrong with it.
 *
 * <p>All three classes are compiled at start by Flink's own compiler, Janino, which makes no bridge methods: types are
 * raw, and what Java would infer is a cast. They are valid for javac 8 as well.
 */
public class AccountedJsonFactory implements DeserializationFormatFactory {
  static final ConfigOption SKIP_BLANK =
      ConfigOptions.key("skip-blank-messages")
          .booleanType()
          .defaultValue(Boolean.FALSE)
          .withDescription("Whether a blank message is no record, as a blank line of a file is none.");

  public String factoryIdentifier() {
    return "accounted-json";
  }

  public Set requiredOptions() {
    return new HashSet();
  }

  public Set optionalOptions() {
    return new HashSet(Collections.singleton(SKIP_BLANK));
  }

  public DecodingFormat createDecodingFormat(DynamicTableFactory.Context context, ReadableConfig options) {
    FactoryUtil.validateFactoryOptions(this, options);
    return new Format(((Boolean) options.get(SKIP_BLANK)).booleanValue());
  }

  /** Decodes only the columns in use; the others of the table are checked, so that they decide what is accepted. */
  public static class Format implements ProjectableDecodingFormat {
    private final boolean skipsBlank;

    public Format(boolean skipsBlank) {
      this.skipsBlank = skipsBlank;
    }

    public boolean supportsNestedProjection() {
      return false;
    }

    public Object createRuntimeDecoder(DynamicTableSource.Context context, DataType table) {
      int columns = ((RowType) table.getLogicalType()).getFieldCount();
      int[][] all = new int[columns][];
      for (int i = 0; i < columns; i++) all[i] = new int[] {i};
      return createRuntimeDecoder(context, table, all);
    }

    public Object createRuntimeDecoder(DynamicTableSource.Context context, DataType table, int[][] used) {
      RowType row = (RowType) table.getLogicalType();
      int columns = row.getFieldCount();
      String[] names = new String[columns];
      int[] kinds = new int[columns];
      int[] targets = new int[columns];
      for (int i = 0; i < columns; i++) {
        names[i] = (String) row.getFieldNames().get(i);
        kinds[i] = kindOf(names[i], row.getTypeAt(i).getTypeRoot());
        targets[i] = -1;
      }
      for (int i = 0; i < used.length; i++) targets[used[i][0]] = i;
      DataType produced = Projection.of(used).project(table);
      return new AccountedJson(
          names, kinds, targets, used.length, skipsBlank, context.createTypeInformation(produced));
    }

    private static int kindOf(String name, LogicalTypeRoot type) {
      if (AccountedJson.OWN_COLUMNS.contains(name)) return RecordReader.NONE;
      if (type == LogicalTypeRoot.BIGINT) return RecordReader.LONG;
      if (type == LogicalTypeRoot.INTEGER) return RecordReader.INT;
      if (type == LogicalTypeRoot.DOUBLE) return RecordReader.DOUBLE;
      if (type == LogicalTypeRoot.BOOLEAN) return RecordReader.BOOLEAN;
      if (type == LogicalTypeRoot.VARCHAR) return RecordReader.TEXT;
      throw new ValidationException(
          name + ": a field of a record is BIGINT, INT, DOUBLE, BOOLEAN or STRING, not " + type);
    }

    public ChangelogMode getChangelogMode() {
      return ChangelogMode.insertOnly();
    }
  }
}
