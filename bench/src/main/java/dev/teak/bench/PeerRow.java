package dev.teak.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One measured line of the comparison.
 *
 * @param work what was done
 * @param backend the Teak backend that did it
 * @param teakMs median milliseconds of one run
 * @param libtorchMs the peer's, or null where there is no peer
 * @param ratio median over the rounds of libtorch's time by Teak's: above 1, Teak is faster; or
 *     null
 * @param gflops Teak's rate in GFLOP/s, counting the direct algorithm; or null
 */
@JsonPropertyOrder({"work", "backend", "teak_ms", "libtorch_ms", "ratio", "gflops"})
public record PeerRow(
    String work,
    String backend,
    @JsonProperty("teak_ms") double teakMs,
    @JsonProperty("libtorch_ms") Double libtorchMs,
    Double ratio,
    Double gflops) {}
