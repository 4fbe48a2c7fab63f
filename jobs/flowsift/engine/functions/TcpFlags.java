package flowsift.functions;

import java.util.Locale;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;

/**
 * tcp_flags(text): the flags of TCP as a number (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128), from a
 * number, 0x1b, names with commas between, or letters as in ...AP.SF; NULL for what is none of these.
 */
public class TcpFlags extends TextFunction {
  private static final String LETTERS = "FSRPAUEC";

  public Integer eval(StringData text) {
    return (Integer) remembered(text);
  }

  protected Object answer(String text) {
    if (text.isEmpty()) return null;
    try {
      int number = Integer.decode(text.matches("0\\d+") ? text.replaceFirst("^0+(?=\\d)", "") : text).intValue();
      return number < 0 ? null : Integer.valueOf(number);
    } catch (NumberFormatException noNumber) {
      return lettersOf(text.toUpperCase(Locale.ROOT));
    }
  }

  private static Integer lettersOf(String text) {
    // Names differ in their first letters, as do the letters that stand for them; SYN_ACK is two of them.
    String[] parts = text.split(text.matches("[.FSRPAUEC]+") && text.indexOf("ACK") < 0 ? "" : "[,_ ]+");
    int flags = 0;
    for (int i = 0; i < parts.length; i++) {
      if (parts[i].isEmpty() || parts[i].equals(".")) continue;
      int bit = LETTERS.indexOf(parts[i].charAt(0));
      if (bit < 0) return null;
      flags |= 1 << bit;
    }
    return Integer.valueOf(flags);
  }

  public TypeInference getTypeInference(DataTypeFactory factory) {
    return of(new DataType[] {text()}, DataTypes.INT());
  }
}
