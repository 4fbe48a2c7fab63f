package flowsift.files;

import java.io.IOException;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.util.InstantiationUtil;

/** Reads the lines of a split, each by the format of messages that the table has. */
final class LinesFormat implements BulkFormat {
  private final DeserializationSchema schema;
  private final Output output;
  private final boolean hasHeader;
  private final TypeInformation produced;

  LinesFormat(DeserializationSchema schema, Output output, boolean hasHeader, TypeInformation produced) {
    this.schema = schema;
    this.output = output;
    this.hasHeader = hasHeader;
    this.produced = produced;
  }

  boolean hasHeader() {
    return hasHeader;
  }

  Output output() {
    return output;
  }

  /** A copy of the format, which may keep what the lines of a file say of those after them. */
  DeserializationSchema newSchema() throws IOException {
    ClassLoader loader = LinesFormat.class.getClassLoader();
    try {
      DeserializationSchema copy = (DeserializationSchema) InstantiationUtil.clone(schema, loader);
      copy.open(new SchemaContext(loader));
      return copy;
    } catch (IOException fault) {
      throw fault;
    } catch (Exception fault) {
      throw new IOException(fault);
    }
  }

  public BulkFormat.Reader createReader(Configuration configuration, FileSourceSplit split) throws IOException {
    return new PartsReader(this, (FilesSplit) split);
  }

  public BulkFormat.Reader restoreReader(Configuration configuration, FileSourceSplit split) throws IOException {
    return new PartsReader(this, (FilesSplit) split);
  }

  public boolean isSplittable() {
    return true;
  }

  public TypeInformation getProducedType() {
    return produced;
  }
}
