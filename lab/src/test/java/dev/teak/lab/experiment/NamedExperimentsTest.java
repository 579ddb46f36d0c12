package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class NamedExperimentsTest {
  static final List<String> NAMES = NamedExperiments.NAMES;

  @ParameterizedTest
  @FieldSource("NAMES")
  void eachIsReadAndEndsWithAutoAttack(String name) {
    Experiment e = ExperimentFile.parse(name, NamedExperiments.text(name));
    assertEquals(1000, e.images().test());
    assertTrue(NamedExperiments.text(name).contains("attacked autoattack"), name);
    assertEquals(e, ExperimentFile.parse(name, ExperimentFile.write(e)));
  }
}
