package dev.teak.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardTest {
  private static PeerRow row(String work, double ratio) {
    return new PeerRow(work, "java", 1, ratio, ratio, 100.0);
  }

  private static PeerTable table(PeerRow... rows) {
    return new PeerTable("17", 2, new Roofline(500.0, 20), List.of(rows));
  }

  @Test
  void onlyWhatFellByMoreThanAllowedIsNamed() throws IOException {
    JsonNode recorded = new ObjectMapper().readTree(table(row("a", 2), row("b", 2)).json());
    Guard guard = Guard.of(recorded);
    List<String> fallen = guard.fallen(List.of(row("a", 1.71), row("b", 1.69), row("c", 0.1)));
    assertEquals(List.of("b (java): ratio 1.69, recorded 2.00: fell by 16%"), fallen);
    assertFalse(guard.knows(List.of(row("c", 1))));
  }

  @Test
  void theRecordedTablesAreThere() throws IOException {
    assertTrue(Guard.recorded().knows(List.of(row("gemm 1024", 1))));
  }

  @Test
  void theJsonHasTheFieldsThatReadersExpect() throws IOException {
    JsonNode json = new ObjectMapper().readTree(table(row("a", 2)).json());
    assertEquals(500, json.get("fma_gflops").asDouble());
    assertEquals(20, json.get("copy_gbps").asDouble());
    assertEquals(2, json.get("rows").get(0).get("libtorch_ms").asDouble());
  }
}
