package flowsift.files;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** What a checkpoint holds of which files are still to be read: splits by number, and what was taken of a folder. */
final class FilesState {
  final TreeMap waiting;
  final int nextNumber;
  /** TakenFile by the file's key. */
  final TreeMap taken;

  FilesState(TreeMap waiting, int nextNumber, TreeMap taken) {
    this.waiting = waiting;
    this.nextNumber = nextNumber;
    this.taken = taken;
  }

  /** The state as octets. */
  static final class Serializer implements SimpleVersionedSerializer {
    public int getVersion() {
      return 1;
    }

    public byte[] serialize(Object object) throws IOException {
      FilesState state = (FilesState) object;
      ByteArrayOutputStream octets = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(octets);
      out.writeInt(state.nextNumber);
      out.writeInt(state.waiting.size());
      for (Iterator splits = state.waiting.values().iterator(); splits.hasNext(); ) {
        ((FilesSplit) splits.next()).write(out);
      }
      out.writeInt(state.taken.size());
      for (Iterator files = state.taken.entrySet().iterator(); files.hasNext(); ) {
        Map.Entry file = (Map.Entry) files.next();
        out.writeUTF((String) file.getKey());
        ((TakenFile) file.getValue()).write(out);
      }
      return octets.toByteArray();
    }

    public Object deserialize(int version, byte[] octets) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets));
      int nextNumber = in.readInt();
      TreeMap waiting = new TreeMap();
      for (int left = in.readInt(); left > 0; left--) {
        FilesSplit split = FilesSplit.read(in);
        waiting.put(Integer.valueOf(split.number), split);
      }
      TreeMap taken = new TreeMap();
      for (int left = in.readInt(); left > 0; left--) taken.put(in.readUTF(), TakenFile.read(in));
      return new FilesState(waiting, nextNumber, taken);
    }
  }
}
