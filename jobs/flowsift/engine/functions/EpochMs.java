package flowsift.functions;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;

/** epoch_ms(time): the milliseconds of a TIMESTAMP_LTZ since 1970, rounded down. */
public class EpochMs extends ScalarFunction {
  public Long eval(TimestampData time) {
    return time == null ? null : Long.valueOf(time.getMillisecond());
  }

  public TypeInference getTypeInference(DataTypeFactory factory) {
    DataType time = (DataType) DataTypes.TIMESTAMP_LTZ(6).bridgedTo(TimestampData.class);
    return TextFunction.of(new DataType[] {time}, DataTypes.BIGINT());
  }
}
