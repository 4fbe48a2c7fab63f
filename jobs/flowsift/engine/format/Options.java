package flowsift.format;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/** How the records of a source are written, as far as the format must know. */
public final class Options implements Serializable {
  /** Whether a blank message is no record, as a blank line of a file is none. */
  final boolean skipsBlank;
  /** One character; null where all lines are JSON. */
  final String delimiter;

  final String[] fields;
  final String[] nulls;
  final String envelope;

  /** `columns` are the fields of a line whose order nothing says. */
  public Options(ReadableConfig options, String columns) {
    skipsBlank = ((Boolean) options.get(AccountedFactory.SKIP_BLANK)).booleanValue();
    delimiter = (String) options.get(AccountedFactory.DELIMITER);
    String named = (String) options.get(AccountedFactory.FIELDS);
    fields = (named == null ? columns : named).split(",");
    nulls = ((String) options.get(AccountedFactory.NULLS)).split(" ");
    envelope = (String) options.get(AccountedFactory.ENVELOPE);
  }
}
