// RUN: compress-opt %s --verify-diagnostics --compress-lower-contractions="vector-width=4 tile-n=6"

// expected-error @below {{expected tile-n to be a positive multiple of vector-width with an accumulator per vector, found vector-width=4 tile-n=6 accumulators=24}}
module {
}
