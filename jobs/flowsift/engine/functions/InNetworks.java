package flowsift.functions;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;

/**
 * in_networks(address, networks): whether an address is in one of these networks, a list such as '10.0.0.0/8,
 * 2001:db8::/32'; NULL if the address is NULL or none.
 */
public class InNetworks extends TextFunction {
  private transient StringData listed;
  private transient byte[][] networks;
  private transient int[] lengths;

  public Boolean eval(StringData address, StringData list) {
    if (list == null) return null;
    // The list is a literal, and stays the same object.
    if (list != listed) {
      read(list.toString());
      listed = list;
    }
    return (Boolean) remembered(address);
  }

  private void read(String list) {
    String[] parts = list.trim().split("\\s*,\\s*");
    networks = new byte[parts.length][];
    lengths = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      int slash = parts[i].indexOf('/');
      networks[i] = Address.parse(slash < 0 ? parts[i] : parts[i].substring(0, slash));
      if (networks[i] == null) throw new IllegalArgumentException(parts[i] + " is no network");
      lengths[i] = slash < 0 ? 8 * networks[i].length : Integer.parseInt(parts[i].substring(slash + 1));
    }
  }

  protected Object answer(String text) {
    byte[] address = Address.parse(text);
    if (address == null) return null;
    for (int i = 0; i < networks.length; i++) {
      if (networks[i].length == address.length && isIn(address, networks[i], lengths[i])) return Boolean.TRUE;
    }
    return Boolean.FALSE;
  }

  private static boolean isIn(byte[] address, byte[] network, int length) {
    int whole = length / 8;
    for (int i = 0; i < whole; i++) if (address[i] != network[i]) return false;
    int rest = length % 8;
    return rest == 0 || (address[whole] & 255) >> 8 - rest == (network[whole] & 255) >> 8 - rest;
  }

  public TypeInference getTypeInference(DataTypeFactory factory) {
    return of(new DataType[] {text(), text()}, DataTypes.BOOLEAN());
  }
}
