package dev.teak.nn.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  /** What is registered here. */
  @Registered(Plants.class)
  public interface Plant {}

  /** Another kind, which stands within. */
  @Registered(Pots.class)
  public interface Pot {}

  enum Light {
    FULL_SUN,
    SHADE
  }

  record Tree(double height, Light light, boolean perYear, Pot pot, @Optional String layer)
      implements Plant {
    Tree {
      if (height < 0) {
        throw new IllegalArgumentException("height: " + height + ": must be 0 or more");
      }
    }
  }

  record Flower(int petals, List<Double> colors) implements Plant {}

  record Clay(double size, boolean glazed) implements Pot {}

  record Wood() implements Pot {}

  /** The registry of plants. */
  public static final class Plants {
    public static final Registry<Plant> REGISTRY =
        Registry.of("plant", Plant.class)
            .add("tree", "tall", new Tree(2, Light.SHADE, false, new Wood(), null))
            .add("flower", "bright", new Flower(5, List.of(0.5)), "petals")
            .alias("rose", rest -> "flower petals=5" + rest);
  }

  /** The registry of pots. */
  public static final class Pots {
    public static final Registry<Pot> REGISTRY =
        Registry.of("pot", Pot.class)
            .add("clay", "", new Clay(1, false))
            .add("wood", "", new Wood());
  }

  private static Plant read(String text) {
    return Settings.parse(Plant.class, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tree 8/16 full-sun per-year clay(3 glazed) @2.conv",
        "tree height=0.5 light=full_sun per_year=true pot=clay(size=3 glazed=true) layer=2.conv",
        "tree {height: 0.5, light: full_sun, per_year: true, pot: clay {size: 3, glazed: true}, layer: 2.conv}",
        "tree(0.5, per-year, layer=2.conv, full_sun, pot=clay, size=3, glazed)",
        "tree pot clay size=3 glazed light full_sun per_year height 1/2 layer '2.conv'",
      })
  void oneNotationHasManyForms(String text) {
    assertEquals(new Tree(0.5, Light.FULL_SUN, true, new Clay(3, true), "2.conv"), read(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tree", "tree height=0.125 pot=clay(size=3)", "flower petals=7 colors=[0.1,1]"})
  void textIsReadBack(String text) {
    assertEquals(text, Settings.text(read(text)));
  }

  @Test
  void aListIsWrittenInSeveralWays() {
    Flower two = new Flower(3, List.of(0.25, 1.0));
    for (String text :
        List.of("flower 3 0.25,1", "flower 3 [0.25, 1]", "flower petals=3 colors=[1/4,1]")) {
      assertEquals(two, read(text), text);
    }
    assertEquals(
        List.of(two, read("tree 1")),
        Settings.readAll(Plant.class, Written.of("flower 3 0.25,1; tree 1")));
    assertEquals(List.of(), Settings.readAll(Plant.class, Written.of("none")));
  }

  @Test
  void aMappingSaysTheSame() {
    Written.Place place = new Written.Place("a.yaml", 7);
    Map<String, Written.Entry> settings = new LinkedHashMap<>();
    settings.put("petals", new Written.Entry(place, new Written.Text("3", place)));
    Written written =
        new Written.Mapping(
            Map.of("flower", new Written.Entry(place, new Written.Mapping(settings, place))),
            place);
    assertEquals(new Flower(3, List.of(0.5)), Settings.read(Plant.class, written));
  }

  @Test
  void settingsHaveNamesInResults() {
    assertEquals(
        "{name=tree, height=0.5, light=shade, per_year=false, pot={name=clay, size=1.0, glazed=false}, layer=null}",
        Plants.REGISTRY.settings(read("tree 0.5 pot=clay")).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tre | there is no plant 'tre', did you mean 'tree'; choose tree, flower",
        "tree hight=3 | tree: there is no setting 'hight', did you mean 'height'; the settings are height, light, per_year, pot, layer",
        "tree pot=clay(sice=3) | clay: there is no setting 'sice', did you mean 'size'; the settings are size, glazed",
        "tree height=x | height: expects a number, as 0.03 or 8/255, is 'x'",
        "tree light=dusk | light: there is no 'dusk'; choose full_sun, shade",
        "tree height=1 height=2 | tree: the setting 'height' comes twice",
        "tree -1 | tree: height: -1.0: must be 0 or more",
        "flower | flower: the setting 'petals' is missing",
        "rose 0.1,0.2 x | flower: 'x' is one word too many; the settings are petals, colors",
        "tree pot=clay( | a bracket is not closed",
      })
  void anErrorSaysWhatAndWhatThereIs(String text, String message) {
    String said = assertThrows(SettingsException.class, () -> read(text)).getMessage();
    assertTrue(said.startsWith("'" + text + "'") && said.endsWith(message), said);
  }

  @Test
  void anAliasIsReadButNotWritten() {
    assertEquals("flower petals=5 colors=[0.1]", Settings.text(read("rose 0.1")));
  }
}
