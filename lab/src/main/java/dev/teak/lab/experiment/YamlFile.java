package dev.teak.lab.experiment;

import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.SettingsException;
import dev.teak.nn.settings.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** YAML as settings that know their lines, and settings as YAML. */
final class YamlFile {
  private static final int WIDTH = 100;

  private final String source;

  private YamlFile(String source) {
    this.source = source;
  }

  /**
   * What a text says.
   *
   * @param source what the text is from, for messages
   * @throws SettingsException if it is no YAML, or empty, or has a key twice, saying in which line
   */
  static Written read(String source, String text) {
    try {
      return parsed(source, text);
    } catch (StackOverflowError e) { // the parser sets no limit
      throw new SettingsException(source + ": is nested too deep");
    }
  }

  private static Written parsed(String source, String text) {
    Node root;
    try {
      root =
          new Compose(LoadSettings.builder().setLabel(source).build())
              .composeString(text)
              .orElseThrow(() -> new SettingsException(source + ": is empty"));
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
      String problem = String.valueOf(e.getProblem());
      String hint =
          problem.contains("mapping values are not allowed") || problem.endsWith("got {")
              ? "; settings within a line are written NAME key=value, or {NAME: {key: value}}"
              : "";
      throw new Written.Place(source, line).wrong("is no YAML: " + e.getProblem() + hint);
    } catch (YamlEngineException e) {
      throw new SettingsException(source + ": is no YAML: " + e.getMessage());
    }
    return new YamlFile(source).written(root);
  }

  private Written.Place place(Node node) {
    return new Written.Place(source, node.getStartMark().map(m -> m.getLine() + 1).orElse(1));
  }

  private Written written(Node node) {
    if (node instanceof ScalarNode scalar) {
      return new Written.Text(scalar.getValue(), place(node));
    }
    if (node instanceof SequenceNode sequence) {
      return new Written.Sequence(
          sequence.getValue().stream().map(this::written).toList(), place(node));
    }
    Map<String, Written.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : ((MappingNode) node).getValue()) {
      Written.Place at = place(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw at.wrong("a key is expected here, as KEY: VALUE");
      }
      Written.Entry entry = new Written.Entry(at, written(tuple.getValueNode()));
      if (entries.put(key.getValue(), entry) != null) {
        throw at.wrong("the key '" + key.getValue() + "' comes twice");
      }
    }
    return new Written.Mapping(entries, place(node));
  }

  /** A record as text that reads as the same record; what is absent is left out. */
  static String write(Record value) {
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.AUTO).setWidth(WIDTH).build();
    return new Dump(settings).dumpToString(plain(value));
  }

  /** Maps, lists, numbers, and texts for what is registered. */
  private static Object plain(Object value) {
    if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      list.forEach(item -> items.add(plain(item)));
      return items;
    }
    if (value instanceof Record r && Settings.isStructure(r)) {
      Map<String, Object> map = new LinkedHashMap<>();
      Settings.components(r)
          .forEach(
              (key, part) -> {
                if (part != null && !List.of().equals(part)) {
                  map.put(key, plain(part));
                }
              });
      return map;
    }
    if (value instanceof Map<?, ?> named) {
      Map<String, Object> map = new LinkedHashMap<>();
      named.forEach((key, part) -> map.put(String.valueOf(key), plain(part)));
      return map;
    }
    return value instanceof Number || value instanceof Boolean ? value : Settings.text(value);
  }
}
