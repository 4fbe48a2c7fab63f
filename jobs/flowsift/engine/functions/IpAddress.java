package flowsift.functions;

import org.apache.flink.table.data.StringData;

/** ip_address(text): the one spelling of an IPv4 or IPv6 address, NULL for what is none. */
public class IpAddress extends TextFunction {
  public StringData eval(StringData text) {
    return (StringData) remembered(text);
  }

  protected Object answer(String text) {
    byte[] octets = Address.parse(text);
    return octets == null ? null : StringData.fromString(Address.format(octets));
  }
}
