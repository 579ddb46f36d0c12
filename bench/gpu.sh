#!/usr/bin/env bash
# What Teak does on the OpenCL devices of a machine: contract tests, then one table of benchmarks a
# device. The machine needs a JRE 17 or newer and an OpenCL driver, neither Maven nor a network.
#
#   bench/gpu.sh pack [DIR]         where Teak is built: puts all that is needed in DIR
#                                   (target/gpu), this script too; copy that folder to the machine
#   DIR/gpu.sh [--tune] [DEVICE..]  there: all OpenCL devices, or those named; with --tune the tile
#                                   shapes are timed first, which takes minutes and is remembered
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

pack() {
  local out=$1 root=$here/..
  mkdir -p "$out/lib" "$out/test"
  out=$(cd "$out" && pwd -P)
  cd "$root"
  ./mvnw -q -B -DskipTests package
  ./mvnw -q -B -DskipTests package dependency:copy-dependencies \
    -pl engine,kernels -DincludeScope=test -DoutputDirectory="$out/test"
  rm -f "$out"/test/junit-*.jar # all in the launcher's own jar
  ./mvnw -q -B dependency:copy -N -DoutputDirectory="$out/test" -Dartifact=org.junit.platform:\
junit-platform-console-standalone:"$(sed -n 's:.*<junit.version>5\(.*\)</junit.version>.*:1\1:p' pom.xml)"
  # libtorch for the CPU is large, and no measure for a GPU.
  find bench/target/lib bench/target -maxdepth 1 -name '*.jar' ! -name '*pytorch*' -exec cp {} "$out/lib" \;
  cp -r kernels/target/test-classes "$out/test"
  cp bench/gpu.sh "$out"
  echo "gpu.sh: copy $out to the machine with the GPU, and run gpu.sh there"
}

# java with Teak's options, and the Vector API where this Java has it.
run_java() {
  local vector=()
  if java --list-modules 2>/dev/null | grep -q '^jdk.incubator.vector'; then
    vector=(--add-modules jdk.incubator.vector)
  fi
  java ${vector[@]+"${vector[@]}"} --enable-native-access=ALL-UNNAMED -XX:+UseParallelGC "$@"
}

teak() {
  run_java -cp "$here/lib/*" dev.teak.lab.cli.Main "$@"
}

if [[ ${1:-} == pack ]]; then
  pack "${2:-$here/../target/gpu}"
  exit
fi
if [[ ! -d $here/lib ]]; then
  echo "gpu.sh: no lib beside this script: run 'bench/gpu.sh pack' where Teak is built, first" >&2
  exit 2
fi
type -P java >/dev/null || {
  echo "gpu.sh: no java on the PATH; a JRE 17 or newer is needed" >&2
  exit 2
}
export POCL_SIGFPE_HANDLER=${POCL_SIGFPE_HANDLER:-0} # PoCL's breaks Java's division by zero
# A driver's compiler may take SIGSEGV, which HotSpot needs: libjsig keeps the JVM's handlers in place.
jsig=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')/lib/libjsig.so
if [[ -r $jsig ]]; then
  export LD_PRELOAD=$jsig${LD_PRELOAD:+:$LD_PRELOAD}
fi

tune=
if [[ ${1:-} == --tune ]]; then
  tune=yes
  shift
fi
listing=$(teak devices)
echo "$listing"
devices=("$@")
if ((${#devices[@]} == 0)); then
  mapfile -t devices < <(grep -o 'opencl:[0-9]*' <<<"$listing" | sort -u)
fi
if ((${#devices[@]} == 0)); then
  echo "gpu.sh: there is no OpenCL device" >&2
  exit 1
fi

failed=0
for device in "${devices[@]}"; do
  echo
  echo "== $device: contract tests"
  run_java -Dteak.requireOpencl=true -Dteak.testDevice="$device" \
    -cp "$here/test/test-classes:$here/test/*:$here/lib/*" \
    org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary \
    --config=jqwik.reporting.onlyfailures=true --config=jqwik.database= \
    --scan-classpath="$here/test/test-classes" || failed=1
  [[ -z $tune ]] || teak tune --device "$device"
  echo
  echo "== $device: speed"
  run_java -cp "$here/lib/*" dev.teak.bench.Main --peers --large --device "$device" || failed=1
done
exit "$failed"
