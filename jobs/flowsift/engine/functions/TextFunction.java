package flowsift.functions;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;

/**
 * A function of a text that remembers its latest answers, since the same addresses and names come again and again.
 *
 * <p>It works on Flink's own form of a text, so that nothing is converted. It remembers a bounded number of short texts.
 */
public abstract class TextFunction extends ScalarFunction {
  private static final int ENTRIES = 4096;
  private static final int LONGEST = 64;

  private transient BinaryStringData[] asked;
  private transient Object[] answers;

  /** The answer for a text, which has no blanks at its ends; null for NULL. */
  protected abstract Object answer(String text);

  protected Object remembered(StringData text) {
    if (text == null) return null;
    BinaryStringData key = (BinaryStringData) text;
    if (key.getSizeInBytes() > LONGEST) return answer(text.toString().trim());
    if (asked == null) {
      asked = new BinaryStringData[ENTRIES];
      answers = new Object[ENTRIES];
    }
    int hash = key.hashCode();
    int at = (hash ^ hash >>> 16) & ENTRIES - 1;
    if (asked[at] == null || !asked[at].equals(key)) {
      answers[at] = answer(text.toString().trim());
      // The text may be a part of a message, which would be kept as well.
      asked[at] = BinaryStringData.fromString(text.toString());
      asked[at].ensureMaterialized();
    }
    return answers[at];
  }

  protected static TypeInference of(DataType[] arguments, DataType result) {
    return TypeInference.newBuilder()
        .typedArguments(arguments)
        .outputTypeStrategy(TypeStrategies.explicit(result))
        .build();
  }

  protected static DataType text() {
    return (DataType) DataTypes.STRING().bridgedTo(StringData.class);
  }

  public TypeInference getTypeInference(DataTypeFactory factory) {
    return of(new DataType[] {text()}, text());
  }
}
