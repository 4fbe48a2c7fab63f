package flowsift.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.ProjectableDecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The format `accounted`: every message becomes at least one row, a record or what is wrong with it.
 *
 * <p>The classes of this package are compiled at start by Flink's own compiler, Janino, which makes no bridge methods: types are
 * raw, and what Java would infer is a cast. They are valid for javac 8 as well.
 */
public class AccountedFactory implements DeserializationFormatFactory {
  // `$.port` is the field port of a record, where the table computes a column of that name.
  private static final String AT_TOP = "$.";

  static final ConfigOption SKIP_BLANK =
      ConfigOptions.key("skip-blank-messages")
          .booleanType()
          .defaultValue(Boolean.FALSE)
          .withDescription("Whether a blank message is no record, as a blank line of a file is none.");
  static final ConfigOption DELIMITER =
      ConfigOptions.key("delimiter")
          .stringType()
          .noDefaultValue()
          .withDescription("What is between the values of a line that is not JSON; without it all lines are JSON.");
  static final ConfigOption FIELDS =
      ConfigOptions.key("fields")
          .stringType()
          .noDefaultValue()
          .withDescription("Names of the values of a line, with commas between; the table's columns if not set.");
  static final ConfigOption NULLS =
      ConfigOptions.key("nulls")
          .stringType()
          .defaultValue("")
          .withDescription("Values that stand for none, with blanks between.");
  static final ConfigOption ENVELOPE =
      ConfigOptions.key("envelope")
          .stringType()
          .noDefaultValue()
          .withDescription("A key under which the record may be, in a JSON object of a shipper's.");
  static final ConfigOption ZONE =
      ConfigOptions.key("zone")
          .stringType()
          .defaultValue("UTC")
          .withDescription("The time zone of times that do not say theirs.");

  public String factoryIdentifier() {
    return "accounted";
  }

  public Set requiredOptions() {
    return new HashSet();
  }

  public Set optionalOptions() {
    return new HashSet(Arrays.asList(new Object[] {SKIP_BLANK, DELIMITER, FIELDS, NULLS, ENVELOPE, ZONE}));
  }

  public DecodingFormat createDecodingFormat(DynamicTableFactory.Context context, ReadableConfig options) {
    FactoryUtil.validateFactoryOptions(this, options);
    return new Format(options);
  }

  /** Decodes only the columns in use; the others of the table are checked, so that they decide what is accepted. */
  public static class Format implements ProjectableDecodingFormat {
    private final ReadableConfig options;

    public Format(ReadableConfig options) {
      this.options = options;
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
      Times times = new Times((String) options.get(ZONE));
      int[] own = new int[Accounted.OWN_COLUMNS.size()];
      Arrays.fill(own, -1);
      ArrayList fields = new ArrayList();
      StringBuilder order = new StringBuilder();
      for (int i = 0; i < row.getFieldCount(); i++) {
        String name = (String) row.getFieldNames().get(i);
        int target = -1;
        for (int j = 0; j < used.length; j++) if (used[j][0] == i) target = j;
        int at = Accounted.OWN_COLUMNS.indexOf(name);
        if (at >= 0) {
          own[at] = target;
        } else {
          if (name.startsWith(AT_TOP)) name = name.substring(AT_TOP.length());
          fields.add(new Field(name, row.getTypeAt(i).getTypeRoot(), target, times));
          order.append(order.length() == 0 ? "" : ",").append(name);
        }
      }
      DataType produced = Projection.of(used).project(table);
      return new Accounted(
          (Field[]) fields.toArray(new Field[fields.size()]),
          own,
          used.length,
          new Options(options, order.toString()),
          context.createTypeInformation(produced));
    }

    public ChangelogMode getChangelogMode() {
      return ChangelogMode.insertOnly();
    }
  }
}
