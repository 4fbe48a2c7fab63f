package flowsift.functions;

import java.util.Locale;
import java.util.TreeSet;
import org.apache.flink.table.data.StringData;

/** sorted_services(text): a list of services in lower case, in order, each once; NULL where none is left. */
public class SortedServices extends TextFunction {
  public StringData eval(StringData text) {
    return (StringData) remembered(text);
  }

  protected Object answer(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split(",");
    TreeSet services = new TreeSet();
    for (int i = 0; i < parts.length; i++) {
      String service = parts[i].trim();
      if (!service.isEmpty() && !service.equals("-")) services.add(service);
    }
    return services.isEmpty() ? null : StringData.fromString(String.join(",", services));
  }
}
