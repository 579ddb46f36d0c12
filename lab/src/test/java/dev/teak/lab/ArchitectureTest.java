package dev.teak.lab;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keeps the arrows between the modules: {@code engine <- kernels} and {@code engine <- nn <-
 * attacks <- defenses <- lab}. Maven's module graph keeps most of them; this test also keeps the
 * backends out of sight of everything above the engine.
 */
class ArchitectureTest {
  private static final JavaClasses TEAK = production("dev.teak");

  /** Classes that are no tests, neither in a folder nor in another module's jar. */
  static JavaClasses production(String... packages) {
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .withImportOption(where -> !where.contains("-tests.jar"))
        .importPackages(packages);
  }

  /** Every module's production code must be in sight, or the rules below would hold of nothing. */
  @ParameterizedTest
  @CsvSource({"engine", "kernels", "nn", "attacks", "defenses", "lab"})
  void everyModuleIsChecked(String module) {
    assertTrue(
        TEAK.stream().anyMatch(c -> (c.getPackageName() + ".").startsWith(inside(module))),
        () -> "no class of dev.teak." + module + " on the test's classpath");
  }

  @Test
  void engineStandsOnTheJdkAlone() {
    classes()
        .that()
        .resideInAPackage("dev.teak.engine..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", "jdk.incubator.vector..", "dev.teak.engine.."))
        .check(TEAK);
  }

  @Test
  void kernelsSeeNothingOfTeakButTheEngine() {
    keepsAwayFrom("kernels", List.of("nn", "attacks", "defenses", "lab", "bench"));
  }

  @Test
  void nnSeesNothingOfTeakButTheEngine() {
    keepsAwayFrom("nn", List.of("attacks", "defenses", "lab", "bench"));
  }

  @Test
  void attacksDoNotSeeDefenses() {
    keepsAwayFrom("attacks", List.of("defenses", "lab", "bench"));
  }

  @Test
  void defensesDoNotSeeTheLab() {
    keepsAwayFrom("defenses", List.of("lab", "bench"));
  }

  @Test
  void labDoesNotSeeTheBenchmarks() {
    keepsAwayFrom("lab", List.of("bench"));
  }

  @ParameterizedTest
  @CsvSource({"nn", "attacks", "defenses", "lab"})
  void nothingAboveTheEngineNamesABackend(String module) {
    keepsAwayFrom(module, List.of("engine.jvm", "engine.reference", "kernels"));
  }

  private static void keepsAwayFrom(String module, List<String> others) {
    String[] forbidden = others.stream().map(o -> inside(o) + ".").toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(inside(module) + ".")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .check(TEAK);
  }

  /** {@code dev.teak.nn.}: with one more point, ArchUnit's name of a package and all in it. */
  private static String inside(String module) {
    return "dev.teak." + module + ".";
  }
}
