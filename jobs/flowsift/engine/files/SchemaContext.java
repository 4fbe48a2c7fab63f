package flowsift.files;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** What a format may ask for when it is opened. */
final class SchemaContext implements DeserializationSchema.InitializationContext {
  private final ClassLoader loader;

  SchemaContext(ClassLoader loader) {
    this.loader = loader;
  }

  public MetricGroup getMetricGroup() {
    return new UnregisteredMetricsGroup();
  }

  public UserCodeClassLoader getUserCodeClassLoader() {
    return SimpleUserCodeClassLoader.create(loader);
  }
}
