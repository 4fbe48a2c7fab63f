package flowsift.functions;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;

/**
 * is_reply(protocol, src_port, dst_port, tcp_flags): whether a record of one direction is what came back, FALSE where
 * nothing says so.
 *
 * <p>The protocol is a number or name of TCP, UDP or SCTP; others have no replies. All flags of the record's packets say it
 * if there is a SYN among them and no ACK: its sender opened the connection. Else the side with the lower port is the
 * server, as services have low ports and clients high ones.
 */
public class IsReply extends ScalarFunction {
  private static final int SYN = 2;
  private static final int ACK = 16;

  public Boolean eval(StringData protocol, Integer srcPort, Integer dstPort, Integer tcpFlags) {
    if (protocol == null || srcPort == null || dstPort == null || !hasPorts(protocol.toString())) return Boolean.FALSE;
    if (tcpFlags != null && (tcpFlags.intValue() & (SYN | ACK)) == SYN) return Boolean.FALSE;
    return Boolean.valueOf(srcPort.intValue() > 0 && srcPort.intValue() < dstPort.intValue());
  }

  private static boolean hasPorts(String protocol) {
    return protocol.equals("6")
        || protocol.equals("17")
        || protocol.equals("132")
        || protocol.equalsIgnoreCase("tcp")
        || protocol.equalsIgnoreCase("udp")
        || protocol.equalsIgnoreCase("sctp");
  }

  public TypeInference getTypeInference(DataTypeFactory factory) {
    DataType[] arguments = {TextFunction.text(), DataTypes.INT(), DataTypes.INT(), DataTypes.INT()};
    return TextFunction.of(arguments, DataTypes.BOOLEAN());
  }
}
