package dev.teak.nn.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.teak.engine.Devices;
import dev.teak.engine.Tensor;
import dev.teak.nn.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Files that PyTorch wrote, and hostile ones made by hand, each against what it holds. */
class GoldenTorchFilesTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TestFactory
  Stream<DynamicTest> everyFileGivesItsValuesOrIsRefusedInALine() throws IOException {
    JsonNode expected = Golden.read("pt/expected.json");
    List<DynamicTest> tests = new ArrayList<>();
    expected
        .properties()
        .forEach(
            e ->
                tests.add(
                    DynamicTest.dynamicTest(
                        e.getKey(),
                        () ->
                            assertTimeoutPreemptively(
                                SOON,
                                () -> check(Golden.path("pt/" + e.getKey()), e.getValue())))));
    return tests.stream();
  }

  private static void check(Path file, JsonNode expected) throws IOException {
    try (Devices.Use use = Devices.use("reference")) { // holds doubles
      Map<String, Tensor> read = TorchFile.read(file);
      assertFalse(expected.get("expect").asText().equals("refuse"), expected.path("why").asText());
      assertState(expected.path("tensors"), read, TorchFile.list(file));
    } catch (CheckpointException refused) {
      String message = refused.getMessage();
      assertTrue(message.startsWith(file + ": ") && message.lines().count() == 1, message);
      boolean beyond = message.contains("beyond the 32 bits"); // of INT32, which Teak has alone
      assertTrue(!expected.get("expect").asText().equals("ok") || beyond, message);
    }
  }

  private static void assertState(
      JsonNode expected, Map<String, Tensor> read, List<StoredTensor> listed) {
    assertEquals(expected.size(), read.size());
    assertEquals(List.copyOf(read.keySet()), listed.stream().map(StoredTensor::name).toList());
    for (Map.Entry<String, JsonNode> e : expected.properties()) {
      Tensor t = read.get(e.getKey());
      assertEquals(Golden.shape(e.getValue().get("shape")), t.shape(), e.getKey());
      double[] values =
          t.dtype().isFloat()
              ? t.toDoubles()
              : Arrays.stream(t.toInts()).asDoubleStream().toArray();
      JsonNode wanted = e.getValue().get("values");
      assertEquals(wanted.size(), values.length, e.getKey());
      for (int i = 0; i < values.length; i++) {
        JsonNode one = wanted.get(i);
        double value =
            one.isBoolean() ? (one.asBoolean() ? 1 : 0) : Double.parseDouble(one.asText());
        // Floats are listed with nine digits, which name each of 32 bits.
        boolean same =
            e.getValue().get("dtype").asText().equals("float64")
                ? Double.compare(value, values[i]) == 0
                : Float.compare((float) value, (float) values[i]) == 0;
        assertTrue(same, e.getKey() + " [" + i + "]: " + value + " is read as " + values[i]);
      }
    }
  }

  @Test
  void aRefusedGlobalIsNamed() {
    for (String[] one :
        new String[][] {
          {"refuse_os_system.pt", "os.system"},
          {"refuse_posix_in_state.pt", "posix.system"},
          {"refuse_stack_global.pt", "builtins.eval"},
          {"refuse_inst.pt", "os.system"},
          {"refuse_newobj.pt", "subprocess.Popen"},
          {"legacy_keys_system.pt", "os.system"},
          {"whole_module.pt", "save model.state_dict()"},
          {"lfs_pointer.pt", "Git LFS"},
          {"tar_format.pt", "too old"},
          {"torchscript_like.pt", "TorchScript"}
        }) {
      Path file = Golden.path("pt/" + one[0]);
      String said =
          assertThrows(CheckpointException.class, () -> TorchFile.read(file)).getMessage();
      assertTrue(said.contains(one[1]), said);
    }
  }
}
