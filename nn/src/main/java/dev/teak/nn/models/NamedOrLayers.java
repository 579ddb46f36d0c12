package dev.teak.nn.models;

import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.Registry;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a model, or whatever else a {@link LayerList} may be: one by its name, or several layers,
 * as a list or with semicolons between. A single layer is a list of one.
 */
final class NamedOrLayers<T> implements Kind<T> {
  private final Registry<T> named;
  private final Class<T> kind;

  NamedOrLayers(Registry<T> named, Class<T> kind) {
    this.named = named;
    this.kind = kind;
  }

  @Override
  public String noun() {
    return named.noun();
  }

  @Override
  public T read(Written written) {
    List<Written> parts = Settings.several(written);
    if (parts.size() == 1 && !(written instanceof Written.Sequence)) {
      String name = Settings.name(parts.get(0));
      if (named.names().contains(name) || !LayerKinds.REGISTRY.names().contains(name)) {
        return named.read(parts.get(0));
      }
    }
    List<Layer> layers = new ArrayList<>();
    for (Written part : parts) {
      layers.add(LayerKinds.REGISTRY.read(part));
    }
    if (layers.isEmpty()) {
      throw written.place().wrong("a " + noun() + " of no layers");
    }
    return kind.cast(new LayerList(layers));
  }

  @Override
  public Map<String, Object> settings(T value) {
    if (!(value instanceof LayerList list)) {
      return named.settings(value);
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("name", "layers");
    settings.put(
        "layers",
        list.layers().stream().map(layer -> LayerKinds.REGISTRY.settings(layer)).toList());
    return settings;
  }

  @Override
  public String text(T value) {
    return value instanceof LayerList list ? Settings.text(list.layers()) : named.text(value);
  }

  @Override
  public List<Kind.Entry> entries() {
    return named.entries();
  }
}
