package flowsift.functions;

import java.util.HashMap;
import java.util.Locale;
import org.apache.flink.table.data.StringData;

/**
 * ip_protocol(text): IANA's keyword of an IP protocol in lower case, from its number or one of its names; other names
 * in lower case, and NULL for a number that no protocol can have.
 *
 * <p>The keywords are those of IANA's registry of protocol numbers, but for 89, which everybody calls ospf.
 */
public class IpProtocol extends TextFunction {
  private static final String KEYWORDS =
      "hopopt icmp igmp ggp ipv4 st tcp cbt egp igp bbn-rcc-mon nvp-ii pup argus emcon xnet chaos udp mux dcn-meas hmp"
          + " prm xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp merit-inp dccp 3pc idpr xtp ddp"
          + " idpr-cmtp tp++ il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre dsr bna esp ah i-nlsp swipe narp min-ipv4"
          + " tlsp skip ipv6-icmp ipv6-nonxt ipv6-opts 61 cftp 63 sat-expak kryptolan rvd ippc 68 sat-mon visa ipcv cpnx"
          + " cphb wsn pvp br-sat-mon sun-nd wb-mon wb-expak iso-ip vmtp secure-vmtp vines iptm nsfnet-igp dgp tcf eigrp"
          + " ospf sprite-rpc larp mtp ax.25 ipip micp scc-sp etherip encap 99 gmtp ifmp pnni pim aris scps qnx a/n"
          + " ipcomp snp compaq-peer ipx-in-ip vrrp pgm 114 l2tp ddx iatp stp srp uti smp sm ptp isis-over-ipv4 fire crtp"
          + " crudp sscopmce iplt sps pipe sctp fc rsvp-e2e-ignore mobility-header udplite mpls-in-ip manet hip shim6 wesp"
          + " rohc ethernet aggfrag nsh";
  private static final String ALIASES =
      "icmp6 ipv6-icmp icmpv6 ipv6-icmp icmp-v6 ipv6-icmp ospfigp ospf ospfv2 ospf ospfv3 ospf ipencap ipv4 ipsec-esp esp"
          + " ipsec-ah ah udp-lite udplite mobility mobility-header mobile min-ipv4 6in4 ipv6 ip-in-ip ipv4";

  private static final String[] BY_NUMBER = KEYWORDS.split(" ");
  private static final HashMap BY_ALIAS = aliases();

  private static HashMap aliases() {
    HashMap found = new HashMap();
    String[] words = ALIASES.split(" ");
    for (int i = 0; i < words.length; i += 2) found.put(words[i], words[i + 1]);
    return found;
  }

  public StringData eval(StringData text) {
    return (StringData) remembered(text);
  }

  protected Object answer(String text) {
    if (text.isEmpty() || text.equals("-")) return null;
    if (text.matches("\\d{1,9}(\\.0+)?")) {
      int number = Integer.parseInt(text.replaceFirst("\\..*", ""));
      if (number > 255) return null;
      return StringData.fromString(number < BY_NUMBER.length ? BY_NUMBER[number] : String.valueOf(number));
    }
    String name = text.toLowerCase(Locale.ROOT);
    Object keyword = BY_ALIAS.get(name);
    return StringData.fromString(keyword == null ? name : (String) keyword);
  }
}
