package dev.teak.nn.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Of a kind of thing that settings name: defenses, optimizers, models. It says where the registry
 * of that kind is: in the constant {@code REGISTRY} of this class.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Registered {
  /** The class with the constant. */
  Class<?> value();
}
