package dev.teak.engine.op;

import dev.teak.engine.Tensor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** The settings of ops as text: they are records, or have none. */
final class OpText {
  private OpText() {}

  /** {@code axis=1, keep=true}; what an op has kept of its inputs is no setting. */
  static String settings(Op op) {
    List<String> settings = new ArrayList<>();
    RecordComponent[] components = op.getClass().getRecordComponents();
    for (RecordComponent c : components == null ? new RecordComponent[0] : components) {
      if (c.getType() != Tensor.class) {
        settings.add(c.getName() + "=" + value(op, c));
      }
    }
    return String.join(", ", settings);
  }

  private static Object value(Op op, RecordComponent component) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // of a record that is private to its class
      return accessor.invoke(op);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
